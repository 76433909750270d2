// Gathers the newest calls of a window out of a ledger that is read from its start: at any time a page of calls and a few more are in
// memory, however long the window is.
import type { LedgerEntry } from "../ledger_body.ts";

/** A call, whose entries may lie in several rows. */
export interface SeenCall {
  /** Names it among all calls: its first row, and its place in the row. */
  readonly id: string;
  readonly at: number;
  /** At least one. They add up. */
  readonly entries: readonly LedgerEntry[];
}

/** Which calls. Times are milliseconds since 1970; `until` itself is no part of the window. */
export interface SeenWindow {
  readonly since: number;
  readonly until: number;
  readonly wants: (entry: LedgerEntry) => boolean;
}

/** Calls on one page. */
export const PAGE_CALLS = 50;

/** Starts with no call. */
export class NewestCalls {
  readonly #window: SeenWindow;
  #calls = new Map<string, SeenCall & { readonly entries: LedgerEntry[] }>();

  constructor(window: SeenWindow) {
    this.#window = window;
  }

  /** Takes the entry of a row where it is in the window. */
  add(id: string, entry: LedgerEntry): void {
    const { at, call } = entry;
    const { since, until, wants } = this.#window;
    if (at < since || at >= until || !wants(entry)) return;
    const name = `${call} ${at}`;
    const known = this.#calls.get(name);
    if (known === undefined) this.#calls.set(name, { id, at, entries: [entry] });
    else known.entries.push(entry);
    if (this.#calls.size > 4 * PAGE_CALLS) this.#leaveOut();
  }

  /**
   * The page, newest first. The next page ends before the last call of this one, so calls of one instant are never parted, unless they
   * fill a page.
   */
  page(): { readonly calls: readonly SeenCall[]; readonly hasMore: boolean } {
    const all = this.#sorted();
    const calls = all.slice(0, PAGE_CALLS);
    const next = all[PAGE_CALLS];
    if (next === undefined) return { calls, hasMore: false };
    const whole = calls.filter(({ at }) => at > next.at);
    return { calls: whole.length === 0 ? calls : whole, hasMore: true };
  }

  /** More than a page is kept, by which the page knows that there are more. */
  #leaveOut(): void {
    const kept = this.#sorted().slice(0, 2 * PAGE_CALLS);
    this.#calls = new Map(kept.map((one) => [`${one.entries[0]?.call} ${one.at}`, one]));
  }

  #sorted() {
    return [...this.#calls.values()].sort((one, other) => other.at - one.at);
  }
}
