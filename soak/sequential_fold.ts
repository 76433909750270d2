/**
 * The fold of a log by the book (sync contract section 7), one change after the other, with none of the product's code
 * and none of its cleverness: what every listing of the gateway has to agree with.
 */

/** One row of the log as the sync service gives it. */
export interface LogRow {
  readonly eventId: string;
  readonly id: string;
  readonly op: "insert" | "update" | "delete";
  readonly spaceId?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly fields?: Readonly<Record<string, { readonly value: unknown; readonly at: string }>> | undefined;
  readonly deletedAt?: string | undefined;
  readonly actor?:
    | { readonly displayName?: string | undefined; readonly rationale?: string | undefined }
    | undefined;
}

/** One field as last written. */
export interface FoldedField {
  readonly value: unknown;
  readonly stamp: string;
}

/** Fields that an update cannot change (section 8). */
const IMMUTABLE = new Set(["id", "spaceId", "authorId", "userId"]);

/** Folds `rows`, which are of one table and one space, in the order of the log; live records by id. */
export function foldSequentially(rows: readonly LogRow[]): Map<string, Map<string, FoldedField>> {
  const records = new Map<string, { fields: Map<string, FoldedField>; isInserted: boolean }>();
  for (const row of rows) {
    let record = records.get(row.id);
    if (record === undefined) records.set(row.id, record = { fields: new Map(), isInserted: false });
    const { fields } = record;
    const take = (name: string, value: unknown, stamp: string) => {
      const before = fields.get(name);
      if (before === undefined || stamp >= before.stamp) fields.set(name, { value, stamp });
    };
    if (row.op === "delete") {
      if (row.deletedAt === undefined) records.delete(row.id);
      else take("deletedAt", row.deletedAt, row.deletedAt);
    } else if (row.op === "insert") {
      record.isInserted = true;
      const { updatedAt, createdAt } = row.data ?? {};
      const stamp = typeof updatedAt === "string"
        ? updatedAt
        : typeof createdAt === "string"
        ? createdAt
        : "";
      for (const [name, value] of Object.entries(row.data ?? {})) take(name, value, stamp);
    } else {
      for (const [name, { value, at }] of Object.entries(row.fields ?? {})) {
        if (!IMMUTABLE.has(name)) take(name, value, at);
      }
    }
  }
  const live = [...records].filter(([, { fields, isInserted }]) =>
    isInserted && !fields.get("deletedAt")?.value
  );
  return new Map(live.map(([id, { fields }]) => [id, fields]));
}
