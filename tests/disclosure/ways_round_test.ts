/** Ways round an app's budget: texts that a result shows under another id, the rest of a long text, and what an undo would put back. */
import assert from "node:assert/strict";
import { z } from "zod";
import { unpackIds } from "../../lib/ledger/id_list.ts";
import { tellOfGrant } from "../_support/connected.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callTool, connectAs, createAppWorld, done, refusal } from "../approvals/_approvals.ts";
import { readEntries } from "../ledger/_ledger.ts";
import { notes, refusalOf } from "../records/_harness.ts";
import { write } from "../records/_sealed_notes.ts";
import { addBlock } from "../tools/day/_calendar.ts";
import { everything, preview } from "../undo/_pages.ts";
import { createAppCalls } from "./_app_calls.ts";

const ENDED = /^This app has used up what the person allows it in one hour/;

Deno.test("the rest of a long text ends with the hour as well, though its record was handed out before", async () => {
  const { h, read } = await createAppCalls(1);
  await write(h, "long", "long", "x".repeat(150_000));
  const app = { grantId: "g1", readBudget: 2 };
  const portion = (offset: number) =>
    read(app, (records) => records.getPortion(notes, "long", "content", offset));
  let offset = 0;
  let refused = null;
  for (let time = 0; time < 10 && refused === null; time++) {
    const answer = await portion(offset).catch(() => null);
    if (answer === null) refused = await refusalOf(portion(offset));
    else offset = answer.result.nextOffset ?? offset;
  }
  assert.equal(refused?.reason, "disclosure-budget");
  assert.ok(offset < 80_000, `${offset} characters of 32 KiB`);
  await portion(0);
});

Deno.test("a text is not read piece by piece in the snippets of searches", async () => {
  const { h, read } = await createAppCalls(1);
  const words = Array.from({ length: 4_000 }, (_, index) => `word${index}`);
  await write(h, "long", "long", words.join(" "));
  const search = (index: number) =>
    read(
      { grantId: "g1", readBudget: 1 },
      (records) =>
        records.search(notes, { query: `word${index * 20 + 1_000}`, heading: "title", body: "content" }),
    );
  let found = 0;
  let refused = null;
  for (let index = 0; index < 150 && refused === null; index++) {
    const answer = await search(index).catch(() => null);
    if (answer === null) refused = await refusalOf(search(index));
    else found += answer.result.rows.length;
  }
  assert.equal(refused?.reason, "disclosure-budget");
  assert.ok(found > 30 && found < 45, `${found} snippets of 400 bytes in 16 KiB`);
});

const Listed = z.looseObject({ entries: z.array(z.looseObject({ title: z.string().optional() })) });

Deno.test("titles in the calendar are counted, though an entry bears the id of another record", async () => {
  await using world = await createAppWorld();
  const app = await connectAs(world, "Planner", { allow: ["calendar:read", "todo:read"] });
  const owner = { ...world.owner, personalSpace: `_personal:${world.owner.id}` };
  for (let hour = 9; hour < 13; hour++) {
    await addBlock(world, owner, `block-${hour}`, {
      title: `secret ${hour}`,
      type: "task",
      sourceModule: "todo",
      startDate: `2026-03-02T${String(hour).padStart(2, "0")}:00:00.000Z`,
    });
  }
  tellOfGrant(world, { read_budget: 2 });
  world.clock.now += 10_000;
  const list = (args: Record<string, unknown>) =>
    callTool(world, app, "calendar_list", { from: "2026-03-02", to: "2026-03-02", also: ["todo"], ...args });
  for (const query of ["secret 9", "secret 10"]) {
    assert.equal(Listed.parse(await done(list({ query }))).entries.length, 1);
  }
  for (const args of [{ query: "secret 11" }, {}]) {
    const words = await refusal(list(args));
    assert.match(words, ENDED);
    assert.match(words, /: 2 different records handed out/);
    assert.ok(!words.includes("secret"));
  }
  assert.equal(Listed.parse(await done(list({ limit: 2 }))).entries.length, 2);
});

