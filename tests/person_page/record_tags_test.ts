/** The tags among which a person chooses what an app may see: their own, by name, and the words in their records. */
import assert from "node:assert/strict";
import { z } from "zod";
import { COLLECTIONS_PER_QUESTION } from "../../lib/kit/limits.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { JOURNAL, pushDelete, pushInsert } from "../_support/device.ts";
import { makeTeam } from "../_support/team.ts";
import { bearer } from "../_support/test_backend.ts";
import { act, type Apps, createApps, signedIn } from "../history/_activity.ts";

const TAGS = { app: "tags", table: "tags" };
const JOURNAL_ENTRIES = "journal/journalEntries";

Deno.test("tags: the person's own by name in their order, over all their spaces; words by use, and no word of anybody else", async () => {
  await using world = await createApps();
  const { own } = world;
  const work = await makeTag(world, "Work");
  const home = await makeTag(world, "Home ☕");
  const team = await makeTeam(world, own);
  await pushInsert(world, own, TAGS, "shared-tag", { name: "Team", spaceId: team, sortOrder: 9 });
  await pushInsert(world, own, TAGS, "deleted-tag", { name: "Gone", sortOrder: 0 });
  await pushDelete(world, own, TAGS, "deleted-tag");
  for (const [day, tags] of [[1, ["trip", "work"]], [2, ["work"]], [3, ["work", "family"]]] as const) {
    await act(world, own, "journal.add", { content: "x", entryDate: `2026-02-0${day}`, tags });
  }
  const odd = ["", " ", "enc:1:AAAA", "a\u202Eb", "x".repeat(61), 7, null];
  await pushInsert(world, own, JOURNAL, "odd", { entryDate: "2026-02-04", tags: [...odd, "trip"] });
  await pushInsert(world, own, JOURNAL, "odder", { entryDate: "2026-02-04", tags: "work" });
  const { tags, words, missing } = await listTags(world, [JOURNAL_ENTRIES, "notes/notes", "no/such"]);
  assert.deepEqual(tags, [
    { id: work, name: "Work" },
    { id: home, name: "Home ☕" },
    { id: "shared-tag", name: "Team" },
  ]);
  assert.deepEqual(words, {
    [JOURNAL_ENTRIES]: ["work", "trip", "family"],
    "notes/notes": [],
    "no/such": [],
  });
  assert.deepEqual(missing, []);
});

Deno.test("tags: a private record of a co-member lends no word and no tag", async () => {
  await using world = await createApps();
  const { own } = world;
  const ben = await world.person("ben");
  const team = await makeTeam(world, own, ben);
  const bens = { spaceId: team, authorId: ben.id, visibility: "private" };
  await pushInsert(world, ben, TAGS, "bens", { name: "Secret", sortOrder: 1, ...bens });
  await pushInsert(world, ben, JOURNAL, "bens", { entryDate: "2026-02-04", tags: ["secret"], ...bens });
  assert.deepEqual(await listTags(world, [JOURNAL_ENTRIES]), {
    tags: [],
    words: { [JOURNAL_ENTRIES]: [] },
    missing: [],
  });
});

Deno.test("tags: whoever alone holds their key has their tags listed without names", async () => {
  await using world = await createApps();
  const id = await makeTag(world, "Work");
  for (
    const [step, body] of [
      ["recovery-wrap", { recoveryWrappedMk: btoa("w".repeat(48)), recoveryIv: btoa("i".repeat(12)) }],
      ["zero-knowledge", { enable: true }],
    ] as const
  ) {
    const answer = await world.auth(`/api/v1/me/encryption-vault/${step}`, {
      method: "POST",
      headers: { ...bearer(world.own), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  world.clock.now += 60_000;
  assert.deepEqual((await listTags(world, [])).tags, [{ id, name: null }]);
});

Deno.test("tags: a table that cannot be read is told as missing; where none can be read, the service is named", async () => {
  await using world = await createApps();
  await makeTag(world, "Work");
  world.intercept = ({ url }) =>
    url.includes("/sync/journal") ? new Response("", { status: 503 }) : undefined;
  const { tags, words, missing } = await listTags(world, [JOURNAL_ENTRIES, "mood/moodEntries"]);
  assert.equal(tags.length, 1);
  assert.deepEqual([words, missing], [{ "mood/moodEntries": [] }, [JOURNAL_ENTRIES]]);
  world.clock.now += 60_000; // what was read a moment ago is not read again
  world.intercept = ({ url }) => url.includes("/sync/") ? new Response("", { status: 503 }) : undefined;
  assert.deepEqual(await ask(world, []), { ok: false, fault: "refused", code: "sync-down" });
});

Deno.test("tags: a question of another form is refused", async () => {
  await using world = await createApps();
  const many = Array.from({ length: COLLECTIONS_PER_QUESTION + 1 }, (_, index) => `app/t${index}`);
  for (const collections of [many, ["notes"], ["../notes/notes"], ["notes/notes/notes"], [""]]) {
    assert.deepEqual(await ask(world, collections), { ok: false, fault: "refused", code: "input" });
  }
});

async function makeTag(world: Apps, name: string): Promise<string> {
  return z.looseObject({ id: z.string() }).parse(await act(world, world.own, "tags.save", { name })).id;
}

function ask({ backend, own }: Apps, collections: readonly string[]) {
  assert.ok(backend.pages);
  return backend.pages.show(signedIn(own), GATEWAY_ACTIONS.recordsTags, { collections });
}

async function listTags(world: Apps, collections: readonly string[]) {
  const shown = await ask(world, collections);
  assert.ok(shown.ok, JSON.stringify(shown));
  return shown.answer;
}
