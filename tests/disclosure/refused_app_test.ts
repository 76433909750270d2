/** An app whose budget is used up, through the public door: by tools that read, write and search, and by resources. */
import assert from "node:assert/strict";
import { z } from "zod";
import { tellOfGrant } from "../_support/connected.ts";
import { recordOf } from "../_support/listed.ts";
import { ISSUER } from "../_support/oauth_flow.ts";
import { type AppWorld, callTool, createAppWorld, done, refusal } from "../approvals/_approvals.ts";

/** Six notes, of which the app may be handed three in an hour. */
async function createNarrowWorld(): Promise<{ readonly world: AppWorld; readonly ids: readonly string[] }> {
  const world = await createAppWorld();
  const ids: string[] = [];
  for (let index = 0; index < 6; index++) {
    const args = { title: `secret ${index}`, content: "sealed words" };
    ids.push(recordOf(await done(callTool(world, world.app, "notes_create", args)), "note").id);
  }
  tellOfGrant(world, { read_budget: 3 });
  world.clock.now += 10_000;
  return { world, ids };
}

const Listed = z.looseObject({
  notes: z.array(z.looseObject({ id: z.string() })),
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  remarks: z.array(z.string()).optional(),
});

Deno.test("an app's page ends at its budget and says so; then it is refused with the time and the page, and nothing of a record", async () => {
  const { world, ids } = await createNarrowWorld();
  await using _ = world;
  const listed = Listed.parse(await done(callTool(world, world.app, "notes_search", { query: "" })));
  assert.deepEqual([listed.notes.length, listed.hasMore], [3, true]);
  assert.match(
    listed.remarks?.[0] ?? "",
    /^Note from the gateway: 0 of 3 records of this hour left for this app\. The list was ended/,
  );
  const shown = new Set(listed.notes.map(({ id }) => id));
  const hidden = ids.find((id) => !shown.has(id)) ?? "";
  const words = await refusal(callTool(world, world.app, "notes_read", { id: hidden }));
  assert.match(
    words,
    new RegExp(
      "^This app has used up what the person allows it in one hour: 3 different records handed out\\. It goes on at " +
        `2026-03-01T\\d\\d:\\d\\d:00\\.000Z: do not try before\\. The person can allow it more at ${ISSUER}/apps\\.$`,
    ),
  );
  for (
    const [name, args] of [
      ["notes_search", { query: "secret", cursor: listed.nextCursor ?? "" }],
      ["notes_update", { id: hidden, title: "other" }],
    ] as const
  ) {
    const told = await refusal(callTool(world, world.app, name, args));
    assert.ok(!/secret \d|sealed words/.test(told), told);
  }
  await done(callTool(world, world.app, "notes_read", { id: [...shown][0] ?? "" }));
  assert.ok(world.logLines.every((line) => !/secret \d|sealed words/.test(line)));
});

Deno.test("a call that fails after it has opened a record costs nothing", async () => {
  const { world, ids } = await createNarrowWorld();
  await using _ = world;
  for (let time = 0; time < 3; time++) {
    const args = { id: ids[0], title: "enc:1:forged" };
    assert.match(
      await refusal(callTool(world, world.app, "notes_update", args)),
      /^The value of title cannot be stored/,
    );
  }
  const listed = Listed.parse(await done(callTool(world, world.app, "notes_search", { query: "" })));
  assert.equal(listed.notes.length, 3);
});

Deno.test("resources count as well, and the person's own token does not", async () => {
  const { world, ids } = await createNarrowWorld();
  await using _ = world;
  const read = (id: string, token: string) =>
    world.rpc(token, "resources/read", {
      uri: `mana://spaces/${encodeURIComponent(`_personal:${world.owner.id}`)}/notes/${id}`,
    });
  const texts: string[] = [];
  for (const id of ids.slice(0, 4)) texts.push(await (await read(id, world.app)).text());
  assert.deepEqual(texts.map((text) => text.includes("sealed words")), [true, true, true, false]);
  assert.match(texts[3] ?? "", /has used up what the person allows it in one hour/);
  for (const id of ids) {
    assert.ok((await (await read(id, world.owner.token)).text()).includes("sealed words"));
  }
});
