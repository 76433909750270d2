// Verifies a ledger, as far as what is at hand allows: chains without a key, what rows say with the key, the data with the data. Pure;
// how the rows came here is pull_ledger.ts or a file.
import type { Change } from "../../lib/changes/change.ts";
import { type Chain, readChains } from "./chains.ts";
import { checkSaid } from "./check_said.ts";
import { BROKEN, CLEAN, INCOMPLETE } from "./exit_codes.ts";
import { type Finding, weightOf } from "./finding.ts";
import { findMoved, openChains, type OpenedChain } from "./open_chains.ts";
import { checkPins, type Pins } from "./pin_file.ts";
import { readRows } from "./read_rows.ts";

/** Verifies rows, whatever the log has of them, and what they say where there is a key. */
export async function verifyLedger({ changes, subject, key, pins }: LedgerAtHand): Promise<VerifiedLedger> {
  const { rows, elsewhere, findings } = readRows(changes, subject);
  const linked = readChains(rows);
  const { chains } = linked;
  const all = [...findings, ...linked.findings];
  if (rows.length === 0) all.push({ kind: "no-row", chain: null, seq: null, at: null });
  if (pins !== null) all.push(...checkPins(pins, chains));
  if (key === null) {
    if (rows.length > 0) all.push({ kind: "no-key", chain: null, seq: null, at: null });
    return { chains, opened: [], rowCount: countRows(chains), findings: all };
  }
  const opened = await openChains(chains.values(), { subject, key });
  all.push(...opened.findings, ...checkSaid(opened.chains, chains));
  all.push(...await findMoved(elsewhere, { subject, key }));
  return { chains, opened: opened.chains, rowCount: countRows(chains), findings: all };
}

/** What there is to verify. */
export interface LedgerAtHand {
  /** The ledger's table, as the log has it. */
  readonly changes: readonly Change[];
  /** `sub` of the person. */
  readonly subject: string;
  /** Of the ledger's own use; null where none is at hand. */
  readonly key: CryptoKey | null;
  readonly pins: Pins | null;
}

/** What came of it. */
export interface VerifiedLedger {
  readonly chains: ReadonlyMap<string, Chain>;
  /** Empty without a key. */
  readonly opened: readonly OpenedChain[];
  readonly rowCount: number;
  readonly findings: readonly Finding[];
}

/** The exit code for findings: the heaviest of them decides. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const weights = new Set(findings.map(weightOf));
  return weights.has("broken") ? BROKEN : weights.has("incomplete") ? INCOMPLETE : CLEAN;
}

function countRows(chains: ReadonlyMap<string, Chain>): number {
  let count = 0;
  for (const { rows } of chains.values()) count += rows.length;
  return count;
}
