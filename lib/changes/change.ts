// One change of one record as the sync service sends it, checked by hand. Says nothing of what changes add up to (that is fold.ts).
// Contract: sync sections 0, 2 and 3.

import { isDeeperThan, isJsonObject, type JsonObject } from "../kit/json.ts";
import { MAX_JSON_DEPTH } from "../kit/limits.ts";

/**
 * Reads an entry of a pull's answer. Null when the entry is no change, is of another table, nests too deep, or is of a record
 * that no client could name: its id is longer than {@link MAX_RECORD_ID_CHARS} or holds half a surrogate pair. Checked by hand,
 * since a first pull brings a person's whole history and a schema library would take most of the time.
 */
export function parseChange(entry: unknown, table: string, share: Share): Change | null {
  if (!isJsonObject(entry) || entry.table !== table || table === "") return null;
  const { id, op } = entry;
  if (typeof id !== "string" || id === "" || id.length > MAX_RECORD_ID_CHARS || !id.isWellFormed()) {
    return null;
  }
  if (op !== "insert" && op !== "update" && op !== "delete") return null;
  const rawData = entry.data ?? null;
  const rawFields = entry.fields ?? null;
  if ((rawData !== null && !isJsonObject(rawData)) || (rawFields !== null && !isJsonObject(rawFields))) {
    return null;
  }
  const fields = rawFields === null ? null : parseFields(rawFields);
  if (fields === undefined || isDeeperThan(entry, MAX_JSON_DEPTH)) return null;
  const data = rawData === null ? null : withShared(rawData, id, share);
  const spaceId = nonEmpty(entry.spaceId) ?? nonEmpty(data?.spaceId) ??
    nonEmpty(fields?.find(({ name }) => name === "spaceId")?.value) ?? "";
  return {
    eventId: typeof entry.eventId === "string" ? entry.eventId : null,
    id,
    op,
    spaceId: share(spaceId),
    data,
    fields,
    deletedAt: nonEmpty(entry.deletedAt) ?? null,
    actor: isJsonObject(entry.actor) ? entry.actor : null,
    origin: nonEmpty(entry.origin) ?? null,
  };
}

/** One change of one record (sync contract section 3). */
export interface Change {
  /** The service's id of this change; null when it gave none. */
  readonly eventId: string | null;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  /** The stored space id; "" for none. */
  readonly spaceId: string;
  /** Fields of an insert. No value is undefined. */
  readonly data: JsonObject | null;
  /** Fields of an update, each name once. */
  readonly fields: readonly FieldChange[] | null;
  readonly deletedAt: string | null;
  /** Who wrote the change, by the writer's own word (sync contract section 9); no fold keeps it. Null for none. */
  readonly actor: JsonObject | null;
  /** What kind of writer the change names, by the same word. Null for none. */
  readonly origin: string | null;
}

/** One field of an update. */
export interface FieldChange {
  readonly name: string;
  readonly value: unknown;
  /** "" when the writer gave no stamp. */
  readonly stamp: string;
}

/**
 * The longest id of a record, in UTF-16 units. Tools and addresses take no longer id, so a record with a longer one could be
 * listed but never named, and a cursor could not hold its place.
 */
export const MAX_RECORD_ID_CHARS = 256;

/** Returns the first of all equal strings it was given. */
export type Share = (text: string) => string;

/**
 * Shares the strings that repeat in a portion, such as space ids, since each parsed entry has a copy of its own. (V8 copies
 * strings out of the text it parses and never points into it, so a kept value does not hold an answer of up to 64 MB.)
 */
export function createShare(): Share {
  const pool = new Map<string, string>();
  return (text) => {
    const first = pool.get(text);
    if (first !== undefined) return first;
    pool.set(text, text);
    return text;
  };
}

/** The fields of an update; undefined when a field is not of the form. */
function parseFields(raw: JsonObject): FieldChange[] | undefined {
  const fields: FieldChange[] = [];
  let last = "";
  for (const name of Object.keys(raw)) {
    const field = raw[name];
    if (!isJsonObject(field) || !Object.hasOwn(field, "value")) return undefined;
    // HEAD's name, else the seed's (sync contract section 0).
    const stamp = field.at ?? field.updatedAt;
    // The fields of one change mostly have the same stamp: one string is kept for all.
    if (typeof stamp !== "string") last = "";
    else if (stamp !== last) last = stamp;
    fields.push({ name, value: field.value, stamp: last });
  }
  return fields;
}

/** A copy in which strings that repeat, within the entry or from entry to entry, are kept once. */
function withShared(raw: JsonObject, id: string, share: Share): JsonObject {
  const data = { ...raw };
  if (data.id === id) data.id = id;
  for (const name of ["spaceId", "authorId", "userId"]) {
    const value = data[name];
    if (typeof value === "string") data[name] = share(value);
  }
  if (typeof data.createdAt === "string" && data.updatedAt === data.createdAt) {
    data.updatedAt = data.createdAt;
  }
  return data;
}

/** The service takes an empty space id (sync contract section 2) or an empty time for none. */
function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
