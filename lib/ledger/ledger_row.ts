// A row of the disclosure ledger as it is stored: what stands in clear, its id, and the hash that the next row of its chain names.
// Pure; neither opens a body nor reads a log. The format is told in docs/ledger.md.
import { hash } from "node:crypto";
import { z } from "zod";
import type { Change } from "../changes/change.ts";

/**
 * Reads a row out of the change log; null for everything else, such as a change of a stored row. Which space the change lies in and who
 * wrote it is for the caller, and whether the body opens.
 */
export function ledgerRowOf({ op, id, data }: Pick<Change, "op" | "id" | "data">): LedgerRow | null {
  if (op !== "insert") return null;
  const { data: row, success } = Stored.safeParse(data);
  if (!success || row.id !== id || id !== rowId(row.chain, row.seq)) return null;
  const { chain, seq, prev, body, createdAt } = row;
  return { chain, seq, prev, body, createdAt };
}

/** One row: a link of one chain. Who reads a chain needs no key to see whether it is whole. */
export interface LedgerRow {
  /** 32 hex digits, made anew for each process and person. */
  readonly chain: string;
  /** Counted from 0. */
  readonly seq: number;
  /** {@link hashRow} of the row before; {@link NO_ROW} for the first. */
  readonly prev: string;
  /** The sealed body (own_records/envelope.ts), bound to the row's id. */
  readonly body: string;
  /** As stored; not sealed. */
  readonly createdAt: string;
}

/** The table's name, in the gateway's own app. */
export const LEDGER_TABLE = "ledger";
/** The field that is sealed. */
export const BODY_FIELD = "body";
/** What the first row of a chain names as the row before. */
export const NO_ROW = "0".repeat(64);
/** A chain ends before its number has more digits than an id has room for. */
export const MAX_SEQ = 0xffff_ffff;

/** The hash of a row, 64 hex digits. It covers the body as stored, so that chains hold after the key was replaced. */
export function hashRow({ chain, seq, prev, body }: Omit<LedgerRow, "createdAt">): string {
  return hash("sha256", `mana-mcp ledger v1\0${chain}\0${seq}\0${prev}\0${body}`, "hex");
}

/** The id of a row: its chain, and its number in eight hex digits. */
export function rowId(chain: string, seq: number): string {
  return `${chain}-${seq.toString(16).padStart(8, "0")}`;
}

/** Whether `row` follows `before` in one chain; `before` is null for the first row. */
export function isNextRow(before: LedgerRow | null, row: LedgerRow): boolean {
  if (before === null) return row.seq === 0 && row.prev === NO_ROW;
  return row.chain === before.chain && row.seq === before.seq + 1 && row.prev === hashRow(before);
}

/** Names a chain. */
export const CHAIN = /^[0-9a-f]{32}$/;
/** Names a row by its hash. */
export const HASH = /^[0-9a-f]{64}$/;

/** Members that every record has stand beside these, and what a service adds is no business of the ledger. */
const Stored = z.object({
  id: z.string(),
  v: z.literal(1),
  chain: z.string().regex(CHAIN),
  seq: z.int().min(0).max(MAX_SEQ),
  prev: z.string().regex(HASH),
  body: z.string(),
  createdAt: z.string(),
});
