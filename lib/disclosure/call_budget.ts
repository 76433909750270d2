// What one call of a connected app may still open: held against the grant's hour and day before anything is opened, and charged when the
// result is known. Records that are being opened are reserved, so that calls at the same time cannot all take the last one. Where gateways
// share a store, both have to have room: what this gateway counts, and what all of them count (shared_call.ts).

import { counted } from "../kit/counted.ts";
import type { DisclosedRow } from "../spaces/call_disclosure.ts";
import type { BudgetLimits } from "./budget_limits.ts";
import {
  type BudgetEnd,
  type ChargedRecord,
  endOf,
  reachedLimit,
  reachedOf,
  recordsLeft,
  textEnd,
} from "./budget_room.ts";
import { emptyCounts } from "./counts.ts";
import type { GrantUse } from "./grant_use.ts";
import type { SharedCall } from "./shared_call.ts";
import { COUNTS } from "./shared_grant.ts";

/** Dependencies of {@link CallBudget}. */
export interface CallBudgetDeps {
  readonly use: GrantUse;
  /** What the person allowed. */
  readonly whole: BudgetLimits;
  /** The share of this gateway where the others cannot be asked. */
  readonly alone: BudgetLimits;
  readonly shared: SharedCall | null;
  readonly now: () => number;
}

/** One call's budget. A class, since one is made per call that opens something. */
export class CallBudget {
  readonly #use: GrantUse;
  readonly #whole: BudgetLimits;
  readonly #alone: BudgetLimits;
  /** Null where gateways share nothing. */
  readonly #shared: SharedCall | null;
  readonly #now: () => number;
  readonly #reserved = new Set<DisclosedRow>();
  #fields = 0;
  #bytes = 0;
  #hasEnded = false;

  constructor({ use, whole, alone, shared, now }: CallBudgetDeps) {
    this.#use = use;
    this.#whole = whole;
    this.#alone = alone;
    this.#shared = shared;
    this.#now = now;
  }

