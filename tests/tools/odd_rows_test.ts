/** Other writers store what the web app never would: words of their own, sealed values in clear, clear values sealed, other types,
 * nothing at all. Every tool that lists goes on listing, with the row that is in order among them. */
import assert from "node:assert/strict";
import { z } from "zod";
import { parseType, type TypeNode } from "../../lib/tool/tables/type_text.ts";
import CONTRACT from "../contracts/modules.json" with { type: "json" };
import { masterKey, push, seal, type WireTable } from "../_support/device.ts";
import { call } from "../_support/mcp.ts";
import { TOOLS } from "../_support/modules.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { argumentsOf, isRecordId, propertiesOf } from "./_arguments.ts";

const Fields = z.array(z.looseObject({ name: z.string(), type: z.string(), encrypted: z.boolean() }));
const TABLES: ReadonlyMap<string, z.infer<typeof Fields>> = new Map(
  CONTRACT.modules.flatMap(({ appId, tables }) =>
    tables.map(({ name, fields }) => [`${appId}/${name}`, Fields.parse(fields)])
  ),
);
const ENV = { POLICY_MODE: "off" };
/** These tell sums and times, or rows that name each other in a way that no made-up row does. */
const SHOW_NO_IDS: readonly string[] = [
  "calendar.free",
  "times.status",
  "times.list",
  "augur.oracle",
  "profile.read",
];

/** Each way in which a field can be odd. */
const ODD: Readonly<Record<string, (field: Field, key: CryptoKey) => Promise<unknown> | unknown>> = {
  good: async ({ type, name, encrypted }, key) =>
    encrypted ? await seal(key, valueOf(name, type)) : valueOf(name, type),
  words: ({ type, name }) =>
    /^\(?'/.test(type) ? (type.includes("[]") ? ["elsewhere"] : "elsewhere") : valueOf(name, type),
  clear: ({ type, name }) => valueOf(name, type),
  sealed: async ({ type, name }, key) => await seal(key, valueOf(name, type)),
  broken: ({ encrypted, name, type }) => encrypted ? "enc:1:broken" : valueOf(name, type),
  number: () => 5,
  huge: () => 1e300,
  text: () => "2026-02-30T99:99:99Z",
  long: () => "x".repeat(200_000),
  list: () => [null, 5, "x", {}],
  object: () => ({ odd: true }),
  nothing: () => null,
  absent: () => undefined,
};

interface Field {
  readonly name: string;
  readonly type: string;
  readonly encrypted: boolean;
}

for (const tool of TOOLS.filter(({ access, usesRecords }) => access === "read" && usesRecords)) {
  const takesId = "id" in argumentsOf(tool) &&
    propertiesOf(tool).some(([name, node]) => name === "id" && isRecordId(node));
  const calls = variantsOf(tool).flatMap((args) =>
    takesId ? Object.keys(ODD).map((id) => ({ ...args, id })) : [args]
  );
  Deno.test(`rows that other writers made oddly: ${tool.name}`, async () => {
    await using world = await createWorld({ env: ENV });
    const anna = await world.person("anna");
    const filled = new Set<string>();
    for (let more = ["start"]; more.length > 0;) {
      for (const args of calls) await call(world, anna, tool.name, args);
      more = tablesRead(world).filter((table) => !filled.has(table));
      for (const table of more) await pushOdd(world, anna, table);
      for (const table of more) filled.add(table);
    }
    let seen = "";
    for (const args of calls) {
      const outcome = await call(world, anna, tool.name, args);
      // One record can be so odd that its tool says what it lacks; a listing has to go on.
      const isTold = !outcome.ok && takesId && /^(?:The arguments are invalid: |No )/.test(outcome.message);
      assert.ok(outcome.ok || isTold, `${tool.name} ${JSON.stringify([args, outcome])}`);
      if (outcome.ok) seen += outcome.texts.join();
    }
    if (filled.size > 0 && !SHOW_NO_IDS.includes(tool.name)) assert.match(seen, /"good"/);
  });
}

/** The tables that the gateway has asked the sync service for, of those of the contract. */
function tablesRead(world: World): string[] {
  const asked = world.upstreamCalls.flatMap(({ url }) => {
    const [, app, table] = /\/sync\/([^/?]+)\/pull\?.*collection=([^&]+)/.exec(url) ?? [];
    return `${app}/${table}`;
  });
  return [...new Set(asked)].filter((table) => TABLES.has(table));
}

/** The calls of a tool: plain, of each kind, and with words that are looked for. */
function variantsOf(tool: typeof TOOLS[number]): Record<string, unknown>[] {
  const properties = new Map(propertiesOf(tool));
  const plain = argumentsOf(tool);
  const kinds = properties.get("kind")?.enum ?? [undefined];
  return kinds.flatMap((kind) => {
    const of = kind === "sets" ? { workoutId: "good" } : {};
    const args = kind === undefined ? plain : { ...plain, kind, ...of };
    return properties.has("query") ? [args, { ...args, query: "x" }] : [args];
  });
}

/** One row for each way of being odd, in all fields. */
async function pushOdd(world: World, person: Person, name: string): Promise<void> {
  const key = await masterKey(world, person);
  const [app = "", table = ""] = name.split("/");
  const where: WireTable = { app, table };
  for (const [id, oddly] of Object.entries(ODD)) {
    const data: Record<string, unknown> = {
      spaceId: person.personalSpace,
      authorId: person.id,
      visibility: "space",
      createdAt: "2026-02-01T10:00:00.000Z",
    };
    for (const field of TABLES.get(name) ?? []) {
      if (field.name !== "visibility" && field.name !== "createdAt") {
        data[field.name] = await oddly(field, key);
      }
    }
    await push(world, person, where, [{ id, op: "insert", spaceId: person.personalSpace, data }]);
  }
}

/** A value of a type, as the web app would store it. */
function valueOf(name: string, type: string): unknown {
  // A calendar that is shown, and a time block that belongs to no series.
  if (name === "isVisible") return true;
  if (/^(?:recurrenceRule|parentBlockId|recurrenceDate)$/.test(name)) return null;
  if (/(?:At|startDate|endDate|bedtime|wakeTime)$/.test(name) && type.startsWith("string")) {
    return "2026-03-01T10:00:00.000Z";
  }
  if (/date$/i.test(name) && type.startsWith("string")) return "2026-03-01";
  if (/Id$/.test(name) && type.startsWith("string")) return "good";
  return made(parseType(type));
}

function made(node: TypeNode): unknown {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "list":
      return [];
    case "record":
      return {};
    case "object":
      return Object.fromEntries(
        node.members.filter(({ optional }) => !optional).map(({ name, of }) => [name, made(of)]),
      );
    case "union":
      return made(node.members[0] ?? { kind: "name", name: "null" });
    default:
      return { number: 1, boolean: false, null: null, object: {} }[node.name] ?? "x";
  }
}
