import assert from "node:assert/strict";
import { lastChange, masterKey, open, pullAll, pushInsert, withoutPush } from "../../_support/device.ts";
import { notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleted, deletionRefused, rowsOf } from "./_calls.ts";

const DREAMS = { app: "dreams", table: "dreams" };
const SYMBOLS = { app: "dreams", table: "dreamSymbols" };
const BLOCKS = { app: "timeblocks", table: "timeBlocks" };
const NIGHT = { content: "Ich konnte fliegen", bedtime: "23:30", wakeTime: "06:45" };

/** The count of each symbol, as the changes leave it. */
async function counts(world: World, person: Person): Promise<Record<string, unknown>> {
  const names = new Map<string, string>();
  const found: Record<string, unknown> = {};
  for (const { id, op, data, fields } of await pullAll(world, person, SYMBOLS)) {
    if (op === "insert") names.set(id, String(data?.["name"]));
    const count = op === "insert" ? data?.["count"] : fields?.["count"]?.value;
    if (count !== undefined) found[names.get(id) ?? ""] = count;
  }
  return found;
}

Deno.test("dreams.create: with both times the calendar has the night, whose evening is the day before", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, dreamDate } = await callOk(world, anna, "dreams_create", { ...NIGHT, symbols: ["Wasser"] });
  assert.equal(dreamDate, "2026-03-01");
  const { data: block } = await lastChange(world, anna, BLOCKS);
  assert.deepEqual(
    [block?.["sourceId"], block?.["startDate"], block?.["endDate"], block?.["type"], block?.["kind"]],
    [id, "2026-02-28T23:30:00.000Z", "2026-03-01T06:45:00.000Z", "sleep", "logged"],
  );
  assert.equal(await open(await masterKey(world, anna), block?.["title"]), "Schlaf");
  const { data: dream } = await lastChange(world, anna, DREAMS, id);
  assert.equal(dream?.["timeBlockId"], block?.["id"]);
  await callOk(world, anna, "dreams_create", { content: "kurz", bedtime: "01:00" });
  await callOk(world, anna, "dreams_create", { ...NIGHT, bedtime: "02:00" });
  assert.deepEqual((await pullAll(world, anna, BLOCKS)).map(({ data }) => data?.["startDate"]), [
    "2026-02-28T23:30:00.000Z",
    "2026-03-01T02:00:00.000Z",
  ]);
});

Deno.test("dreams: the count of a symbol follows creating, changing and deleting, and never falls below zero", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, SYMBOLS, "old", { name: "Turm", count: 0 });
  const first = await callOk(world, anna, "dreams_create", {
    content: "a",
    symbols: ["Wasser", "Wasser ", "Turm"],
  });
  await callOk(world, anna, "dreams_create", { content: "b", symbols: ["Wasser"] });
  assert.deepEqual(await counts(world, anna), { Turm: 1, Wasser: 2 });
  await callOk(world, anna, "dreams_update", { id: first["id"], symbols: ["Turm", "Hund"] });
  assert.deepEqual(await counts(world, anna), { Turm: 1, Wasser: 1, Hund: 1 });
  await deleted(world, anna, "dreams_delete", { id: first["id"] });
  assert.deepEqual(await counts(world, anna), { Turm: 0, Wasser: 1, Hund: 0 });
  await pushInsert(world, anna, DREAMS, "odd", { dreamDate: "2026-03-01", symbols: ["Turm", "Nebel"] });
  await deleted(world, anna, "dreams_delete", { id: "odd" });
  assert.deepEqual(await counts(world, anna), { Turm: 0, Wasser: 1, Hund: 0 });
});

Deno.test("dreams: two at the same time count a symbol twice", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await Promise.all(
    ["a", "b", "c"].map((content) => callOk(world, anna, "dreams_create", { content, symbols: ["Wasser"] })),
  );
  assert.deepEqual(await counts(world, anna), { Wasser: 3 });
});