  /**
   * How many of the rows may be opened, from the first on. They stay reserved until they are handed out or passed over. A promise where
   * the other gateways have to be asked.
   */
  reserve(collection: string, rows: readonly DisclosedRow[]): number | Promise<number> {
    if (this.#shared === null) return this.#reserveHere(collection, rows, null);
    const fresh: DisclosedRow[] = [];
    const count = this.#reserveHere(collection, rows, fresh);
    return fresh.length === 0 ? count : this.#reserveThere(this.#shared, collection, rows, count, fresh);
  }

  /** By what this gateway counts. `fresh` gets the rows that cost something. */
  #reserveHere(collection: string, rows: readonly DisclosedRow[], fresh: DisclosedRow[] | null): number {
    const now = this.#now();
    let left = recordsLeft(this.#use, this.#limits, now);
    for (const [index, row] of rows.entries()) {
      if (this.#use.isFree(collection, row.row.id, now)) continue;
      if (left <= 0) {
        this.#hasEnded = true;
        return index;
      }
      left -= 1;
      this.#reserved.add(row);
      fresh?.push(row);
      this.#use.pending.records += 1;
    }
    return rows.length;
  }

  /** By what all gateways count; where they cannot be asked, by the share of one. */
  async #reserveThere(
    shared: SharedCall,
    collection: string,
    rows: readonly DisclosedRow[],
    count: number,
    fresh: readonly DisclosedRow[],
  ): Promise<number> {
    const granted = await shared.takeRecords(fresh.length);
    for (const row of fresh.slice(granted ?? 0)) this.#passOverHere(row);
    if (granted === null) return this.#reserveHere(collection, rows, null);
    const [first] = fresh.slice(granted);
    if (first === undefined) return count;
    this.#hasEnded = true;
    return rows.indexOf(first);
  }

  /** A row is not handed out after all. */
  passOver(row: DisclosedRow): void {
    if (this.#passOverHere(row)) this.#shared?.giveBack();
  }

  #passOverHere(row: DisclosedRow): boolean {
    const isReserved = this.#reserved.delete(row);
    if (isReserved) this.#use.pending.records -= 1;
    return isReserved;
  }

  /** Text goes to the tool. What is pending is a little more than what will be charged: a record may be counted already. */
  handOut(fields: number, bytes: number): void {
    this.#fields += fields;
    this.#bytes += bytes;
    this.#use.pending.fields += fields;
    this.#use.pending.bytes += bytes;
  }

  /** Counts a search. Why it must not be, or null. */
  search(): BudgetEnd | null | Promise<BudgetEnd | null> {
    return this.#count("searches", 1, this.#shared === null ? null : () => this.#shared?.search());
  }

  /**
   * Counts rows that a tool is shown for a sum. One sum may be of more than what is left: half a sum would be wrong, and who has more
   * records than that would never get any. Why it must not be, or null.
   */
  look(rows: number): BudgetEnd | null | Promise<BudgetEnd | null> {
    return this.#count("looked", rows, this.#shared === null ? null : () => this.#shared?.look(rows));
  }

  #count(
    counted: "searches" | "looked",
    by: number,
    askOthers: (() => Promise<BudgetEnd | null | undefined> | undefined) | null,
  ): BudgetEnd | null | Promise<BudgetEnd | null> {
    const end = reachedOf(this.#use, this.#limits, counted, this.#now());
    if (end !== null) return end;
    if (askOthers === null) {
      this.#use.count(counted, by, this.#now());
      return null;
    }
    return Promise.resolve(askOthers()).then((there) => {
      // Undefined: nobody can be asked, so the share of one gateway counts from here on.
      const found = there === undefined ? reachedOf(this.#use, this.#limits, counted, this.#now()) : there;
      if (found === null) this.#use.count(counted, by, this.#now());
      return found;
    });
  }

  /** Whether a row is counted among those that are being opened. */
  isReserved(row: DisclosedRow): boolean {
    return this.#reserved.has(row);
  }

  /**
   * Why records must not be handed out, or null: those that were `chosen` of what the tool was shown, beside those that are reserved; or
   * any with more of its text than before, since the next portion of a long text is new text. A promise as {@link reserve}.
   */
  missingFor(
    chosen: readonly ChargedRecord[],
    records: readonly ChargedRecord[],
  ): BudgetEnd | null | Promise<BudgetEnd | null> {
    const now = this.#now();
    const fresh = new Set(
      chosen.filter(({ collection, id }) => !this.#use.isFree(collection, id, now))
        .map(({ collection, id }) => `${collection} ${id}`),
    ).size;
    const isMore = records.some((record) => this.#use.isMore(record, now));
    const end = this.#missingHere(fresh, isMore);
    if (end !== null || this.#shared === null || (fresh === 0 && !isMore)) return end;
    return this.#missingThere(this.#shared, fresh, isMore);
  }

  #missingHere(fresh: number, isMore: boolean): BudgetEnd | null {
    const now = this.#now();
    if (fresh > 0 && fresh > recordsLeft(this.#use, this.#limits, now)) return this.end();
    const own = { fields: this.#fields, bytes: this.#bytes };
    return isMore ? textEnd(this.#use, this.#limits, own, now) : null;
  }

  async #missingThere(shared: SharedCall, fresh: number, isMore: boolean): Promise<BudgetEnd | null> {
    const granted = fresh === 0 ? 0 : await shared.takeRecords(fresh);
    if (granted !== null && granted < fresh) return this.end();
    const end = isMore && granted !== null ? await shared.more() : null;
    return granted === null || end === undefined ? this.#missingHere(fresh, isMore) : end;
  }

  /** Charges what the call was handed, and gives the rest back. */
  charge(records: Iterable<ChargedRecord>): void {
    const now = this.#now();
    this.#releaseHere();
    if (this.#shared === null) {
      for (const record of records) this.#use.charge(record, now, null);
      return;
    }
    const sum = { hour: emptyCounts(), day: emptyCounts() };
    for (const record of records) this.#use.charge(record, now, sum);
    this.#shared.settle(COUNTS.map(([window, counted]) => sum[window][counted]));
  }

  /** Gives back what is reserved. */
  release(): void {
    this.#releaseHere();
    this.#shared?.settle([]);
  }

  #releaseHere(): void {
    const { pending } = this.#use;
    pending.records -= this.#reserved.size;
    pending.fields -= this.#fields;
    pending.bytes -= this.#bytes;
    this.#reserved.clear();
    this.#fields = this.#bytes = 0;
  }

  /** Why the call may open nothing more: the limit that lasts longest. */
  end(): BudgetEnd {
    const now = this.#now();
    return this.#shared?.end ?? reachedLimit(this.#use, this.#limits, now) ??
      endOf(this.#use, this.#limits, "records", "hour", now);
  }

  /** A sentence for the model where a page ended for the budget, or little of it is left; null otherwise. */
  remark(): string | null {
    const now = this.#now();
    const left = Math.max(
      0,
      Math.min(recordsLeft(this.#use, this.#limits, now), this.#shared?.left ?? Infinity),
    );
    if (!this.#hasEnded && left * 10 >= this.#limits.perHour) return null;
    const { window, limit, goesOn } = this.end();
    const told = `Note from the gateway: ${left} of ${
      counted(limit, "record")
    } of this ${window} left for this app.`;
    if (!this.#hasEnded) return told;
    return `${told} The list was ended for that: it goes on at ${new Date(goesOn).toISOString()}.`;
  }

  /** Of the whole as long as the other gateways can be asked. */
  get #limits(): BudgetLimits {
    return this.#shared === null || this.#shared.isAlone ? this.#alone : this.#whole;
  }
}
