// Stands between better-auth and its tables and keeps tokens of sessions as hashes only: a stolen copy of the database
// holds no token that opens a session. better-auth has no option for it (1.7).
import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth";
import { sha256 } from "../../kit/sha256.ts";

/**
 * The same adapter, with each token of a session hashed on its way in: in new rows, in updates and in conditions. On the
 * way out, a row that was made or asked for by its token gets that token back. Rows that were found by another field
 * keep the hash, which opens nothing: a caller who lists sessions learns no token, and cannot end a session by one.
 */
export function hashSessionTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...hashed(adapter),
    transaction: (work) => adapter.transaction((trx) => work(hashed(trx))),
  };
}

const MODEL = "session";
const FIELD = "token";
/** Begins every stored token. A token that begins with it is hashed like any other: the hash itself opens no session. */
const HASHED = "sha256:";

/** The stored form of a token. No salt: a token has 190 random bits, so that nobody can try them all. */
export async function storedToken(token: string): Promise<string> {
  return HASHED + await sha256(token);
}

/** Whether a stored token is hashed already. */
export function isStoredToken(text: string): boolean {
  return text.startsWith(HASHED);
}

/** Tokens that a query named, by their stored form. */
type Named = Map<string, string>;
type Row = Record<string, unknown>;

function hashed(adapter: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...adapter,
    async create<T extends Row, R = T>(query: Parameters<typeof adapter.create<T, R>>[0]) {
      const named: Named = new Map();
      const data = await hashRow(query.model, query.data, named);
      return restore(await adapter.create<T, R>({ ...query, data }), named);
    },
    async findOne<T>(query: Parameters<typeof adapter.findOne<T>>[0]) {
      const { named, where } = await hashWhere(query);
      return restore(await adapter.findOne<T>({ ...query, where }), named);
    },
    async findMany<T>(query: Parameters<typeof adapter.findMany<T>>[0]) {
      const { named, where } = await hashWhere(query);
      const rows = await adapter.findMany<T>({ ...query, where });
      return rows.map((row) => restore(row, named));
    },
    async count(query) {
      return await adapter.count({ ...query, where: (await hashWhere(query)).where });
    },
    async update<T>(query: Parameters<typeof adapter.update<T>>[0]) {
      const { named, where } = await hashWhere(query);
      const update = await hashRow(query.model, query.update, named);
      return restore(await adapter.update<T>({ ...query, where, update }), named);
    },
    async updateMany(query) {
      const { named, where } = await hashWhere(query);
      return await adapter.updateMany({
        ...query,
        where,
        update: await hashRow(query.model, query.update, named),
      });
    },
    async delete(query) {
      return await adapter.delete({ ...query, where: (await hashWhere(query)).where });
    },
    async deleteMany(query) {
      return await adapter.deleteMany({ ...query, where: (await hashWhere(query)).where });
    },
    async consumeOne<T>(query: Parameters<typeof adapter.consumeOne<T>>[0]) {
      const { named, where } = await hashWhere(query);
      return restore(await adapter.consumeOne<T>({ ...query, where }), named);
    },
    async incrementOne<T>(query: Parameters<typeof adapter.incrementOne<T>>[0]) {
      const { named, where } = await hashWhere(query);
      const set = query.set && await hashRow(query.model, query.set, named);
      return restore(await adapter.incrementOne<T>({ ...query, where, set }), named);
    },
  };
}

/** A copy of a row, its token hashed. */
async function hashRow<T extends object>(model: string, row: T, named: Named): Promise<T> {
  const token: unknown = model === MODEL ? Reflect.get(row, FIELD) : undefined;
  if (typeof token !== "string") return row;
  const copy = { ...row };
  Reflect.set(copy, FIELD, await remember(token, named));
  return copy;
}

/** The conditions of a query with hashed tokens, and the tokens that were hashed. */
async function hashWhere<W extends readonly Where[] | undefined>(
  { model, where }: { readonly model: string; readonly where?: W },
): Promise<{ readonly named: Named; readonly where: Where[] }> {
  const named: Named = new Map();
  const conditions = (where ?? []).map(async (condition): Promise<Where> => {
    if (model !== MODEL || condition.field !== FIELD || condition.value === null) return condition;
    // A hash keeps neither the beginning nor the end of its token, nor any order.
    if (!["eq", "ne", "in", "not_in"].includes(condition.operator ?? "eq")) {
      throw new Error(`Cannot look for sessions by ${condition.operator} of their token`);
    }
    if (!Array.isArray(condition.value)) {
      return { ...condition, value: await remember(String(condition.value), named) };
    }
    return {
      ...condition,
      value: await Promise.all(condition.value.map((token) => remember(String(token), named))),
    };
  });
  return { named, where: await Promise.all(conditions) };
}

async function remember(token: string, named: Named): Promise<string> {
  const stored = await storedToken(token);
  named.set(stored, token);
  return stored;
}

/** Gives a row the token back that its query named. Changes the row in place: it is fresh from the adapter. */
function restore<T>(row: T, named: Named): T {
  if (typeof row !== "object" || row === null) return row;
  const token: unknown = Reflect.get(row, FIELD);
  const plain = typeof token === "string" ? named.get(token) : undefined;
  if (plain !== undefined) Reflect.set(row, FIELD, plain);
  return row;
}
