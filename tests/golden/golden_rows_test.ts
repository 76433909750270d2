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
import type { Expected, GoldenCall, GoldenRow } from "./golden_row.ts";
import { writtenTables } from "./written_tables.ts";
import { DAY } from "./rows/day.ts";
import { HOME } from "./rows/home.ts";
import { LEARNING } from "./rows/learning.ts";
import { LEISURE } from "./rows/leisure.ts";
import { MONEY } from "./rows/money.ts";
import { PEOPLE } from "./rows/people.ts";
import { STUDIO } from "./rows/studio.ts";
import { WELLBEING } from "./rows/wellbeing.ts";

const ROWS: readonly GoldenRow[] = [
  ...DAY,
  ...PEOPLE,
  ...WELLBEING,
  ...MONEY,
  ...LEISURE,
  ...HOME,
  ...LEARNING,
  ...STUDIO,
];

const Facts = z.object({
  modules: z.array(z.object({
    appId: z.string(),
    tables: z.array(z.object({
      name: z.string(),
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
const FIELDS = new Map<string, z.infer<typeof Facts>["modules"][number]["tables"][number]["fields"]>(
  Facts.parse(CONTRACT).modules.flatMap(({ appId, tables }) =>
    tables.map(({ name, fields }) => [`${appId}/${name}`, fields] as const)
  ),
);
/** Members that every row has besides its own. */
const COMMON = new Set(["id", "spaceId", "authorId", "visibility", "createdAt", "updatedAt"]);

for (const [index, golden] of ROWS.entries()) {
  Deno.test(`golden row: ${golden.table}, ${index + 1}: ${golden.create.tool}`, async () => {
    const { unasked } = golden;
    await using world = await createWorld(
      unasked === undefined ? {} : { env: { DESTRUCTIVE_TOOLS: unasked } },
    );
    const anna = await world.person("anna");
    const key = await masterKey(world, anna);
    const ids: string[] = [];
    for (const { table, id, data } of golden.stored ?? []) {
      await pushInsert(world, anna, wireTable(table), id, { ...data });
    }
    for (const call of golden.before ?? []) await run(world, anna, call, ids);
    const known = new Set((await changesOf(world, anna, golden)).map(({ eventId }) => eventId));
    await run(world, anna, golden.create, ids);
    const after = await changesOf(world, anna, golden);
    const inserted = after.filter(({ eventId, op }) => !known.has(eventId) && op === "insert").at(0);
    assert.ok(inserted?.data, `${golden.create.tool} put nothing into ${golden.table}`);
    const own = Object.fromEntries(Object.entries(inserted.data).filter(([name]) => !COMMON.has(name)));
    checkKeys(golden.table, own);
    await compare(golden.table, key, own, golden.row);
    if (golden.update === undefined) return;
    await run(world, anna, golden.update, ids);
    const changed = (await changesOf(world, anna, golden)).findLast(({ op, id }) =>
      op === "update" && id === inserted.id
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

Deno.test("every table that a tool writes into has a golden row", async () => {
  const have = new Set(ROWS.map(({ table }) => table));
  const missing = (await writtenTables()).filter((table) => !have.has(table));
  assert.deepEqual(missing, []);
});

async function run(world: World, person: Person, { tool, args }: GoldenCall, ids: string[]): Promise<void> {
  const output = await callOk(world, person, tool, typeof args === "function" ? args(ids) : { ...args });
  ids.push(idIn(output));
}

/** The id in an answer: its own, or that of the one record in it. */
function idIn(output: Record<string, unknown>): string {
  for (const value of [output, ...Object.values(output)]) {
    const found = z.object({ id: z.string() }).safeParse(value);
    if (found.success) return found.data.id;
  }
  return "";
}

async function changesOf(world: World, person: Person, { table }: GoldenRow): Promise<StoredChange[]> {
  return await pullAll(world, person, wireTable(table));
}

function wireTable(name: string): WireTable {
  const [app = "", table = ""] = name.split("/");
  return { app, table };
}

/** Every field that may not be absent is there, and nothing that the table does not have. */
function checkKeys(table: string, own: Readonly<Record<string, unknown>>): void {
  const fields = FIELDS.get(table) ?? assert.fail(`there is no table ${table}`);
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
    FIELDS.get(table)?.filter(({ encrypted }) => encrypted).map(({ name }) => name),
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
