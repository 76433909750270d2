// A row of the change log as a change on the wire (sync-protocol, sections 3 and 4).
import { z } from "zod";
import type { Json } from "./go_json.ts";

const stored = z.string().nullable().transform((text): Json | undefined => {
  return text === null ? undefined : JSON.parse(text);
});

/** A row of `changes`. */
export const ChangeRow = z.object({
  created_at: z.number(),
  event_id: z.string(),
  space_id: z.string().nullable(),
  table_name: z.string(),
  record_id: z.string(),
  op: z.enum(["insert", "update", "delete"]),
  schema_version: z.number(),
  data: stored.pipe(z.custom<Readonly<Record<string, Json>> | undefined>()),
  stamps: stored.pipe(z.custom<Readonly<Record<string, string>> | undefined>()),
  deleted_at: z.string().nullable(),
  actor: stored,
  origin: z.string().nullable(),
});
/** A row of `changes`, its JSON columns parsed. */
export type ChangeRow = z.infer<typeof ChangeRow>;

/** A change on a stream: without event id, schema version and space. */
export function toStreamChange(row: ChangeRow): Record<string, Json> {
  return { table: row.table_name, id: row.record_id, op: row.op, ...contentOf(row), ...authorOf(row) };
}

/** A change in the answer to a push or a pull. Empty members are left out. */
export function toPullChange(row: ChangeRow): Record<string, Json> {
  return {
    eventId: row.event_id,
    schemaVersion: row.schema_version,
    table: row.table_name,
    id: row.record_id,
    op: row.op,
    ...contentOf(row),
    ...(row.space_id === null ? {} : { spaceId: row.space_id }),
    ...authorOf(row),
  };
}

function contentOf(row: ChangeRow): Record<string, Json> {
  if (row.op === "delete") return row.deleted_at ? { deletedAt: row.deleted_at } : {};
  const data = Object.entries(row.data ?? {});
  if (row.op === "insert") return data.length === 0 ? {} : { data: Object.fromEntries(data) };
  // An update without fields keeps its data in the log and comes back without content, as in the reference.
  const fields = data.flatMap(([name, value]): [string, Json][] => {
    const at = row.stamps?.[name];
    return at === undefined ? [] : [[name, { value, at }]];
  });
  return fields.length === 0 ? {} : { fields: Object.fromEntries(fields) };
}

function authorOf(row: ChangeRow): Record<string, Json> {
  return {
    ...(row.actor === undefined ? {} : { actor: row.actor }),
    ...(row.origin ? { origin: row.origin } : {}),
  };
}
