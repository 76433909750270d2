// One grant in the store that gateways share: what all of them handed out of it, and what it has read. Everything here may be missed;
// whoever asks decides alone then. In the store stand numbers under keyed names, and marks of spaces.

import type { Clock } from "../kit/clock.ts";
import { TAINT_MS } from "../kit/limits.ts";
import type { SharedStore, StoreReply } from "../nodes/shared_store.ts";
import type { StoreKeys } from "../nodes/store_keys.ts";
import { type BudgetLimits, limitOf } from "./budget_limits.ts";
import type { Counted, UseWindow } from "./counts.ts";
import type { GrantUse } from "./grant_use.ts";
import type { StoreMemory } from "./store_memory.ts";
import { READ_TAINT, SETTLE, TAKE, TELL_TAINT } from "./use_scripts.ts";

/** The store, and the names in it. */
export interface SharedUseDeps {
  readonly store: SharedStore;
  readonly storeKeys: Pick<StoreKeys, "keyOf" | "keyUnder" | "kids">;
}

/** What a {@link SharedGrant} is made with. */
export interface SharedGrantDeps extends SharedUseDeps {
  readonly memory: StoreMemory;
  readonly clock: Pick<Clock, "calendar">;
}

/** What a call would open. */
export interface Wanted {
  readonly records?: number;
  /** Records that the call may open as well, as long as there is plenty. */
  readonly ahead?: number;
  readonly searches?: number;
  readonly looked?: number;
  /** More text of records that are counted already. */
  readonly isMore?: boolean;
}

/** What was granted. */
export interface Taken {
  readonly isRefused: boolean;
  readonly records: number;
  readonly ahead: number;
  readonly slot: number;
  readonly hour: number;
  /** What is left of each after that. */
  readonly left: { readonly records: number; readonly searches: number; readonly looked: number };
  /** By the server's clock, milliseconds since 1970. */
  readonly now: number;
  /** Names of counts and the counts, one after the other; only where not everything was granted. */
  readonly live: readonly StoreReply[];
}

/** The counts, in the order in which the scripts take them. */
export const COUNTS: readonly (readonly [UseWindow, Counted])[] = [
  ["hour", "records"],
  ["hour", "fields"],
  ["hour", "bytes"],
  ["hour", "searches"],
  ["hour", "looked"],
  ["day", "records"],
  ["day", "fields"],
  ["day", "bytes"],
];

/** One grant. A class, since there is one per grant. */
export class SharedGrant {
  readonly #deps: SharedGrantDeps;
  readonly #owner: string;
  readonly #use: GrantUse;
  /** What the store did not take, and has to be counted later. */
  #late = COUNTS.map(() => 0);
  /** By mark: when the store took it last. */
  readonly #told = new Map<string, number>();
  /** The store's generation that was told them. */
  #toldGeneration = 0;

  /**
   * @param owner names the grant among those of all people
   * @param use what this gateway counts of it
   */
  constructor(deps: SharedGrantDeps, owner: string, use: GrantUse) {
    this.#deps = deps;
    this.#owner = owner;
    this.#use = use;
  }

