// What somebody can do to a ledger who can write into the store, and has no key: each changes a copy of the logs.
import assert from "node:assert/strict";
import type { Change } from "../../lib/changes/change.ts";
import { hashRow, type LedgerRow, ledgerRowOf, rowId } from "../../lib/ledger/ledger_row.ts";
import { copyOf, type Logs } from "./_logs.ts";

/** The rows of a chain, in the order of the log. */
export function rowsOf({ ledger }: Logs, chain: string): LedgerRow[] {
  return ledger.map((change) => ledgerRowOf(change)).filter((row) => row !== null)
    .filter((row) => row.chain === chain);
}

/** Without these rows. */
export function without(logs: Logs, isGone: (row: LedgerRow) => boolean): Logs {
  const copy = copyOf(logs);
  copy.ledger = copy.ledger.filter((change) => {
    const row = ledgerRowOf(change);
    return row === null || !isGone(row);
  });
  return copy;
}

/** Without the rows of a chain from this number on. */
export function cutFrom(logs: Logs, chain: string, seq: number): Logs {
  return without(logs, (row) => row.chain === chain && row.seq >= seq);
}

/** One row says something else in its clear members. */
export function withRow(logs: Logs, { chain, seq }: RowPlace, clear: Readonly<Partial<LedgerRow>>): Logs {
  return changeRow(logs, { chain, seq }, (change) => ({ ...change, data: { ...change.data, ...clear } }));
}

/** A row with another time outside the seal. */
export function withTime(logs: Logs, place: RowPlace, stamp: string): Logs {
  return changeRow(logs, place, (change) => ({
    ...change,
    data: { ...change.data, createdAt: stamp, updatedAt: stamp },
  }));
}

/** A row once more, with other clear members. */
export function withCopy(logs: Logs, { chain, seq }: RowPlace, clear: Readonly<Partial<LedgerRow>>): Logs {
  const copy = copyOf(logs);
  const change = rowChangeOf(logs, { chain, seq });
  copy.ledger.push({ ...change, eventId: crypto.randomUUID(), data: { ...change.data, ...clear } });
  return copy;
}

/** A row under another chain or number, and no longer where it was. */
export function withMoved(logs: Logs, from: RowPlace, to: RowPlace): Logs {
  const id = rowId(to.chain, to.seq);
  return changeRow(logs, from, (change) => ({ ...change, id, data: { ...change.data, id, ...to } }));
}

/** A row under another space. */
export function withSpace(logs: Logs, place: RowPlace, spaceId: string): Logs {
  return changeRow(logs, place, (change) => ({ ...change, spaceId, data: { ...change.data, spaceId } }));
}

/** A row with this body, and every row after it with the hash of the row before anew: all that needs no key. */
export function withBody(logs: Logs, { chain, seq }: RowPlace, body: string): Logs {
  let changed = withRow(logs, { chain, seq }, { body });
  const rows = rowsOf(logs, chain).toSorted((a, b) => a.seq - b.seq);
  let before = { ...rows.find((row) => row.seq === seq), body };
  for (const row of rows.filter((one) => one.seq > seq)) {
    const { prev: _, createdAt, ...kept } = row;
    const next = { ...kept, createdAt, prev: hashRow(asRow(before)) };
    changed = withRow(changed, { chain, seq: row.seq }, { prev: next.prev });
    before = next;
  }
  return changed;
}

/** Two changes of the log in each other's place. */
export function withSwapped(logs: Logs, one: RowPlace, other: RowPlace): Logs {
  const copy = copyOf(logs);
  const [a, b] = [one, other].map((place) => copy.ledger.indexOf(rowChangeOf(logs, place)));
  assert.ok(a !== undefined && b !== undefined);
  const [first, second] = [copy.ledger[a], copy.ledger[b]];
  assert.ok(first && second);
  copy.ledger[a] = second;
  copy.ledger[b] = first;
  return copy;
}

/** One more change in the ledger's table. */
export function withLedgerChange(logs: Logs, change: Change): Logs {
  const copy = copyOf(logs);
  copy.ledger.push(change);
  return copy;
}

/** The data with this change in place of another one; null for none. */
export function withData(logs: Logs, change: Change, instead: Change | null): Logs {
  const copy = copyOf(logs);
  for (const [table, changes] of copy.data) {
    copy.data.set(
      table,
      changes.flatMap((one) => one !== change ? [one] : instead === null ? [] : [instead]),
    );
  }
  return copy;
}

/** A row's place. */
export interface RowPlace {
  readonly chain: string;
  readonly seq: number;
}

/** The change that a row came with. */
export function rowChangeOf({ ledger }: Logs, { chain, seq }: RowPlace): Change {
  const change = ledger.find(({ id }) => id === rowId(chain, seq));
  assert.ok(change, `${chain} ${seq}`);
  return change;
}

function changeRow(logs: Logs, place: RowPlace, change: (row: Change) => Change): Logs {
  const copy = copyOf(logs);
  const row = rowChangeOf(logs, place);
  copy.ledger = copy.ledger.map((one) => one === row ? change(row) : one);
  return copy;
}

function asRow(row: Partial<LedgerRow>): LedgerRow {
  const { chain, seq, prev, body, createdAt } = row;
  assert.ok(chain !== undefined && seq !== undefined && prev !== undefined);
  assert.ok(body !== undefined && createdAt !== undefined);
  return { chain, seq, prev, body, createdAt };
}
