// Puts rows together to chains, and checks what needs no key: numbers from 0 on, each row the next one of the row before, no second
// text for a number. Pure.
import { hashRow, isNextRow, type LedgerRow } from "../../lib/ledger/ledger_row.ts";
import type { Finding } from "./finding.ts";

/** The chains of these rows, in the order in which the log begins them, and what is wrong with them. */
export function readChains(rows: readonly LedgerRow[]): ReadChains {
  const byChain = new Map<string, Map<number, LinkedRow>>();
  const findings: Finding[] = [];
  const find = (kind: Finding["kind"], { chain, seq, createdAt }: LedgerRow, more?: string): void => {
    findings.push({ kind, chain, seq, at: timeOf(createdAt), ...(more === undefined ? {} : { more }) });
  };
  for (const row of rows) {
    let linked = byChain.get(row.chain);
    if (linked === undefined) byChain.set(row.chain, linked = new Map());
    const first = linked.get(row.seq);
    // An attempt that arrived twice is stored twice, with the same bytes.
    if (first === undefined) linked.set(row.seq, { ...row, hash: hashRow(row) });
    else if (first.hash !== hashRow(row) || first.createdAt !== row.createdAt) find("two-texts", row);
  }
  const chains = new Map<string, Chain>();
  for (const [id, linked] of byChain) {
    const sorted = [...linked.values()].sort((a, b) => a.seq - b.seq);
    let before: LinkedRow | null = null;
    for (const row of sorted) {
      const due: number = before === null ? 0 : before.seq + 1;
      if (row.seq !== due) {
        const missing = row.seq - due;
        find(
          "row-missing",
          { ...row, seq: due },
          missing === 1 ? undefined : `${missing} rows from here on.`,
        );
      } else if (!isNextRow(before, row)) find("link-broken", row);
      before = row;
    }
    // A gateway pushes a row only after the row before it is stored.
    let highest = -1;
    for (const row of linked.values()) {
      if (row.seq < highest) find("log-order", row);
      highest = Math.max(highest, row.seq);
    }
    chains.set(id, { id, rows: sorted, bySeq: linked });
  }
  return { chains, findings };
}

/** Chains, and what is wrong with them. */
export interface ReadChains {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly findings: readonly Finding[];
}

/** What one process of a gateway wrote for the person. */
export interface Chain {
  readonly id: string;
  /** By their numbers, each once; some may be missing. At least one. */
  readonly rows: readonly LinkedRow[];
  readonly bySeq: ReadonlyMap<number, LinkedRow>;
}

/** A row with its hash. */
export interface LinkedRow extends LedgerRow {
  readonly hash: string;
}

/** Milliseconds since 1970; null for what is no time. */
export function timeOf(stamp: string): number | null {
  const at = Date.parse(stamp);
  return Number.isNaN(at) ? null : at;
}
