// Opens the rows of chains with the person's key, and judges rows that do not open. A key is only ever replaced by a newer key, so the
// rows of older keys are the first rows of their chain. A row that stays closed after one that opened is no gateway's.
import { toStamp } from "../../lib/changes/stamp.ts";
import { counted } from "../../lib/kit/counted.ts";
import { type LedgerBody, parseBody } from "../../lib/ledger/ledger_body.ts";
import { BODY_FIELD, LEDGER_TABLE, type LedgerRow, rowId } from "../../lib/ledger/ledger_row.ts";
import { openText } from "../../lib/own_records/envelope.ts";
import { type Chain, type LinkedRow, timeOf } from "./chains.ts";
import type { Finding } from "./finding.ts";

/** Opens them. */
export async function openChains(
  chains: Iterable<Chain>,
  { subject, key }: RowKey,
): Promise<{ readonly chains: readonly OpenedChain[]; readonly findings: readonly Finding[] }> {
  const opened: OpenedChain[] = [];
  const findings: Finding[] = [];
  for (const chain of chains) {
    const { id, rows } = chain;
    const open: OpenedRow[] = [];
    let closed = 0;
    for (const row of rows) {
      const text = await openText(key, placeOf(subject, row), row.body);
      const at = timeOf(row.createdAt);
      if (text === null) {
        if (open.length === 0) closed += 1;
        else findings.push({ kind: "row-altered", chain: id, seq: row.seq, at });
        continue;
      }
      const body = parseBody(text);
      if (body === null) findings.push({ kind: "later-version", chain: id, seq: row.seq, at });
      else if (row.createdAt !== toStamp(body.at)) {
        findings.push({ kind: "time-differs", chain: id, seq: row.seq, at });
      }
      open.push({ ...row, said: body });
    }
    if (closed > 0) {
      const [first] = rows;
      const at = first === undefined ? null : timeOf(first.createdAt);
      findings.push({
        kind: "older-key",
        chain: id,
        seq: first?.seq ?? null,
        at,
        more: `${closed} of ${counted(rows.length, "row")}.`,
      });
    }
    opened.push({ ...chain, open });
  }
  return { chains: opened, findings };
}

/** Finds rows under another space that only the person's own key can have sealed. Whoever plants rows there has no such key. */
export async function findMoved(
  elsewhere: readonly LedgerRow[],
  { subject, key }: RowKey,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const row of elsewhere) {
    if (await openText(key, placeOf(subject, row), row.body) === null) continue;
    findings.push({ kind: "row-moved", chain: row.chain, seq: row.seq, at: timeOf(row.createdAt) });
  }
  return findings;
}

/** Whose rows are opened, and by which key: that of the ledger's own use (own_records/). */
export interface RowKey {
  readonly subject: string;
  readonly key: CryptoKey;
}

/** A chain, as far as it opened. */
export interface OpenedChain extends Chain {
  /** In their order. Rows that do not open are not among them. */
  readonly open: readonly OpenedRow[];
}

/** A row that opened. */
export interface OpenedRow extends LinkedRow {
  /** Null where it is of a form that this version does not know. */
  readonly said: LedgerBody | null;
}

function placeOf(subject: string, { chain, seq }: LedgerRow) {
  return { subject, table: LEDGER_TABLE, recordId: rowId(chain, seq), field: BODY_FIELD };
}
