// A world in which Anna has records in every table of the Mana apps, and an app of hers whose grant can be narrowed. Each text of a record
// says where it stands, so that any answer can be searched for what it must not hold.
import assert from "node:assert/strict";
import { z } from "zod";
import { parseType, type TypeNode } from "../../lib/tool/tables/type_text.ts";
import CONTRACT from "../contracts/modules.json" with { type: "json" };
import { type Connected, createConnected } from "../_support/connected.ts";
import { masterKey, push, seal } from "../_support/device.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { narrowApps } from "../_support/narrowed.ts";
import { TOOLS } from "../_support/modules.ts";
import { connect, RESOURCE } from "../_support/oauth_flow.ts";
import { type Account, bearer, signIn } from "../_support/test_backend.ts";
import type { NaiveGrant, NaiveRule } from "./_naive_model.ts";

const Fields = z.array(z.looseObject({ name: z.string(), type: z.string(), encrypted: z.boolean() }));

/** The fields of every table, by `app/table`. */
export const ALL_TABLES: ReadonlyMap<string, z.infer<typeof Fields>> = new Map(
  CONTRACT.modules.flatMap(({ appId, tables }) =>
    tables.map(({ name, fields }) => [`${appId}/${name}`, Fields.parse(fields)])
  ),
);
/** Members that every record has. */
const COMMON = new Set([
  "id",
  "spaceId",
  "authorId",
  "visibility",
  "createdAt",
  "updatedAt",
  "userId",
  "deletedAt",
]);

/** The own fields of a table. */
export function ownFields(collection: string): string[] {
  return (ALL_TABLES.get(collection) ?? []).map(({ name }) => name).filter((name) => !COMMON.has(name));
}

/** The day before which nothing is shown where a window is set. */
export const WINDOW = "2026-02-01";
/** The records of each table: of before the window, and within. */
export const ROWS = [
  { id: "outside", createdAt: "2026-01-05T10:00:00.000Z" },
  { id: "inside", createdAt: "2026-02-27T10:00:00.000Z" },
] as const;

/** A world with an app that may do everything, by its scopes, and rows in every table. */
export async function createNarrowedWorld(env: Record<string, string> = {}): Promise<NarrowedWorld> {
  const world = await createConnected({ POLICY_MODE: "off", ...env }, undefined, { hasPages: true });
  const owner = await signIn(world, "anna@mana.test");
  const vault = "/api/v1/me/encryption-vault/init";
  await (await world.auth(vault, { method: "POST", headers: bearer(owner) })).body?.cancel();
  const allow = [...new Set(TOOLS.map(({ module, access }) => `${module}:${access}`))];
  const { access: app } = await connect(world, world.anna, { allow });
  const list = await world.auth("/api/auth/organization/list", { headers: { cookie: owner.cookie } });
  const [personal] = z.array(z.object({ id: z.string() })).parse(await list.json());
  assert.ok(personal);
  return Object.assign(world, {
    owner: { ...owner, personalSpace: personal.id },
    app,
    narrow(rules: readonly NaiveRule[], more: Partial<NaiveGrant> = {}) {
      narrowApps(world, { rules, ...more });
    },
    widen() {
      narrowApps(world, null);
    },
  });
}

/** See {@link createNarrowedWorld}. */
export type NarrowedWorld = Connected & {
  /** Anna, with a token of her own. */
  readonly owner: Account & { readonly personalSpace: string };
  /** The app's token. */
  readonly app: string;
  /** From the next request on the grant has this document. */
  narrow(rules: readonly NaiveRule[], more?: Partial<NaiveGrant>): void;
  /** From the next request on the grant has no document. */
  widen(): void;
};

/**
 * Stores rows in every table, whose texts say where they stand.
 *
 * @param rows which of {@link ROWS}
 * @param isOther fields that get another value than usual, some of which nobody can open
 */
export async function fillTables(
  world: NarrowedWorld,
  rows: readonly { readonly id: string; readonly createdAt: string }[] = ROWS,
  isOther: (collection: string, field: string) => boolean = () => false,
): Promise<void> {
  const key = await masterKey(world, world.owner);
  for (const [collection, fields] of ALL_TABLES) {
    const [app = "", table = ""] = collection.split("/");
    const changes = await Promise.all(rows.map(async ({ id, createdAt }) => {
      const data: Record<string, unknown> = {};
      for (const { name, type, encrypted } of fields) {
        const hasOther = isOther(collection, name);
        const value = valueOf({ collection, id, name, type, hasOther });
        const isBroken = hasOther && name.length % 2 === 0;
        data[name] = !encrypted ? value : isBroken ? "enc:1:broken" : await seal(key, value);
      }
      const { personalSpace: spaceId, id: authorId } = world.owner;
      const whole = { ...data, id, spaceId, authorId, visibility: "space", createdAt, updatedAt: createdAt };
      return { id, op: "insert", spaceId, data: whole };
    }));
    await push(world, world.owner, { app, table }, changes);
  }
}

