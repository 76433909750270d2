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
    | {
      readonly displayName?: string | undefined;
      readonly rationale?: string | undefined;
      readonly principalId?: string | undefined;
      readonly iterationId?: string | undefined;
    }
    | undefined;
}

/** One field as last written. */
export interface FoldedField {
  readonly value: unknown;
  readonly stamp: string;
}

/** Fields that an update cannot change (section 8). */
const IMMUTABLE = new Set(["id", "spaceId", "authorId", "userId"]);

/** Fields that hold texts in every record, so that no path leads into them. */
const TEXTS = new Set(["visibility", "createdAt", "updatedAt", "deletedAt"]);

/** Folds `rows`, which are of one table and one space, in the order of the log; live records by id. */
export function foldSequentially(rows: readonly LogRow[]): Map<string, Map<string, FoldedField>> {
  const records = new Map<
    string,
    {
      fields: Map<string, FoldedField>;
      paths: Map<string, FoldedField & { order: number }>;
      isInserted: boolean;
    }
  >();
  const orders = new WeakMap<FoldedField, number>();
  for (const [order, row] of rows.entries()) {
    let record = records.get(row.id);
    if (record === undefined) {
      records.set(row.id, record = { fields: new Map(), paths: new Map(), isInserted: false });
    }
    const { fields, paths } = record;
    const take = (name: string, value: unknown, stamp: string) => {
      const before = fields.get(name);
      if (before !== undefined && stamp < before.stamp) return;
      const field = { value, stamp };
      orders.set(field, order);
      fields.set(name, field);
    };
    const takePath = (path: string, value: unknown, stamp: string) => {
      const before = paths.get(path);
      if (before === undefined || stamp >= before.stamp) paths.set(path, { value, stamp, order });
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
        const [field = ""] = name.split(".");
        if (IMMUTABLE.has(field)) continue;
        if (field === name) take(name, value, at);
        else if (!TEXTS.has(field)) takePath(name, value, at);
      }
    }
  }
  const live = [...records].filter(([, { fields, isInserted }]) =>
    isInserted && !fields.get("deletedAt")?.value
  );
  return new Map(live.map(([id, { fields, paths }]) => [id, withPaths(fields, paths, orders)]));
}

/** The fields with what was written into them by paths (section 12), write by write in the order of stamps. */
function withPaths(
  fields: ReadonlyMap<string, FoldedField>,
  paths: ReadonlyMap<string, FoldedField & { readonly order: number }>,
  orders: WeakMap<FoldedField, number>,
): Map<string, FoldedField> {
  const laid = new Map(fields);
  const byStamp = [...paths].toSorted(([left, a], [right, b]) =>
    a.stamp === b.stamp ? a.order - b.order || left.length - right.length : a.stamp < b.stamp ? -1 : 1
  );
  for (const [path, { value, stamp, order }] of byStamp) {
    const [field = "", ...keys] = path.split(".");
    const whole = fields.get(field);
    // Older than the object as a whole.
    if (
      whole !== undefined &&
      (stamp < whole.stamp || (stamp === whole.stamp && order < (orders.get(whole) ?? 0)))
    ) {
      continue;
    }
    laid.set(field, { value: putAt(laid.get(field)?.value, keys, value), stamp });
  }
  return laid;
}

/** A copy with a value under some keys; null takes the last key away, and what is no object stays as it is. */
function putAt(node: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  if (node !== undefined && node !== null && (typeof node !== "object" || Array.isArray(node))) return node;
  const members = new Map<string, unknown>(Object.entries(node ?? {}));
  if (rest.length > 0) {
    const inside = putAt(members.get(key), rest, value);
    if (inside !== undefined) members.set(key, inside);
  } else if (value === null) {
    members.delete(key);
  } else {
    members.set(key, value);
  }
  return members.size === 0 && (node === undefined || node === null) ? node : Object.fromEntries(members);
}
