// Whether the rows that a reader comes by follow each other: for each chain the number and hash of the last row, and no more. The
// verifier looks at everything; a page sees the same faults in the days that it reads.
import { hashRow, type LedgerRow, NO_ROW } from "../ledger_row.ts";

/** Starts with no chain. */
export class ChainMarks {
  readonly #last = new Map<string, { readonly seq: number; readonly hash: string }>();

  /**
   * How a row stands to the rows of its chain before it. `again`: the same row, stored twice because an answer was lost. `broken`: a row
   * is missing before it, or is another one than it was. A chain may have begun before the days that are read.
   */
  note(row: LedgerRow): "next" | "again" | "broken" {
    const { chain, seq, prev } = row;
    const hash = hashRow(row);
    const last = this.#last.get(chain);
    if (last !== undefined && last.hash === hash) return "again";
    // An older row once more does not become the last one: what follows is still judged by the newest.
    if (last === undefined || seq > last.seq) this.#last.set(chain, { seq, hash });
    if (last === undefined) return (seq === 0) === (prev === NO_ROW) ? "next" : "broken";
    return seq === last.seq + 1 && prev === last.hash ? "next" : "broken";
  }
}