Deno.test("a calendar that is asked for words is searched, whether or not anything is found", async () => {
  await using world = await createAppWorld();
  const app = await connectAs(world, "Planner", { allow: ["calendar:read"] });
  const owner = { ...world.owner, personalSpace: `_personal:${world.owner.id}` };
  await addBlock(world, owner, "block", { title: "secret", startDate: "2026-03-02T09:00:00.000Z" });
  const list = (query: string) =>
    callTool(world, app, "calendar_list", { from: "2026-03-02", to: "2026-03-02", query });
  for (let time = 0; time < 200; time++) {
    world.clock.now += 1_000;
    assert.equal(Listed.parse(await done(list(`guess ${time}`))).entries.length, 0);
  }
  assert.match(await refusal(list("secret")), /: 200 searches and filters by text/);
});

const Previewed = z.looseObject({ rows: z.array(z.looseObject({ id: z.string() })), rowCount: z.number() });

Deno.test("what an undo would put back is counted, whoever wrote it", async () => {
  await using world = await createAppWorld();
  const since = new Date(world.clock.now - 60_000).toISOString();
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) {
    const args = { title: `secret ${index}`, content: "sealed words" };
    ids.push(recordOf(await done(callTool(world, world.app, "notes_create", args)), "note").id);
    world.clock.now += 1_000;
  }
  tellOfGrant(world, { read_budget: 3 });
  world.clock.now += 10_000;
  const preview = () => callTool(world, world.app, "undo_preview", { since });
  const told = Previewed.parse(await done(preview()));
  assert.deepEqual([told.rows.length, told.rowCount], [3, 5]);
  const hidden = ids.find((id) => !told.rows.some((row) => row.id === id)) ?? "";
  assert.match(await refusal(callTool(world, world.app, "notes_read", { id: hidden })), ENDED);
  assert.equal(Previewed.parse(await done(preview())).rows.length, 3, "the same records again cost nothing");
});

Deno.test("what a preview shows is in the ledger by the names of its fields, and what an undo answers is not: it has no text", async () => {
  await using world = await createAppWorld();
  const since = new Date(world.clock.now - 60_000).toISOString();
  const made = done(callTool(world, world.app, "notes_create", { title: "secret", content: "sealed words" }));
  const { id } = recordOf(await made, "note");
  await done(callTool(world, world.app, "notes_update", { id, content: "other words" }));
  world.clock.now += 10_000;
  const args = { since, tool: "notes_update" };
  const { plan } = Previewed.parse(await done(callTool(world, world.app, "undo_preview", args)));
  await done(callTool(world, world.app, "undo_apply", { ...args, plan }));
  await world.gateway.stop();
  const entries = await readEntries(world, world.owner);
  const of = (tool: string) => entries.filter((entry) => entry.tool === tool);
  const [previewed, ...more] = of("undo.preview");
  assert.deepEqual([more, previewed?.outcome, previewed?.read.length], [[], "done", 1]);
  const [read] = previewed?.read ?? [];
  assert.ok(read);
  const [stored] = await pullAll(world, world.owner, NOTES);
  assert.deepEqual([read.c, read.s, read.f.toSorted()], ["notes/notes", stored?.spaceId, [
    "content",
    "title",
  ]]);
  assert.deepEqual(unpackIds(read), [id]);
  assert.deepEqual(of("undo.apply").map(({ read, wrote }) => [read, wrote.map((one) => one.id)]), [[[], [
    id,
  ]]]);
});

Deno.test("the person's own look at an undo costs no app anything", async () => {
  await using world = await createAppWorld();
  for (let index = 0; index < 3; index++) {
    await done(callTool(world, world.app, "notes_create", { title: `secret ${index}` }));
  }
  tellOfGrant(world, { read_budget: 3 });
  world.clock.now += 10_000;
  const shown = await preview(
    world,
    world.owner,
    everything({ app: null, since: new Date(world.clock.now - 60_000).toISOString() }),
  );
  assert.equal(shown.rowCount, 3);
  await done(callTool(world, world.app, "notes_search", { query: "" }));
  await world.gateway.stop();
  const read = (await readEntries(world, world.owner)).filter((entry) => entry.read.length > 0);
  assert.deepEqual(read.map(({ tool }) => tool), ["notes.search"]);
});
