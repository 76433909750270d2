// One call's part in what all gateways count of a grant: it reserves a little more than it needs as long as there is plenty, so that a
// call asks the store once. Where the store is missed, the call goes on alone, with the share of one gateway.

import { DISCLOSURE_SLOT_MS } from "../kit/limits.ts";
import { type BudgetLimits, limitOf } from "./budget_limits.ts";
import type { BudgetEnd } from "./budget_room.ts";
import { type Counted, type UseWindow, WINDOW_MS } from "./counts.ts";
import { COUNTS, type SharedGrant, type Taken, type Wanted } from "./shared_grant.ts";

/** A class, since one is made per call that opens something. */
export class SharedCall {
  /** Whether the store was missed. */
  isAlone = false;
  /** Which limit is reached; null where none is. */
  end: BudgetEnd | null = null;
  readonly #grant: SharedGrant;
  readonly #limits: BudgetLimits;
  /** Records that are reserved and not used. */
  #ahead = 0;
  /** Records that are reserved, used or not. */
  #reserved = 0;
  #last: Taken | null = null;
  #searchesLeft = 0;
  #lookedLeft = 0;
  /** Counted here, and by the store when the call is over. */
  #searches = 0;
  #looked = 0;
  #isSettled = false;
  #charged = 0;

  constructor(grant: SharedGrant, limits: BudgetLimits) {
    this.#grant = grant;
    this.#limits = limits;
  }

  /** How many of so many more records may be opened; null where the call goes on alone. */
  async takeRecords(count: number): Promise<number | null> {
    const held = Math.min(this.#ahead, count);
    this.#ahead -= held;
    if (held === count) return count;
    const taken = await this.#take({ records: count - held, ahead: AHEAD });
    if (taken === null) return null;
    return held + taken.records;
  }

  /** A record that was reserved is not opened after all: the call may open another one. */
  giveBack(): void {
    if (!this.isAlone) this.#ahead += 1;
  }

  /** Counts a search: why it must not be, or null for no reason; undefined where the call goes on alone. */
  async search(): Promise<BudgetEnd | null | undefined> {
    if (this.#searchesLeft > FEW_SEARCHES) {
      this.#searchesLeft -= 1;
      this.#searches += 1;
      return null;
    }
    return this.#answer(await this.#take({ searches: 1, ahead: AHEAD }));
  }

  /** Counts rows that are looked at, as {@link search}. One sum may be of more than what is left. */
  async look(rows: number): Promise<BudgetEnd | null | undefined> {
    if (this.#lookedLeft > 0) {
      this.#lookedLeft -= rows;
      this.#looked += rows;
      return null;
    }
    return this.#answer(await this.#take({ looked: rows, ahead: AHEAD }));
  }

  /** Whether more text of counted records may be handed out, as {@link search}. */
  async more(): Promise<BudgetEnd | null | undefined> {
    // There was plenty a moment ago, of texts as well.
    if (this.#last !== null && this.#last.ahead > 0 && !this.isAlone) return null;
    return this.#answer(await this.#take({ isMore: true }));
  }

  /** Records of the hour and day that are left to all gateways; no bound where the store was not asked. */
  get left(): number {
    if (this.#last === null || this.isAlone) return Infinity;
    return this.#last.left.records + (this.#isSettled ? this.#reserved - this.#charged : this.#ahead);
  }

  /** The call is over and was handed this much, in the order of {@link COUNTS}. Only the first time counts. */
  settle(charged: readonly number[]): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#charged = charged[0] ?? 0;
    const used = COUNTS.map(([, counted], index) => {
      if (counted === "searches") return this.#searches;
      if (counted === "looked") return this.#looked;
      const reserved = counted === "records" ? this.#reserved : 0;
      return (charged[index] ?? 0) - reserved;
    });
    this.#grant.settle(this.#last, used);
  }

  async #take(wanted: Wanted): Promise<Taken | null> {
    const asking = this.isAlone ? null : this.#grant.take(wanted, this.#limits);
    const taken = asking === null ? null : await asking;
    if (taken === null) {
      this.isAlone = true;
      this.#ahead = this.#searchesLeft = this.#lookedLeft = 0;
      return null;
    }
    this.#last = taken;
    this.#reserved += taken.records + taken.ahead;
    this.#ahead += taken.ahead;
    this.#searchesLeft = taken.left.searches;
    this.#lookedLeft = taken.left.looked;
    if (taken.live.length > 0) this.end = endOf(taken, this.#limits, wanted);
    return taken;
  }

  #answer(taken: Taken | null): BudgetEnd | null | undefined {
    if (taken === null) return undefined;
    return taken.isRefused ? this.end : null;
  }
}

/** Records that a call reserves beyond what it asks for: the rest of a page. */
const AHEAD = 64;
/** With no more searches left than this, each is asked for by itself. */
const FEW_SEARCHES = 20;

/** The limit that is reached and lasts longest, of those that what was wanted is held against. */
function endOf(
  { live, now, records }: Taken,
  limits: BudgetLimits,
  { searches = 0, looked = 0 }: Wanted,
): BudgetEnd | null {
  const counts = parseCounts(live);
  // What was granted came after these counts.
  for (const window of ["hour", "day"] as const) {
    counts.push({ window, counted: "records", count: records, ends: now + WINDOW_MS[window] });
  }
  let found: BudgetEnd | null = null;
  for (const [window, counted] of COUNTS) {
    if ((counted === "searches") !== searches > 0 || (counted === "looked") !== looked > 0) continue;
    const limit = limitOf(limits, counted, window);
    const of = counts.filter((count) => count.window === window && count.counted === counted);
    let left = of.reduce((sum, { count }) => sum + count, 0);
    if (left < limit) continue;
    let goesOn = now;
    for (const { count, ends } of of) {
      if (left < limit) break;
      left -= count;
      goesOn = Math.max(goesOn, ends);
    }
    if (found === null || goesOn > found.goesOn) found = { counted, window, limit, goesOn };
  }
  return found;
}

interface SharedCount {
  readonly window: UseWindow;
  readonly counted: Counted;
  readonly count: number;
  /** When it counts no more, milliseconds since 1970. */
  readonly ends: number;
}

const LETTERS: Readonly<Record<string, Counted>> = {
  r: "records",
  f: "fields",
  b: "bytes",
  s: "searches",
  l: "looked",
};

/** In the order in which they end. */
function parseCounts(live: Taken["live"]): SharedCount[] {
  const counts: SharedCount[] = [];
  for (let index = 0; index + 1 < live.length; index += 2) {
    const [, letter, number = "", what = ""] = /^([hd])(\d+)([rfbsl])$/.exec(String(live[index])) ?? [];
    const counted = LETTERS[what];
    if (counted === undefined) continue;
    const window: UseWindow = letter === "h" ? "hour" : "day";
    const length = window === "hour" ? DISCLOSURE_SLOT_MS : WINDOW_MS.hour;
    const ends = (Number(number) + 1) * length + WINDOW_MS[window];
    counts.push({ window, counted, count: Number(live[index + 1]), ends });
  }
  return counts.sort((one, other) => one.ends - other.ends);
}
