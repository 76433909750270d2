/**
 * Stands between better-auth and its tables and keeps tokens of sessions as hashes only: who has a copy of the database
 * has no token that opens a session. better-auth has no option for it (1.7).
 */
import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth";
import { sha256 } from "../../kit/sha256.ts";

const MODEL = "session";
const FIELD = "token";
/** Begins every stored token. A token that begins so is hashed like any other, or the hash itself would open a session. */
const HASHED = "sha256:";

/** How a token is stored. No salt: a token has 190 random bits, so that nobody can try them. */
export async function storedToken(token: string): Promise<string> {
  return HASHED + await sha256(token);
}

/** Whether a stored token is hashed already. */
export function isStoredToken(text: string): boolean {
  return text.startsWith(HASHED);
}

/**
 * The same adapter, with each token of a session hashed on its way in: in new rows, in changes and in what rows are looked
 * for by. On the way out a row gets the token back that it was made or asked for by. Rows that were found by something else
 * keep the hash, which is good for nothing: whoever lists sessions learns no token, and cannot end one by it.
 */
export function hashSessionTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...hashed(adapter),
    transaction: (work) => adapter.transaction((trx) => work(hashed(trx))),
  };
}

/** Tokens that a query named, by how they are stored. */
type Known = Map<string, string>;
type Row = Record<string, unknown>;

function hashed(adapter: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...adapter,
    async create<T extends Row, R = T>(query: Parameters<typeof adapter.create<T, R>>[0]) {
      const known: Known = new Map();
      const data = await hashRow(query.model, query.data, known);
      return restore(await adapter.create<T, R>({ ...query, data }), known);
    },
    async findOne<T>(query: Parameters<typeof adapter.findOne<T>>[0]) {
      const { known, where } = await hashWhere(query);
      return restore(await adapter.findOne<T>({ ...query, where }), known);
    },
    async findMany<T>(query: Parameters<typeof adapter.findMany<T>>[0]) {
      const { known, where } = await hashWhere(query);
      const rows = await adapter.findMany<T>({ ...query, where });
      return rows.map((row) => restore(row, known));
    },
    async count(query) {
      return await adapter.count({ ...query, where: (await hashWhere(query)).where });
    },
    async update<T>(query: Parameters<typeof adapter.update<T>>[0]) {
      const { known, where } = await hashWhere(query);
      const update = await hashRow(query.model, query.update, known);
      return restore(await adapter.update<T>({ ...query, where, update }), known);
    },
    async updateMany(query) {
      const { known, where } = await hashWhere(query);
      return await adapter.updateMany({
        ...query,
        where,
        update: await hashRow(query.model, query.update, known),
      });
    },
    async delete(query) {
      return await adapter.delete({ ...query, where: (await hashWhere(query)).where });
    },
    async deleteMany(query) {
      return await adapter.deleteMany({ ...query, where: (await hashWhere(query)).where });
    },
    async consumeOne<T>(query: Parameters<typeof adapter.consumeOne<T>>[0]) {
      const { known, where } = await hashWhere(query);
      return restore(await adapter.consumeOne<T>({ ...query, where }), known);
    },
    async incrementOne<T>(query: Parameters<typeof adapter.incrementOne<T>>[0]) {
      const { known, where } = await hashWhere(query);
      const set = query.set && await hashRow(query.model, query.set, known);
      return restore(await adapter.incrementOne<T>({ ...query, where, set }), known);
    },
  };
}

/** A copy of a row, its token hashed. */
async function hashRow<T extends object>(model: string, row: T, known: Known): Promise<T> {
  const token: unknown = model === MODEL ? Reflect.get(row, FIELD) : undefined;
  if (typeof token !== "string") return row;
  const copy = { ...row };
  Reflect.set(copy, FIELD, await remember(token, known));
  return copy;
}

/** The conditions of a query, tokens in them hashed; and which tokens those were. */
async function hashWhere<W extends readonly Where[] | undefined>(
  { model, where }: { readonly model: string; readonly where?: W },
): Promise<{ readonly known: Known; readonly where: Where[] }> {
  const known: Known = new Map();
  const hashedOnes = (where ?? []).map(async (one): Promise<Where> => {
    if (model !== MODEL || one.field !== FIELD || one.value === null) return one;
    // A hash has nothing of its token's beginning or end, and no order.
    if (!["eq", "ne", "in", "not_in"].includes(one.operator ?? "eq")) {
      throw new Error(`Cannot look for sessions by ${one.operator} of their token`);
    }
    if (!Array.isArray(one.value)) return { ...one, value: await remember(String(one.value), known) };
    return { ...one, value: await Promise.all(one.value.map((token) => remember(String(token), known))) };
  });
  return { known, where: await Promise.all(hashedOnes) };
}

async function remember(token: string, known: Known): Promise<string> {
  const stored = await storedToken(token);
  known.set(stored, token);
  return stored;
}

/** Gives a row the token back that its query named. The row is fresh from the adapter and nobody else's. */
function restore<T>(row: T, known: Known): T {
  if (typeof row !== "object" || row === null) return row;
  const token: unknown = Reflect.get(row, FIELD);
  const plain = typeof token === "string" ? known.get(token) : undefined;
  if (plain !== undefined) Reflect.set(row, FIELD, plain);
  return row;
}
