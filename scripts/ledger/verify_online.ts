// Verifies a person's ledger at the services: the chains, what they say, and the data that they tell of.
import type { Change } from "../../lib/changes/change.ts";
import { EPOCH } from "../../lib/changes/instant.ts";
import type { WrittenTable } from "../../lib/tool/define_module.ts";
import { readingStart } from "../../lib/history/window.ts";
import { Refused } from "../../lib/kit/errors.ts";
import { ChangeComparison } from "./check_changes.ts";
import type { Finding } from "./finding.ts";
import type { Pins } from "./pin_file.ts";
import type { LedgerKeys, LedgerSource } from "./pull_ledger.ts";
import { type VerifiedLedger, verifyLedger } from "./verify_ledger.ts";

/** Tables that are read at the same time. */
const TABLES_AT_ONCE = 8;

/** Verifies it. Throws what the source throws where the ledger itself cannot be read. */
export async function verifyOnline(
  source: LedgerSource,
  { tables, since, pins }: OnlineOptions,
): Promise<VerifiedOnline> {
  const { changes, unusable } = await source.rows();
  // After the rows, so that the key is as new as the newest of them.
  const keys = await source.keys();
  const { subject } = source;
  const ledger = await verifyLedger({ changes, subject, key: keys?.rowKey ?? null, pins });
  const findings = [...ledger.findings];
  if (unusable > 0) findings.push(unusableIn("mcp/ledger", unusable));
  if (keys === null) return { ...ledger, changes, findings, compared: 0 };
  const comparison = new ChangeComparison({
    opened: ledger.opened,
    verifier: keys.verifier,
    since,
    hasOlderKey: findings.some(({ kind }) => kind === "older-key"),
  });
  const names = new Set([...comparison.collections, ...tables.map(({ app, name }) => `${app}/${name}`)]);
  const start = since === 0 ? EPOCH : readingStart(since);
  const unread = new Set<string>();
  await eachAtOnce([...names].sort(), async (name) => {
    const [app = "", table = ""] = name.split("/");
    try {
      const odd = await source.read(app, table, start, (portion) => comparison.look(app, table, portion));
      if (odd > 0) findings.push(unusableIn(name, odd));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unread.add(name);
    }
  });
  if (comparison.hasUnnoted) comparison.addLater(await openedLater(source, keys));
  findings.push(...comparison.findings(unread));
  return { ...ledger, changes, findings, compared: comparison.compared };
}

/** What is verified. */
export interface OnlineOptions {
  /** The tables in which tools write. */
  readonly tables: readonly Pick<WrittenTable, "app" | "name">[];
  /** Changes before this time are not compared, in milliseconds since 1970; 0 for all. */
  readonly since: number;
  readonly pins: Pins | null;
}

/** What came of it. */
export interface VerifiedOnline extends VerifiedLedger {
  /** The ledger's table, for an export. */
  readonly changes: readonly Change[];
  /** Changes that entries name. */
  readonly compared: number;
}

/** A gateway goes on while we read: what it noted since then is no finding. */
async function openedLater(source: LedgerSource, { rowKey }: LedgerKeys) {
  const { changes } = await source.rows();
  return (await verifyLedger({ changes, subject: source.subject, key: rowKey, pins: null })).opened;
}

async function eachAtOnce<Value>(
  values: readonly Value[],
  work: (value: Value) => Promise<void>,
): Promise<void> {
  const left = values.values();
  const worker = async (): Promise<void> => {
    for (const value of left) await work(value);
  };
  await Promise.all(Array.from({ length: TABLES_AT_ONCE }, worker));
}

function unusableIn(table: string, count: number): Finding {
  return { kind: "unusable", chain: null, seq: null, at: null, more: `${count} in ${table}.` };
}
