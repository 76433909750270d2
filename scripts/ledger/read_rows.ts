// Takes the rows of a ledger out of the change log. A change under the person's own sentinel that is no row is a finding: nobody else
// can write there (sync contract section 6). What lies under another space counts for nothing, or any co-member could cry wolf.
import type { Change } from "../../lib/changes/change.ts";
import { counted } from "../../lib/kit/counted.ts";
import { type LedgerRow, ledgerRowOf } from "../../lib/ledger/ledger_row.ts";
import { personalSentinel } from "../../lib/spaces/active_space.ts";
import type { Finding } from "./finding.ts";

/** The rows in the order of the log, copies of a row included. */
export function readRows(changes: readonly Change[], subject: string): ReadRows {
  const rows: LedgerRow[] = [];
  const findings: Finding[] = [];
  const sentinel = personalSentinel(subject);
  let others = 0;
  const elsewhere: LedgerRow[] = [];
  for (const change of changes) {
    if (change.spaceId !== sentinel) {
      others += 1;
      const row = ledgerRowOf(change);
      if (row !== null) elsewhere.push(row);
      continue;
    }
    const row = isAsWritten(change, subject) ? ledgerRowOf(change) : null;
    if (row === null) findings.push({ kind: "foreign-change", ...placeOf(change.id), at: null });
    else rows.push(row);
  }
  if (others > 0) {
    const more = `${counted(others, "change")}.`;
    findings.push({ kind: "other-space", chain: null, seq: null, at: null, more });
  }
  return { rows, elsewhere, findings };
}

/** Rows, and what was found beside them. */
export interface ReadRows {
  readonly rows: readonly LedgerRow[];
  /** Under another space. Whether they are the person's own, only the key can tell. */
  readonly elsewhere: readonly LedgerRow[];
  readonly findings: readonly Finding[];
}

/** Whether what no hash covers is as a gateway writes it. */
function isAsWritten({ data }: Change, subject: string): boolean {
  return data !== null && data.spaceId === personalSentinel(subject) && data.authorId === subject &&
    data.visibility === "private" && data.updatedAt === data.createdAt;
}

/** The chain and the number in an id, which may be any text of anybody. */
function placeOf(id: string): Pick<Finding, "chain" | "seq"> {
  const [, chain = null, seq = null] = /^([0-9a-f]{32})-([0-9a-f]{8})$/.exec(id) ?? [];
  return { chain, seq: seq === null ? null : parseInt(seq, 16) };
}
