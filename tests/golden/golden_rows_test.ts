/** The rows that our tools write are those that the web app writes: keys, types, defaults, sealed fields, table by table. */
import assert from "node:assert/strict";
import { z } from "zod";
import { isSealed } from "../../lib/sealing/cipher.ts";
import CONTRACT from "../contracts/modules.json" with { type: "json" };
import {
  masterKey,
  open,
  pullAll,
  pushInsert,
  type StoredChange,
  type WireTable,
} from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { type Expected, type GoldenCall, type GoldenRow, isInstant } from "./golden_row.ts";
import { GOLDEN_ROWS } from "./golden_rows.ts";
import { writtenTables } from "./written_tables.ts";

const Facts = z.object({
  modules: z.array(z.object({
    appId: z.string(),
    tables: z.array(z.object({
      name: z.string(),
      visibilityDefault: z.string().default("space"),
      fields: z.array(z.looseObject({
        name: z.string(),
        type: z.string(),
        optional: z.boolean(),
        nullable: z.boolean(),
        encrypted: z.boolean(),
      })),
    })),
  })),
});
const TABLES: ReadonlyMap<string, z.infer<typeof Facts>["modules"][number]["tables"][number]> = new Map(
  Facts.parse(CONTRACT).modules.flatMap(({ appId, tables }) =>
    tables.map((table) => [`${appId}/${table.name}`, table])
  ),
);
/** Members that every row has besides its own. */
const COMMON = new Set(["id", "spaceId", "authorId", "visibility", "createdAt", "updatedAt"]);

for (const [index, golden] of GOLDEN_ROWS.entries()) {
  const name = golden.create?.tool ?? golden.update?.tool;
  Deno.test(`golden row: ${golden.table}, ${index + 1}: ${name}`, async () => {
    const { unasked } = golden;
    await using world = await createWorld(
      unasked === undefined ? {} : { env: { DESTRUCTIVE_TOOLS: unasked } },
    );
    const anna = await world.person("anna");
    const key = await masterKey(world, anna);
    const ids: string[] = [];
    for (const { table, id, data } of golden.stored ?? []) {
      await pushInsert(world, anna, wireTable(table), id, { ...data, ...placeOf(anna, data) });
    }
    for (const call of golden.before ?? []) await run(world, anna, call, ids);
    const id = golden.create === undefined
      ? golden.stored?.find(({ table }) => table === golden.table)?.id ?? assert.fail("no row to change")
      : await create(world, anna, key, golden, golden.create, ids);
    if (golden.update === undefined) return;
    const known = await eventsOf(world, anna, golden);
    await run(world, anna, golden.update, ids);
    const changed = (await changesOf(world, anna, golden)).findLast((change) =>
      change.op === "update" && change.id === id && !known.has(change.eventId)
    );
    assert.ok(changed?.fields, `${golden.update.tool} changed nothing in ${golden.table}`);
    const fields = Object.fromEntries(
      Object.entries(changed.fields).filter(([name]) => name !== "updatedAt").map((
        [name, { value }],
      ) => [name, value]),
    );
    await compare(golden.table, key, fields, golden.fields ?? {});
  });
}

/** Makes the row, holds it against the expected one, and gives its id. */
async function create(
  world: World,
  person: Person,
  key: CryptoKey,
  golden: GoldenRow,
  call: GoldenCall,
  ids: string[],
): Promise<string> {
  const known = await eventsOf(world, person, golden);
  await run(world, person, call, ids);
  const after = await changesOf(world, person, golden);
  const inserted = after.filter(({ eventId, op }) => !known.has(eventId) && op === "insert").at(0);
  assert.ok(inserted?.data, `${call.tool} put nothing into ${golden.table}`);
  assert.equal(inserted.id, golden.id ?? inserted.id);
  checkCommon(golden.table, person, inserted);
  const own = Object.fromEntries(Object.entries(inserted.data).filter(([name]) => !COMMON.has(name)));
  checkKeys(golden.table, own);
  await compare(golden.table, key, own, golden.row ?? {});
  return inserted.id;
}

