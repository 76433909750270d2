// A push, parsed and checked as a whole before anything is stored (sync-protocol, section 2). Stores nothing.
import { z } from "zod";
import { foldNames, type Json, parseGoJson } from "./go_json.ts";

/** A push, or the line that refuses it. */
export type ChangesetResult =
  | { readonly ok: true; readonly changeset: Changeset }
  | { readonly ok: false; readonly reason: string };

/** Parses a push. The reasons are the reference's words, where it has words, and name a change by its position. */
export function parseChangeset(text: string): ChangesetResult {
  const parsed = parseGoJson(text);
  if (!parsed.ok) return refuse(`invalid JSON: ${parsed.reason}`);
  const push = Push.safeParse(parsed.value ?? {});
  if (!push.success) {
    const path = push.error.issues[0]?.path.filter((part) => typeof part === "number").join(".");
    return refuse(`invalid JSON: unexpected type${path ? ` in change ${path}` : ""}`);
  }
  const { clientId, since, schemaVersion, changes } = push.data;
  if (schemaVersion > SCHEMA_VERSION) {
    return refuse(`unsupported schemaVersion ${schemaVersion} (max ${SCHEMA_VERSION})`);
  }
  const checked: NewChange[] = [];
  for (const [index, change] of changes.entries()) {
    const { op } = change;
    if (op !== "insert" && op !== "update" && op !== "delete") {
      return refuse(`invalid op ${JSON.stringify(op)} in change ${index}`);
    }
    if (change.table === "" || change.id === "") return refuse(`missing table or id in change ${index}`);
    checked.push(toNewChange(change, op, schemaVersion));
  }
  return { ok: true, changeset: { clientId, since, changes: checked } };
}

/** A change as it will be stored (sync-protocol, section 2, "What is stored, per op"). */
export interface NewChange {
  readonly table: string;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  readonly spaceId: string | undefined;
  readonly schemaVersion: number;
  /** The data of an insert or a delete as sent; the values of the fields of an update. */
  readonly data: Readonly<Record<string, Json>> | undefined;
  /** For an update with fields: field → stamp, `""` where none was sent. */
  readonly stamps: Readonly<Record<string, string>> | undefined;
  readonly deletedAt: string | undefined;
  readonly actor: Json | undefined;
  readonly origin: string | undefined;
}

/** A push: its client, where the answer's delta starts, and the changes in order. */
export interface Changeset {
  readonly clientId: string;
  readonly since: string;
  readonly changes: readonly NewChange[];
}

/** The only schema version there is. */
const SCHEMA_VERSION = 1;

// parseGoJson has checked every value already; these schemas only tell the shapes apart.
const json = z.custom<Json>((value) => value !== undefined);

const jsonObject = z.custom<Readonly<Record<string, Json>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);

const Field = foldNames(["value", "at"], z.object({ value: json.default(null), at: z.string().default("") }));

const Change = foldNames(
  ["table", "id", "op", "spaceId", "schemaVersion", "data", "fields", "deletedAt", "actor", "origin"],
  z.object({
    table: z.string().default(""),
    id: z.string().default(""),
    op: z.string().default(""),
    spaceId: z.string().optional(),
    schemaVersion: z.int().default(0),
    data: jsonObject.optional(),
    // A null among the fields makes the reference drop the connection; here it fails the schema.
    fields: z.record(z.string(), z.custom((field) => field !== null).pipe(Field)).optional(),
    deletedAt: z.string().optional(),
    actor: json.optional(),
    origin: z.string().optional(),
  }),
);

const Push = foldNames(
  ["clientId", "since", "schemaVersion", "changes"],
  z.object({
    clientId: z.string().default(""),
    since: z.string().default(""),
    schemaVersion: z.int().default(0),
    changes: z.array(Change).default([]),
  }),
);

type SentChange = z.infer<typeof Change>;

function toNewChange(change: SentChange, op: NewChange["op"], schemaVersion: number): NewChange {
  const fields = op === "update" ? Object.entries(change.fields ?? {}) : [];
  const isFieldwise = fields.length > 0;
  return {
    table: change.table,
    id: change.id,
    op,
    spaceId: spaceOf(change),
    schemaVersion: change.schemaVersion > 0 ? change.schemaVersion : Math.max(schemaVersion, SCHEMA_VERSION),
    data: isFieldwise ? Object.fromEntries(fields.map(([name, { value }]) => [name, value])) : change.data,
    stamps: isFieldwise ? Object.fromEntries(fields.map(([name, { at }]) => [name, at])) : undefined,
    deletedAt: op === "delete" ? change.deletedAt : undefined,
    actor: change.actor,
    origin: change.origin,
  };
}

/** The first of: the change's own space, `data.spaceId`, `fields.spaceId.value`. */
function spaceOf(change: SentChange): string | undefined {
  const candidates = [change.spaceId, change.data?.spaceId, change.fields?.spaceId?.value];
  return candidates.find((spaceId): spaceId is string => typeof spaceId === "string" && spaceId !== "");
}

function refuse(reason: string): ChangesetResult {
  return { ok: false, reason };
}
