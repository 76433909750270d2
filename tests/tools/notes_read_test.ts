import assert from "node:assert/strict";
import { z } from "zod";
import { masterKey, NOTES, pushDelete, pushInsert, seal } from "../_support/device.ts";
import { listed, notFound, recordOf } from "../_support/listed.ts";
import { call, callOk, callRefused } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";
import { utf8Bytes } from "../../lib/kit/bytes/utf8_bytes.ts";
import { estimateModelTokens } from "../../lib/kit/estimate_model_tokens.ts";

const Read = z.object({
  note: z.looseObject({ content: z.string().optional() }),
  contentChars: z.number(),
  nextOffset: z.number().optional(),
});

Deno.test("notes.read: what notes.create stored, whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = { title: "Idea", content: "one\r\ntwo ☕", color: "#fde68a", isPinned: true };
  const note = recordOf(await callOk(world, anna, "notes_create", given), "note");
  assert.deepEqual(await callOk(world, anna, "notes_read", { id: note.id }), { note, contentChars: 10 });
});

Deno.test("notes.read: a long content comes in parts that fit into a result and make up the whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const unit of ["word ", "字", "👩‍👧", '\\"']) {
    const content = `x${unit.repeat(Math.floor(199_999 / unit.length))}`;
    const { id } = recordOf(await callOk(world, anna, "notes_create", { title: "Long", content }), "note");
    let whole = "";
    let offset: number | undefined = 0;
    let parts = 0;
    while (offset !== undefined) {
      const outcome = await call(world, anna, "notes_read", { id, offset });
      assert.ok(outcome.ok);
      const text = outcome.texts[0] ?? "";
      assert.ok(utf8Bytes(text) <= 39_900 && estimateModelTokens(text) <= 25_000, `${unit}: ${text.length}`);
      const read: z.infer<typeof Read> = Read.parse(outcome.output);
      assert.equal(read.contentChars, content.length);
      assert.ok(read.note.content?.isWellFormed(), "no character is cut in two");
      whole += read.note.content;
      offset = read.nextOffset;
      parts += 1;
    }
    assert.ok(whole === content, unit);
    assert.ok(parts <= 25, `${unit}: ${parts}`);
  }
});

Deno.test("notes.read: an offset inside a character begins with it, one beyond the end is refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = recordOf(await callOk(world, anna, "notes_create", { title: "t", content: "a😀b" }), "note");
  const from = async (offset: number) =>
    Read.parse(await callOk(world, anna, "notes_read", { id, offset })).note.content;
  assert.deepEqual([await from(1), await from(2), await from(3), await from(4)], ["😀b", "😀b", "b", ""]);
  assert.equal(
    await callRefused(world, anna, "notes_read", { id, offset: 5 }),
    "The arguments are invalid: offset: the content has only 4 characters.",
  );
  for (const offset of [-1, 0.5, "1"]) {
    assert.match(
      await callRefused(world, anna, "notes_read", { id, offset }),
      /^The arguments are invalid: offset: /,
    );
  }
});

Deno.test("notes.read: a long title is clipped, what cannot be read is named and has no length", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, NOTES, "long", { title: await seal(key, "t".repeat(90_000)), content: "c" });
  const long = await callOk(world, anna, "notes_read", { id: "long" });
  assert.deepEqual(recordOf(long, "note").clipped, ["title"]);
  assert.equal(recordOf(long, "note").title, "t".repeat(1_000));
  await pushInsert(world, anna, NOTES, "closed", { title: await seal(key, "open"), content: "enc:1:broken" });
  const closed = await callOk(world, anna, "notes_read", { id: "closed" });
  const note = recordOf(closed, "note");
  assert.deepEqual([note.title, note.content, note.unreadable, closed.contentChars], ["open", undefined, [
    "content",
  ], 0]);
});

Deno.test("notes.read: a note that is not there, deleted, of another space or private to another: not found", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  await pushInsert(world, anna, NOTES, "gone", { title: "x" });
  await pushDelete(world, anna, NOTES, "gone");
  await pushInsert(world, anna, NOTES, "hers", { title: "x" });
  await pushInsert(world, anna, NOTES, "private", { title: "x", spaceId: team, visibility: "private" });
  for (const id of ["nowhere", "gone", "private"]) {
    assert.equal(await callRefused(world, anna, "notes_read", { id }), notFound("note", id));
  }
  assert.equal(await callRefused(world, ben, "notes_read", { id: "hers" }), notFound("note", "hers"));
  for (const id of ["hers", "private"]) {
    assert.equal(await callRefused(world, ben, "notes_read", { id }, inSpace(team)), notFound("note", id));
  }
  assert.equal(
    recordOf(await callOk(world, anna, "notes_read", { id: "private" }, inSpace(team)), "note").id,
    "private",
  );
});

Deno.test("notes.search leads to notes.read: the id of a hit and the whole of what the snippet is of", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const content = `${"lead ".repeat(100)}the Needle is here${" tail".repeat(100)}`;
  await callOk(world, anna, "notes_create", { title: "Haystack", content });
  const { rows: [hit] } = await listed(world, anna, "notes_search", { query: "NEEDLE" });
  assert.match(String(hit?.snippet), /^…(lead )+the Needle is here( tail)+…$/);
  assert.equal(hit?.content, undefined);
  const read = Read.parse(await callOk(world, anna, "notes_read", { id: hit?.id }));
  assert.equal(read.note.content, content);
});
