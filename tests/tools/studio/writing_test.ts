import assert from "node:assert/strict";
import { z } from "zod";
import { lastChange, pullAll, pushDelete, type WireTable, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const DRAFTS: WireTable = { app: "writing", table: "writingDrafts" };
const VERSIONS: WireTable = { app: "writing", table: "writingDraftVersions" };

async function create(world: World, person: Person, args: Record<string, unknown> = {}) {
  const given = { title: "Frühling", kind: "blog", content: "Alles **blüht**.", ...args };
  const output = await callOk(world, person, "writing_create", given);
  return z.object({ id: z.string(), versionId: z.string() }).parse(output);
}

Deno.test("writing: a draft is made with a version that it points at, listed, and read with its text", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, versionId } = await create(world, anna, { audience: "Gärtner" });
  const version = await lastChange(world, anna, VERSIONS, versionId);
  const draft = await lastChange(world, anna, DRAFTS, id);
  assert.deepEqual([version.data?.draftId, draft.data?.currentVersionId], [id, versionId]);
  const { rows: [row] } = await listed(world, anna, "writing_list", { query: "frühling", kind: "blog" });
  assert.deepEqual([row?.id, row?.title, row?.status, row?.briefing], [id, "Frühling", "draft", undefined]);
  const read = await callOk(world, anna, "writing_read", { id });
  assert.deepEqual([read.content, read.versionId, read.contentChars], ["Alles **blüht**.", versionId, 16]);
  assert.match(JSON.stringify(read.draft), /"audience":"Gärtner"/);
  assert.deepEqual(read.versions, [{ id: versionId, versionNumber: 1, wordCount: 2 }]);
});

Deno.test("writing.save_version: the next version becomes the current one, earlier ones can still be read", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, versionId } = await create(world, anna);
  const next = await callOk(world, anna, "writing_save_version", { id, content: "Neu.", summary: "kürzer" });
  assert.equal(next.versionNumber, 2);
  const read = await callOk(world, anna, "writing_read", { id });
  assert.deepEqual([read.content, read.versionId], ["Neu.", next.id]);
  const before = await callOk(world, anna, "writing_read", { id, versionId });
  assert.equal(before.content, "Alles **blüht**.");
  const stored = await lastChange(world, anna, VERSIONS, next.id);
  assert.equal(stored.data?.parentVersionId, versionId);
});

Deno.test("writing.save_version: versions that are saved at the same time get different numbers", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await create(world, anna);
  const saved = await Promise.all(
    [1, 2, 3, 4].map((one) => callOk(world, anna, "writing_save_version", { id, content: `v${one}` })),
  );
  assert.deepEqual(saved.map(({ versionNumber }) => versionNumber).toSorted(), [2, 3, 4, 5]);
});

Deno.test("writing.update: a part of the briefing changes and the rest of it stays", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await create(world, anna, { audience: "Gärtner", topic: "Tulpen" });
  await callOk(world, anna, "writing_update", { id, tone: "heiter", status: "complete" });
  const read = await callOk(world, anna, "writing_read", { id });
  const { draft } = z.looseObject({ draft: z.looseObject({ briefing: z.looseObject({}) }) }).parse(read);
  assert.equal(draft.status, "complete");
  assert.deepEqual(
    { ...draft.briefing, topic: "Tulpen", audience: "Gärtner", tone: "heiter" },
    draft.briefing,
  );
  const again = await callOk(world, anna, "writing_update", { id, tone: "heiter" });
  assert.deepEqual(again, { ok: true, changed: false });
});

Deno.test("writing.delete: the question names the draft, and its versions go with it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await create(world, anna);
  await callOk(world, anna, "writing_save_version", { id, content: "x" });
  const { sentence } = await deleteWithYes(world, anna, "writing_delete", { id });
  assert.match(sentence, /Delete the draft "Frühling"\?/);
  const ops = [...await pullAll(world, anna, VERSIONS), ...await pullAll(world, anna, DRAFTS)]
    .filter(({ op }) => op === "delete").length;
  assert.equal(ops, 3);
});

Deno.test("writing: unknown drafts, foreign versions, publishing and empty changes are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await create(world, anna);
  const other = await create(world, anna, { title: "Anderes" });
  const refused = (tool: string, args: Record<string, unknown>) =>
    withoutPush(world, () => callRefused(world, anna, tool, args));
  for (
    const [tool, more] of [["read", {}], ["update", { title: "x" }], ["save_version", {
      content: "x",
    }]] as const
  ) {
    assert.equal(await refused(`writing_${tool}`, { id: "no", ...more }), notFound("draft", "no"));
  }
  assert.match(
    await refused("writing_read", { id, versionId: other.versionId }),
    /versionId: this draft has no such/,
  );
  assert.match(
    await refused("writing_read", { id, offset: 99 }),
    /offset: the content has only 16 characters/,
  );
  assert.match(await refused("writing_update", { id, status: "published" }), /status/);
  assert.match(await refused("writing_update", { id }), /nothing to change/);
});

Deno.test("writing.read: a draft whose version is gone is read without a text", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, versionId } = await create(world, anna);
  await pushDelete(world, anna, VERSIONS, versionId);
  const read = await callOk(world, anna, "writing_read", { id });
  assert.deepEqual([read.versionId, read.content, read.versions], [null, "", []]);
});