/** The own fields of a row in the clear, as the web app would fill them, whose free texts are `text`. */
export function plainRow(
  collection: string,
  id: string,
  text: (collection: string, id: string, field: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    (ALL_TABLES.get(collection) ?? []).map(({ name, type }) => [
      name,
      valueOf({ collection, id, name, type, text, hasOther: false }),
    ]),
  );
}

/** The text of a field of a record. */
export function markOf(collection: string, id: string, name: string): string {
  return `«${collection} ${id} ${name}»`;
}

/** The marks in a text, as they were put into fields. */
export function marksIn(text: string): { collection: string; id: string; field: string }[] {
  return [...text.matchAll(/«([\w/]+) (\w+) (\w+)»/g)].map(([, collection = "", id = "", field = ""]) => ({
    collection,
    id,
    field,
  }));
}

interface Place {
  readonly collection: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Free text for it; {@link markOf} by default. */
  readonly text?: (collection: string, id: string, field: string) => string;
  /** Another value than usual, where the field does not name other records. */
  readonly hasOther: boolean;
}

/** A value of a type: as the web app would store it, with a mark wherever text is free. */
function valueOf({ collection, id, name, type, text = markOf, hasOther }: Place): unknown {
  if (name === "isVisible") return true;
  if (/^(?:recurrenceRule|parentBlockId|recurrenceDate|deletedAt|isArchived|isDeleted)$/.test(name)) {
    return type.includes("boolean") ? false : null;
  }
  if (name === "sourceModule" || name === "sourceApp") return "habits";
  if (/Id$/.test(name) && type.startsWith("string")) return id;
  if (/(?:At|startDate|endDate|bedtime|wakeTime)$/.test(name) && type.startsWith("string")) {
    return hasOther ? "2026-02-28T11:00:00.000Z" : "2026-03-01T10:00:00.000Z";
  }
  if (/date$/i.test(name) && type.startsWith("string")) return hasOther ? "2026-02-28" : "2026-03-01";
  return made(
    parseType(type),
    hasOther ? `${text(collection, id, name)} otherwise` : text(collection, id, name),
    hasOther,
  );
}

function made(node: TypeNode, mark: string, hasOther: boolean): unknown {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "list":
      return hasOther ? [] : [made(node.of, mark, hasOther)];
    case "record":
      return {};
    case "object":
      return Object.fromEntries(
        node.members.filter(({ optional }) => !optional)
          .map(({ name, of }) => [name, made(of, mark, hasOther)]),
      );
    case "union":
      return made(node.members.at(hasOther ? -1 : 0) ?? { kind: "name", name: "null" }, mark, hasOther);
    default:
      return { number: hasOther ? 7 : 1, boolean: hasOther, null: null, object: {} }[node.name] ?? mark;
  }
}

const Answer = z.looseObject({
  result: z.looseObject({
    content: z.array(z.looseObject({ text: z.string() })).default([]),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
    isError: z.boolean().optional(),
  }),
});

/** One call of the app; the whole answer as text, and what is in it. */
export async function callApp(
  world: NarrowedWorld,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  { token = world.app, gateway = world.gateway, capabilities = {} }: CallChanges = {},
): Promise<AppAnswer> {
  const response = await gateway.fetch(
    modernRequest(token, "tools/call", { name, arguments: args }, {
      url: RESOURCE,
      meta: { "io.modelcontextprotocol/clientCapabilities": capabilities },
    }),
  );
  const text = await response.text();
  assert.equal(response.status, 200, `${name}: ${text}`);
  const { result } = Answer.parse(JSON.parse(text));
  const words = result.content.map((one) => one.text).join("\n");
  return { text, words, isError: result.isError === true, output: result.structuredContent ?? {} };
}

/** What differs in a call from one of the app by a client that declares nothing. */
export interface CallChanges {
  readonly token?: string;
  readonly gateway?: NarrowedWorld["gateway"];
  readonly capabilities?: Readonly<Record<string, unknown>>;
}

/** What came back. */
export interface AppAnswer {
  readonly text: string;
  /** The content, without the structured one. */
  readonly words: string;
  readonly isError: boolean;
  readonly output: Readonly<Record<string, unknown>>;
}
