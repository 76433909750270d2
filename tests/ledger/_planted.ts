// Every kind of change that somebody without a key can make in a store, each at a place that chance picks: for ledgers of any origin.
import type { Change } from "../../lib/changes/change.ts";
import type { LedgerRow } from "../../lib/ledger/ledger_row.ts";
import {
  cutFrom,
  rowsOf,
  withBody,
  withCopy,
  withData,
  withMoved,
  without,
  withRow,
  withSpace,
  withSwapped,
  withTime,
} from "./_adversary.ts";
import { copyOf, type Logs } from "./_logs.ts";

/** What an adversary works with: the logs, chance, and a change that a gateway signed and no entry names. */
export interface Planting {
  readonly logs: Logs;
  /** A number below `count`. */
  readonly pick: (count: number) => number;
  readonly unnoted: Change;
}

/** The logs after it, and whether only the end of a chain is gone, or could be. Null: there is nothing to do it to. */
export type Planted = { readonly logs: Logs; readonly isTail: boolean } | null;

/** By what is done. */
export const PLANTED: Readonly<Record<string, (planting: Planting) => Planted>> = {
  "drop a row": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    if (row === undefined) return null;
    const isRow = (one: LedgerRow) => one.chain === row.chain && one.seq === row.seq;
    return { logs: without(logs, isRow), isTail: isLast(logs, row) };
  },
  "cut a tail": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    return row === undefined ? null : { logs: cutFrom(logs, row.chain, row.seq), isTail: true };
  },
  "another body": ({ logs, pick }) => {
    const [row, other] = [anyRow(logs, pick), anyRow(logs, pick)];
    if (row === undefined || other === undefined || row.body === other.body) return null;
    return found(withRow(logs, row, { body: other.body }));
  },
  "another body and new hashes": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    if (row === undefined) return null;
    const at = "mcp:1:".length + pick(row.body.length - 6);
    if (row.body[at] === ".") return null;
    const char = row.body[at] === "A" ? "B" : "A";
    return found(withBody(logs, row, row.body.slice(0, at) + char + row.body.slice(at + 1)));
  },
  "another row before": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    return row === undefined ? null : found(withRow(logs, row, { prev: "ab".repeat(32) }));
  },
  "another time": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    if (row === undefined) return null;
    const at = Date.parse(row.createdAt) + (pick(2) === 0 ? -1 : 1) * (1 + pick(100_000));
    return found(withTime(logs, row, new Date(at).toISOString()));
  },
  "the same number twice": ({ logs, pick }) => {
    const [row, other] = [anyRow(logs, pick), anyRow(logs, pick)];
    if (row === undefined || other === undefined || row.body === other.body) return null;
    return found(withCopy(logs, row, { body: other.body }));
  },
  "a row in another place": ({ logs, pick }) => {
    const [row, other] = [anyRow(logs, pick), anyRow(logs, pick)];
    if (row === undefined || other === undefined) return null;
    return found(withMoved(logs, row, { chain: other.chain, seq: rowsOf(logs, other.chain).length + 1 }));
  },
  "a row in another space": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    return row === undefined ? null : found(withSpace(logs, row, "org"));
  },
  "two rows in each other's place": ({ logs, pick }) => {
    const row = anyRow(logs, pick);
    if (row === undefined || row.seq === 0) return null;
    return found(withSwapped(logs, row, { chain: row.chain, seq: pick(row.seq) }));
  },
  "a change of the data is gone": ({ logs, pick }) => {
    const change = anyChange(logs, pick);
    if (change === undefined) return null;
    // An attempt that arrived twice is there twice.
    return found(copiesOf(logs, change).reduce((left, copy) => withData(left, copy, null), logs));
  },
  "another value in the data": ({ logs, pick }) => {
    const change = anyChange(logs, pick);
    if (change === undefined || change.data === null) return null;
    return found(withData(logs, change, { ...change, data: { ...change.data, title: "enc:1:older" } }));
  },
  "a change without an entry": ({ logs, unnoted }) => {
    const copy = copyOf(logs);
    copy.data.get("notes/notes")?.push(unnoted);
    return copy.data.has("notes/notes") ? found(copy) : null;
  },
};

/** The rows of all chains. */
export function allRows(logs: Logs): LedgerRow[] {
  return chainsOf(logs).flatMap((chain) => rowsOf(logs, chain));
}

/** The chains that have a row. */
export function chainsOf({ ledger }: Logs): string[] {
  return [...new Set(ledger.map(({ id }) => id.slice(0, 32)))];
}

const found = (logs: Logs): Planted => ({ logs, isTail: false });

function anyRow(logs: Logs, pick: Planting["pick"]): LedgerRow | undefined {
  const rows = allRows(logs);
  return rows[pick(rows.length)];
}

/** A change that a gateway signed. */
function anyChange({ data }: Logs, pick: Planting["pick"]): Change | undefined {
  const signed = [...data.values()].flat().filter(({ actor }) => String(actor?.iterationId).includes("."));
  return signed[pick(signed.length)];
}

function copiesOf({ data }: Logs, { id, op, actor }: Change): Change[] {
  const call = actor?.iterationId;
  return [...data.values()].flat().filter((one) =>
    one.id === id && one.op === op && one.actor?.iterationId === call
  );
}

function isLast(logs: Logs, { chain, seq }: LedgerRow): boolean {
  return rowsOf(logs, chain).every((row) => row.seq <= seq);
}