Deno.test("dreams.update: the night in the calendar is made, moved, renamed and removed with its dream", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "dreams_create", { content: "Fliegen" });
  const update = (args: Record<string, unknown>) => callOk(world, anna, "dreams_update", { id, ...args });
  await update({ content: "Ich flog" });
  assert.equal((await pullAll(world, anna, BLOCKS)).length, 0);
  await update({ bedtime: "22:00", wakeTime: "06:00" });
  const { id: block } = await lastChange(world, anna, BLOCKS);
  assert.equal((await lastChange(world, anna, DREAMS, id)).fields?.["timeBlockId"]?.value, block);
  await update({ dreamDate: "2026-02-20", title: "Flug" });
  const moved = await lastChange(world, anna, BLOCKS, block);
  assert.equal(moved.fields?.["startDate"]?.value, "2026-02-19T22:00:00.000Z");
  assert.equal(await open(await masterKey(world, anna), moved.fields?.["title"]?.value), "Flug");
  assert.deepEqual(await update({ clear: ["wakeTime"] }), { ok: true, changed: true });
  assert.equal((await lastChange(world, anna, BLOCKS, block)).op, "delete");
  assert.equal((await lastChange(world, anna, DREAMS, id)).fields?.["timeBlockId"]?.value ?? null, null);
  assert.deepEqual(await update({ title: "Flug" }), { ok: true, changed: false });
});

Deno.test("dreams.update: a night in the form of another writer keeps its place, and takes the new title", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, BLOCKS, "block", {
    sourceModule: "dreams",
    sourceId: "odd",
    type: "sleep",
    kind: "logged",
    title: "Schlaf",
    startDate: "2026-02-28T22:00:00.000Z",
    endDate: "2026-03-01T06:00:00.000Z",
  });
  await pushInsert(world, anna, DREAMS, "odd", {
    dreamDate: "2026-03-01",
    bedtime: "spät",
    wakeTime: "06:00",
  });
  await callOk(world, anna, "dreams_update", { id: "odd", title: "Flug" });
  const { fields } = await lastChange(world, anna, BLOCKS, "block");
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["title", "updatedAt"]);
});

Deno.test("dreams.list and read: texts are found, archived dreams hidden, long texts read in parts", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const long = "Traum ".repeat(16_000);
  const { id } = await callOk(world, anna, "dreams_create", {
    content: long,
    title: "Lang",
    dreamDate: "2026-02-10",
    people: ["Ben"],
  });
  const { id: pinned } = await callOk(world, anna, "dreams_create", {
    content: "Im Turm",
    dreamDate: "2026-01-01",
    symbols: ["Turm"],
  });
  await callOk(world, anna, "dreams_update", { id: pinned, isPinned: true });
  const { id: hidden } = await callOk(world, anna, "dreams_create", { content: "alt" });
  await callOk(world, anna, "dreams_update", { id: hidden, isArchived: true });
  const ids = async (args: Record<string, unknown> = {}) =>
    (await rowsOf(world, anna, "dreams_list", "dreams", args)).map((dream) => dream["id"]);
  assert.deepEqual(await ids(), [pinned, id]);
  assert.deepEqual(await ids({ includeArchived: true }), [pinned, hidden, id]);
  assert.deepEqual(await ids({ query: "ben" }), [id]);
  assert.deepEqual(await ids({ query: "im turm" }), [pinned]);
  assert.deepEqual(await ids({ symbol: "turm" }), [pinned]);
  assert.deepEqual(await ids({ from: "2026-02-01" }), [id]);
  const first = await callOk(world, anna, "dreams_read", { id });
  assert.equal(first["contentChars"], long.length);
  const rest = await callOk(world, anna, "dreams_read", { id, offset: first["nextOffset"] });
  const parts = [first, rest].map((part) => String(recordOf(part, "dream")["content"]).length);
  assert.ok(parts.every((chars) => chars > 20_000), String(parts));
});