/** A row of no space has the person instead of it. */
function placeOf({ id }: Person, { userId }: { readonly userId?: unknown }): Record<string, unknown> {
  return userId === "self"
    ? { userId: id, spaceId: undefined, authorId: undefined, visibility: undefined }
    : {};
}

/**
 * The members of every row (contract: modules section 1). Time tracking has levels of its own, `private` and `guild` (times, rule
 * 7). A last time has none: the apps read it as private, as the module means it, where the web app's hook stamps `space` against
 * that intent (lasts, rule 3).
 */
function checkCommon(table: string, person: Person, { id, spaceId, data = {} }: StoredChange): void {
  const { fields, visibilityDefault } = tableOf(table);
  const level = fields.find(({ name }) => name === "visibility")?.["default"] ??
    (visibilityDefault === "absent (read as private)" ? undefined : visibilityDefault);
  assert.deepEqual(
    [data["id"], data["spaceId"], spaceId, data["authorId"], data["visibility"]],
    [id, person.personalSpace, person.personalSpace, person.id, level],
  );
  assert.ok(isInstant(data["createdAt"]) && isInstant(data["updatedAt"]));
}

Deno.test("every table that a tool writes into has a golden row", async () => {
  const have = new Set(GOLDEN_ROWS.map(({ table }) => table));
  const missing = (await writtenTables()).filter((table) => !have.has(table));
  assert.deepEqual(missing, []);
});

async function run(world: World, person: Person, { tool, args }: GoldenCall, ids: string[]): Promise<void> {
  const output = await callOk(world, person, tool, typeof args === "function" ? args(ids) : { ...args });
  ids.push(idIn(output));
}

/** The id in an answer: its own, that of the one record in it, or the first of several. */
function idIn(output: Record<string, unknown>): string {
  const several = z.object({ ids: z.tuple([z.string()], z.string()) }).safeParse(output);
  if (several.success) return several.data.ids[0];
  for (const value of [output, ...Object.values(output)]) {
    const found = z.object({ id: z.string() }).safeParse(value);
    if (found.success) return found.data.id;
  }
  return "";
}

async function eventsOf(world: World, person: Person, golden: GoldenRow): Promise<ReadonlySet<string>> {
  return new Set((await changesOf(world, person, golden)).map(({ eventId }) => eventId));
}

async function changesOf(world: World, person: Person, { table }: GoldenRow): Promise<StoredChange[]> {
  return await pullAll(world, person, wireTable(table));
}

function tableOf(table: string) {
  return TABLES.get(table) ?? assert.fail(`there is no table ${table}`);
}

function wireTable(name: string): WireTable {
  const [app = "", table = ""] = name.split("/");
  return { app, table };
}

/** Every field that may not be absent is there, and nothing that the table does not have. */
function checkKeys(table: string, own: Readonly<Record<string, unknown>>): void {
  const { fields } = tableOf(table);
  const missing = fields.filter(({ name, optional }) => !optional && !COMMON.has(name) && !(name in own));
  assert.deepEqual(missing.map(({ name }) => name), [], "fields that the web app always writes");
  const names = new Set(fields.map(({ name }) => name));
  assert.deepEqual(Object.keys(own).filter((name) => !names.has(name)), [], "fields of no table");
}

/** Opens what has to be sealed, and holds every value against the expected one. */
async function compare(
  table: string,
  key: CryptoKey,
  stored: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, Expected>>,
): Promise<void> {
  const sealed = new Set(
    tableOf(table).fields.filter(({ encrypted }) => encrypted).map(({ name }) => name),
  );
  const opened: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(stored)) {
    const isClosed = sealed.has(name) && value !== null;
    assert.equal(isSealed(value), isClosed, `${name} is ${isClosed ? "not sealed" : "sealed"}`);
    opened[name] = isClosed ? await open(key, value) : value;
  }
  assert.deepEqual(Object.keys(opened).sort(), Object.keys(expected).sort());
  for (const [name, want] of Object.entries(expected)) {
    if (typeof want !== "function") assert.deepEqual(opened[name], want, name);
    else assert.ok(want(opened[name]), `${name}: ${JSON.stringify(opened[name])}`);
  }
}