  /** Reserves; null where the store cannot be asked, resolves to null where it was missed. */
  take(wanted: Wanted, limits: BudgetLimits): Promise<Taken | null> | null {
    const { records = 0, ahead = 0, searches = 0, looked = 0, isMore = false } = wanted;
    const late = this.#lateNow();
    const asked = this.#deps.store.decide(TAKE, [this.#key("reads")], [
      records,
      ahead,
      searches,
      looked,
      isMore ? 1 : 0,
      ...COUNTS.map(([window, counted]) => limitOf(limits, counted, window)),
      Math.ceil(limits.perHour / 4),
      ...late,
    ]);
    if (asked === null) return null;
    this.#late = COUNTS.map(() => 0);
    return asked.then((reply) => {
      const taken = parseTaken(reply);
      if (taken === null) this.#countLater(late);
      return taken;
    });
  }

  /** Counts what a call was handed beyond what it had reserved; less is given back. Waits for nothing. */
  settle(at: Pick<Taken, "slot" | "hour"> | null, counts: readonly number[]): void {
    const late = this.#lateNow();
    const all = COUNTS.map((_, index) => (counts[index] ?? 0) + (late[index] ?? 0));
    if (all.every((count) => count === 0)) return;
    this.#late = COUNTS.map(() => 0);
    const { slot, hour } = at ?? { slot: -1, hour: -1 };
    const asked = this.#deps.store.decide(SETTLE, [this.#key("reads")], [slot, hour, ...all]);
    if (asked === null) this.#countLater(all);
    else void asked.then((reply) => reply === null ? this.#countLater(all) : undefined);
  }

  /**
   * Tells that the grant has read texts of others, and private ones of these spaces. Resolves to whether the others can know; null where
   * they know already, or false at once where nobody can be told.
   */
  tellTaint(isOfOthers: boolean, spaces: Iterable<string>, now: number): Promise<boolean> | false | null {
    const generation = this.#deps.store.generation();
    if (generation !== this.#toldGeneration) this.#told.clear();
    this.#toldGeneration = generation;
    const marks = [...isOfOthers ? [OTHERS] : [], ...[...spaces].map((space) => this.#markOf(space))];
    const fresh = marks.filter((mark) => now - (this.#told.get(mark) ?? -Infinity) > TOLD_AGAIN_MS);
    if (fresh.length === 0) return null;
    const asked = this.#deps.store.decide(TELL_TAINT, [this.#key("taint")], [TAINT_MS, ...fresh]);
    if (asked === null) return false;
    return asked.then((reply) => {
      if (reply === null) return false;
      for (const [mark, at] of this.#told) if (now - at > TAINT_MS) this.#told.delete(mark);
      for (const mark of fresh) this.#told.set(mark, now);
      return true;
    });
  }

  /**
   * What the grant has read at any gateway; null as {@link take}. While NODE_SECRET is replaced others tell it under another newest secret,
   * so it is read under each.
   */
  readTaint(): Promise<SharedTaint | null> | null {
    const { store, storeKeys: { keyUnder, kids } } = this.#deps;
    const asked: Promise<StoreReply | null>[] = [];
    for (const kid of kids) {
      const reply = store.decide(READ_TAINT, [keyUnder(kid, "taint", this.#owner)], [TAINT_MS]);
      if (reply === null) return null;
      asked.push(reply);
    }
    return Promise.all(asked).then((replies) => {
      if (!replies.every((reply) => Array.isArray(reply))) return null;
      return {
        isWhole: this.#deps.memory.isWhole(),
        hasOthers: replies.some((marks) => marks.includes(OTHERS)),
        hasPrivateOutside: (space: string) =>
          replies.some((marks, index) => {
            const own = this.#markOf(space, kids[index]);
            return marks.some((mark) => mark !== OTHERS && mark !== own);
          }),
      };
    });
  }

  /** Never less than nothing: what was to be given back may have been taken by a script that nobody heard of. */
  #countLater(counts: readonly number[]): void {
    this.#late = this.#late.map((count, index) => count + Math.max(0, counts[index] ?? 0));
  }

  /**
   * What is still to be counted late: no more than this gateway itself counts now. A store that was away for hours would else be told all
   * of them as if they were of now, and the app would have used up hours of its budget at once.
   */
  #lateNow(): readonly number[] {
    if (this.#late.every((count) => count === 0)) return this.#late;
    const now = this.#deps.clock.calendar();
    const own = { hour: this.#use.used("hour", now), day: this.#use.used("day", now) };
    return COUNTS.map(([window, counted], index) => Math.min(this.#late[index] ?? 0, own[window][counted]));
  }

  #key(purpose: "reads" | "taint"): string {
    return this.#deps.storeKeys.keyOf(purpose, this.#owner);
  }

  /** A space in the store: the keyed part of a name that no other value has. */
  #markOf(space: string, kid = this.#deps.storeKeys.kids[0] ?? ""): string {
    const name = this.#deps.storeKeys.keyUnder(kid, "taint", this.#owner, space);
    return name.slice(name.lastIndexOf(":") + 1);
  }
}

/** What a grant has read at any gateway. */
export interface SharedTaint {
  /** Whether the store has forgotten nothing of the last half hour, as far as this gateway can tell. */
  readonly isWhole: boolean;
  readonly hasOthers: boolean;
  hasPrivateOutside(space: string): boolean;
}

/** No mark of a space has this form. */
const OTHERS = "others";
/** A mark lasts half an hour in the store and is told anew after this long, so it ends up to five minutes early and never while it is read on. */
const TOLD_AGAIN_MS = TAINT_MS / 6;

function parseTaken(reply: StoreReply | null): Taken | null {
  if (!Array.isArray(reply)) return null;
  const [refused, records, ahead, slot, hour, left, searches, looked, now, live] = reply;
  const isOne = [refused, records, ahead, slot, hour, left, searches, looked, now].every(Number.isInteger);
  if (!isOne || !Array.isArray(live)) return null;
  return {
    isRefused: refused === 1,
    records: Number(records),
    ahead: Number(ahead),
    slot: Number(slot),
    hour: Number(hour),
    left: { records: Number(left), searches: Number(searches), looked: Number(looked) },
    now: Number(now),
    live,
  };
}