Deno.test("dreams: what cannot be is refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "dreams_create", { content: "Turm" });
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["dreams_create", {}, /content: is missing/],
    [
      "dreams_create",
      { content: "x", bedtime: "09:00", wakeTime: "08:00" },
      /wakeTime: it is not after `bedtime`/,
    ],
    ["dreams_create", { content: "x", mood: "good" }, /mood: expected one of angenehm/],
    ["dreams_create", { content: "x", clarity: 6 }, /clarity: expected at most 5/],
    ["dreams_create", { content: "x", bedtime: "25:00" }, /bedtime: expected HH:mm/],
    ["dreams_create", { content: "x", dreamDate: "2026-02-31" }, /dreamDate: expected an existing/],
    ["dreams_create", { content: "x".repeat(200_000) }, /content: expected at most 100,?000/],
    ["dreams_update", { id }, /nothing to change/],
    ["dreams_update", { id, title: "x", clear: ["title"] }, /clear: title is given/],
    ["dreams_update", { id, wakeTime: "08:00", bedtime: "08:30" }, /wakeTime: it is not after `bedtime`/],
    ["dreams_list", { from: "2026-03-02", to: "2026-03-01" }, /to: it is before `from`/],
    ["dreams_read", { id, offset: 99 }, /offset: the content has only 4 characters/],
  ];
  await withoutPush(world, async () => {
    for (const [tool, args, words] of bad) {
      assert.match(await callRefused(world, anna, tool, args), words, JSON.stringify(args));
    }
    for (const tool of ["dreams_read", "dreams_update"]) {
      const args = tool === "dreams_read" ? { id: "nowhere" } : { id: "nowhere", title: "x" };
      assert.equal(await callRefused(world, anna, tool, args), notFound("dream", "nowhere"));
    }
  });
  assert.equal(
    await deletionRefused(world, anna, "dreams_delete", { id: "nowhere" }),
    notFound("dream", "nowhere"),
  );
});

Deno.test("dreams.delete: the question names title and day, and the night leaves the calendar", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id } = await callOk(world, anna, "dreams_create", { ...NIGHT, title: "Flug" });
  assert.match(await deleted(world, anna, "dreams_delete", { id }), /^Delete the dream "Flug, 2026-03-01"\?/);
  assert.equal((await lastChange(world, anna, BLOCKS)).op, "delete");
  assert.deepEqual(await rowsOf(world, anna, "dreams_list", "dreams"), []);
});

Deno.test("dreams: a write of which a part was lost is completed by the same call, and nothing is doubled", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  /** Makes the call while no dream can be stored, and once more when it can. */
  const twice = async (tool: string, args: Record<string, unknown>) => {
    world.intercept = ({ method, url }) =>
      method === "POST" && new URL(url).pathname === "/sync/dreams"
        ? new Response("{}", { status: 503 })
        : undefined;
    const words = await callRefused(world, anna, tool, args);
    world.intercept = null;
    assert.match(words, /stored: time block .*Call the tool again with exactly the same arguments/);
    return await callOk(world, anna, tool, args);
  };
  const { id } = await twice("dreams_create", { ...NIGHT, symbols: ["Wasser"] });
  assert.equal((await rowsOf(world, anna, "dreams_list", "dreams")).length, 1);
  const [block, ...others] = await pullAll(world, anna, BLOCKS);
  assert.deepEqual([block?.data?.["sourceId"], others], [id, []]);
  assert.equal((await lastChange(world, anna, DREAMS, id)).data?.["timeBlockId"], block?.id);
  await twice("dreams_update", { id, title: "Flug", symbols: ["Turm"] });
  assert.deepEqual(await counts(world, anna), { Wasser: 0, Turm: 1 });
  assert.deepEqual((await pullAll(world, anna, BLOCKS)).map(({ op }) => op), ["insert", "update"]);
});
