// What one call of a connected app may still open: held against the grant's hour and day before anything is opened, and charged when the
// result is known. Records that are being opened are reserved, so that calls at the same time cannot all take the last one.

import { counted } from "../kit/counted.ts";
import type { DisclosedRow } from "../spaces/call_disclosure.ts";
import { type BudgetLimits, limitOf } from "./budget_limits.ts";
import type { Counted, GrantUse, UseWindow } from "./grant_use.ts";

/** A record that was handed out. */
export interface ChargedRecord {
  /** `app/table`. */
  readonly collection: string;
  readonly id: string;
  /** Fields with text, of those that are sealed in the personal space. */
  readonly fields: number;
  /** Of their text, in UTF-8. */
  readonly bytes: number;
  /** Of a part of a text: another search shows another part, so it counts each time. */
  readonly partBytes: number;
}

/** What stands in the way of a call. */
export interface BudgetEnd {
  readonly counted: Counted;
  readonly window: UseWindow;
  readonly limit: number;
  /** When there is room again, in milliseconds since 1970. */
  readonly goesOn: number;
}

/** One call's budget. A class, since one is made per call that opens something. */
export class CallBudget {
  readonly #use: GrantUse;
  readonly #limits: BudgetLimits;
  readonly #now: () => number;
  readonly #reserved = new Set<DisclosedRow>();
  #fields = 0;
  #bytes = 0;
  #hasEnded = false;

  constructor(use: GrantUse, limits: BudgetLimits, now: () => number) {
    this.#use = use;
    this.#limits = limits;
    this.#now = now;
  }

  /** How many of the rows may be opened, from the first on. They stay reserved until they are handed out or passed over. */
  reserve(collection: string, rows: readonly DisclosedRow[]): number {
    const now = this.#now();
    let left = this.#left(now);
    for (const [index, row] of rows.entries()) {
      if (this.#use.isFree(collection, row.row.id, now)) continue;
      if (left <= 0) {
        this.#hasEnded = true;
        return index;
      }
      left -= 1;
      this.#reserved.add(row);
      this.#use.pending.records += 1;
    }
    return rows.length;
  }

  /** A row is not handed out after all. */
  passOver(row: DisclosedRow): void {
    if (this.#reserved.delete(row)) this.#use.pending.records -= 1;
  }

  /** Text goes to the tool. What is pending is a little more than what will be charged: a record may be counted already. */
  handOut(fields: number, bytes: number): void {
    this.#fields += fields;
    this.#bytes += bytes;
    this.#use.pending.fields += fields;
    this.#use.pending.bytes += bytes;
  }

  /** Counts a search. Why it must not be, or null. */
  search(): BudgetEnd | null {
    const end = this.#reached("searches");
    if (end === null) this.#use.count("searches", 1, this.#now());
    return end;
  }

  /**
   * Counts rows that a tool is shown for a sum. One sum may be of more than what is left: half a sum would be wrong, and who has more
   * records than that would never get any. Why it must not be, or null.
   */
  look(rows: number): BudgetEnd | null {
    const end = this.#reached("looked");
    if (end === null) this.#use.count("looked", rows, this.#now());
    return end;
  }

  /** Whether a row is counted among those that are being opened. */
  isReserved(row: DisclosedRow): boolean {
    return this.#reserved.has(row);
  }

  /** Why these records, chosen of what the tool was shown, must not be handed out beside those that are reserved, or null. */
  missingFor(chosen: readonly ChargedRecord[]): BudgetEnd | null {
    const now = this.#now();
    const fresh = new Set(
      chosen.filter(({ collection, id }) => !this.#use.isFree(collection, id, now))
        .map(({ collection, id }) => `${collection} ${id}`),
    );
    return fresh.size > 0 && fresh.size > this.#left(now) ? this.end() : null;
  }

  /** Why records must not be handed out with more of their text than before, or null: the next portion of a long text is new text. */
  moreFor(records: readonly ChargedRecord[]): BudgetEnd | null {
    const now = this.#now();
    if (!records.some((record) => this.#use.isMore(record, now))) return null;
    for (const window of WINDOWS) {
      const used = this.#use.used(window, now);
      for (const counted of ["fields", "bytes"] as const) {
        const own = counted === "fields" ? this.#fields : this.#bytes;
        const limit = limitOf(this.#limits, counted, window);
        if (used[counted] + this.#use.pending[counted] - own < limit) continue;
        return this.#end(now) ?? this.#ending(counted, window, limit);
      }
    }
    return null;
  }

  /** Charges what the call was handed, and gives the rest back. */
  charge(records: Iterable<ChargedRecord>): void {
    const now = this.#now();
    this.release();
    for (const record of records) this.#use.charge(record, now);
  }

  /** Gives back what is reserved. */
  release(): void {
    const { pending } = this.#use;
    pending.records -= this.#reserved.size;
    pending.fields -= this.#fields;
    pending.bytes -= this.#bytes;
    this.#reserved.clear();
    this.#fields = this.#bytes = 0;
  }

  /** Why the call may open nothing more: the limit that lasts longest. */
  end(): BudgetEnd {
    return this.#end(this.#now()) ?? this.#ending("records", "hour", this.#limits.perHour);
  }

  /** A sentence for the model where a page ended for the budget, or little of it is left; null otherwise. */
  remark(): string | null {
    const now = this.#now();
    const left = Math.max(0, this.#left(now));
    if (!this.#hasEnded && left * 10 >= this.#limits.perHour) return null;
    const { window, limit, goesOn } = this.end();
    const told = `Note from the gateway: ${left} of ${
      counted(limit, "record")
    } of this ${window} left for this app.`;
    if (!this.#hasEnded) return told;
    return `${told} The list was ended for that: it goes on at ${new Date(goesOn).toISOString()}.`;
  }

  #left(now: number): number {
    const { pending } = this.#use;
    let left = Infinity;
    for (const window of WINDOWS) {
      const used = this.#use.used(window, now);
      const records = limitOf(this.#limits, "records", window);
      const isSpent = used.fields + pending.fields >= limitOf(this.#limits, "fields", window) ||
        used.bytes + pending.bytes >= limitOf(this.#limits, "bytes", window);
      left = Math.min(left, isSpent ? 0 : records - used.records - pending.records);
    }
    return left;
  }

  /** The limit that is reached; null where none is. */
  #end(now: number): BudgetEnd | null {
    let found: BudgetEnd | null = null;
    for (const window of WINDOWS) {
      const used = this.#use.used(window, now);
      for (const counted of ["records", "fields", "bytes"] as const) {
        const limit = limitOf(this.#limits, counted, window);
        if (used[counted] < limit) continue;
        const end = this.#ending(counted, window, limit);
        if (found === null || end.goesOn > found.goesOn) found = end;
      }
    }
    return found;
  }

  #reached(counted: "searches" | "looked"): BudgetEnd | null {
    const limit = limitOf(this.#limits, counted, "hour");
    return this.#use.used("hour", this.#now())[counted] < limit ? null : this.#ending(counted, "hour", limit);
  }

  #ending(counted: Counted, window: UseWindow, limit: number): BudgetEnd {
    const goesOn = this.#use.fallsBelow(limit, counted, window, this.#now());
    return { counted, window, limit, goesOn };
  }
}

const WINDOWS: readonly UseWindow[] = ["hour", "day"];
