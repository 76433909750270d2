// The calls of one person that wait for their rows, in their order, and how many were lost. Bounded over all people: who calls much while
// the sync service is away must not fill the memory.
import type { ChangedRow } from "../changes/push_changes.ts";
import { MAX_LEDGER_BATCH_CALLS, MAX_LEDGER_BATCH_IDS, MAX_LEDGER_WAITING_IDS } from "../kit/limits.ts";
import { type WaitingCall, wrotePart } from "./waiting_call.ts";

/** How many ids wait over all people. */
export interface WaitingBound {
  ids: number;
}

/** A class, since one is made per person. */
export class WaitingCalls {
  readonly #bound: WaitingBound;
  readonly #onLost: (count: number) => void;
  #calls: WaitingCall[] = [];
  /** Calls that wrote, by their ids: until they are stored, and the last ones that were lost. */
  readonly #writing = new Map<string, WaitingCall>();
  #gap = 0;

  constructor(bound: WaitingBound, onLost: (count: number) => void) {
    this.#bound = bound;
    this.#onLost = onLost;
  }

  /** How many wait. */
  get length(): number {
    return this.#calls.length;
  }

  /** How many were lost, and no row has told so. */
  get gap(): number {
    return this.#gap;
  }

  /** What was noted of a call that has written, if it is not stored yet. */
  find(callId: string): WaitingCall | undefined {
    return this.#writing.get(callId);
  }

  /** Has a call wait. */
  add(call: WaitingCall): void {
    this.#calls.push(call);
    this.weigh(call);
  }

  /** Notes what a call wrote. Returns whether the call waits since now. */
  addWrites(call: WaitingCall, rows: readonly ChangedRow[], isKnown: boolean): void {
    for (const row of rows) call.wrote.push(wrotePart(row));
    if (!isKnown) call.outcome = "unknown";
    this.#writing.set(call.callId, call);
    if (this.#writing.size > MAX_WRITING) this.#writing.delete(this.#writing.keys().next().value ?? "");
  }

  /** Counts what a waiting call holds; loses it where all that wait hold too much. */
  weigh(call: WaitingCall): void {
    const { weight } = call;
    this.#bound.ids += weight - call.weighed;
    call.weighed = weight;
    if (this.#bound.ids <= MAX_LEDGER_WAITING_IDS) return;
    // Nearly always it is the last one: a search through all that wait would cost most where there is least time.
    if (this.#calls.at(-1) === call) this.#calls.pop();
    else this.#calls = this.#calls.filter((other) => other !== call);
    this.lose([call]);
  }

  /** The first calls, as many as one push takes, which wait no longer. */
  take(): WaitingCall[] {
    let count = 0;
    for (let ids = 0; count < Math.min(this.#calls.length, MAX_LEDGER_BATCH_CALLS); count++) {
      ids += this.#calls[count]?.weighed ?? 0;
      if (ids > MAX_LEDGER_BATCH_IDS && count > 0) break;
    }
    return this.#taken(count);
  }

  /** Has calls wait again that were taken. */
  putBack(calls: readonly WaitingCall[]): void {
    for (const call of calls) call.state = "waiting";
    this.#calls.unshift(...calls);
  }

  /** Calls are in the ledger, and so is that `gap` calls are not. */
  store(calls: readonly WaitingCall[], gap: number): void {
    this.#gap -= gap;
    for (const call of calls) {
      this.#leave(call, "stored");
      if (this.#writing.get(call.callId) === call) this.#writing.delete(call.callId);
    }
  }

  /** Calls that were taken, or were to wait, are not noted; the next row tells how many. */
  lose(calls: readonly WaitingCall[]): void {
    this.#gap += calls.length;
    if (calls.length > 0) this.#onLost(calls.length);
    for (const call of calls) this.#leave(call, "lost");
  }

  /** Loses all that wait. `isTold`: as calls that should have been noted. */
  clear(isTold: boolean): void {
    const calls = this.#taken(this.#calls.length);
    if (isTold) return this.lose(calls);
    for (const call of calls) this.#leave(call, "lost");
    this.#writing.clear();
  }

  #taken(count: number): WaitingCall[] {
    const taken = this.#calls.splice(0, count);
    for (const call of taken) call.state = "taken";
    return taken;
  }

  #leave(call: WaitingCall, state: "stored" | "lost"): void {
    call.state = state;
    this.#bound.ids -= call.weighed;
    call.weighed = 0;
  }
}

/** Calls that wrote and are remembered by their ids, of one person: more than ever run at once. */
const MAX_WRITING = 200;
