// The ledger of one person in this process: when rows are made of the calls that wait, and what becomes of a row that does not arrive.
// A row of which nobody knows is sent again, byte for byte, until it is known or the person's token ends; only then its chain is given
// up, and the next chain tells how many calls are missing. So no chain ever forks.
import {
  LEDGER_END_MARGIN_MS,
  LEDGER_GATHER_CALLS,
  LEDGER_GATHER_MS,
  LEDGER_IDLE_MS,
  LEDGER_OPENING_MS,
  LEDGER_RETRY_MS,
  MAX_LEDGER_RETRY_MS,
} from "../kit/limits.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { type Caller, servicesEnd } from "../people/principal.ts";
import { hasNoKey } from "../sealing/vault_client.ts";
import { ChainWriter, type ChainWriterDeps, type CountGrant } from "./chain_writer.ts";
import type { WaitingCall } from "./waiting_call.ts";
import { type WaitingBound, WaitingCalls } from "./waiting_calls.ts";

/** What a person's ledger works with. */
export interface PersonLedgerDeps extends ChainWriterDeps {
  readonly bound: WaitingBound;
}

/** A class, since one is made per person. */
export class PersonLedger {
  readonly waiting: WaitingCalls;
  readonly writer: ChainWriter;
  readonly #deps: PersonLedgerDeps;
  readonly #onIdle: () => void;
  /** Of the caller whose token lives longest: for the rows to come, and never past its end. */
  #caller: Caller | null = null;
  #running: Promise<boolean> | null = null;
  #timer: Timer | null = null;
  #retryMs = 0;
  #isUrgent = false;
  /** Pushes of data under way. */
  #pushing = 0;
  /** Until the first row of a chain is stored, or a push waits no longer for it. */
  #opening: Promise<void> | null = null;
  /** Whether a chain gets a row though no call waits. */
  #isOpening = false;
  /** No first row is tried before, by `Clock.elapsed`. */
  #openFrom = -Infinity;
  #isEnding = false;
  #lastRefusal: Refusal["reason"] | null = null;

  /** @param onIdle called when nothing waits and no chain is held any more */
  constructor(deps: PersonLedgerDeps, onIdle: () => void) {
    this.#deps = deps;
    this.#onIdle = onIdle;
    this.waiting = new WaitingCalls(deps.bound, (lost) => deps.count("gaps", lost));
    this.writer = new ChainWriter(deps, this.waiting);
  }

  /** Why the last row was not stored; null where it was, or nobody knows. */
  get lastRefusal(): Refusal["reason"] | null {
    return this.#lastRefusal;
  }

  /** Keeps the call's token for the rows to come, where it lives longer than the one at hand; and what counts the call's grant. */
  keep(caller: Caller, window?: CountGrant): void {
    if (this.#caller === null || servicesEnd(caller.principal) >= servicesEnd(this.#caller.principal)) {
      this.#caller = caller;
    }
    if (window !== undefined) this.writer.countBy(caller.principal, window);
  }

  /** Has a call wait for a row. */
  add(call: WaitingCall): void {
    this.waiting.add(call);
    if (this.#deps.closing.aborted) return this.waiting.clear(true);
    if (this.#running !== null || this.#timer?.kind === "retry") return;
    if (this.waiting.length >= LEDGER_GATHER_CALLS) void this.flush();
    else if (this.#timer?.kind !== "gather") this.#arm();
  }

  /** There is no ledger, for want of a key: lets go of the token, unless something waits for it. */
  rest(refusal: Refusal): void {
    this.#lastRefusal = refusal.reason;
    if (this.#running === null && this.#timer === null) this.#arm();
  }

  /**
   * Data is about to be pushed. Undefined where a row of the chain is stored; otherwise one is, even without a call, for
   * {@link LEDGER_OPENING_MS} at most: who is killed right after the push leaves an open end, so that the data's missing entry is no alarm.
   */
  openFor(caller: Caller): Promise<void> | undefined {
    this.#pushing += 1;
    if (this.writer.hasRow && !this.#isEnding) return undefined;
    if (this.#timer?.kind === "retry" || this.#deps.clock.elapsed() < this.#openFrom) return undefined;
    this.keep(caller);
    return this.#opening ??= this.#open().finally(() => this.#opening = null);
  }

  /** A push is over. */
  pushed(): void {
    this.#pushing = Math.max(0, this.#pushing - 1);
  }

  /** Resolves when the call is stored, or cannot be stored now. */
  async settle(call: WaitingCall): Promise<void> {
    await call.entering;
    while (call.state === "waiting" || call.state === "taken") {
      this.#isUrgent = true;
      if (!await this.flush()) return;
    }
  }

  /** Stores what waits, and the end of the chain. Nothing runs any more once it resolves. */
  async end(): Promise<void> {
    this.#isEnding = true;
    while (this.#isEnding && (this.#running !== null || this.waiting.length > 0 || this.writer.hasChain)) {
      if (!await this.flush()) return;
    }
    this.#isEnding = false;
  }

  /** Tries nothing any more. To be called once nothing runs. */
  close(): void {
    this.#stopTimer();
  }

  /** Stores what waits. False where a row could not be stored; another try is made later. Never rejects. */
  flush(): Promise<boolean> {
    this.#stopTimer();
    return this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (!this.#deps.closing.aborted) this.#arm();
    });
  }

  async #open(): Promise<void> {
    const { clock } = this.#deps;
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(LEDGER_OPENING_MS, late.resolve);
    await Promise.race([this.#storeFirst(), late.promise]);
    cancel();
    if (!this.writer.hasRow) this.#openFrom = clock.elapsed() + MAX_LEDGER_RETRY_MS;
  }

  async #storeFirst(): Promise<void> {
    // A run under way may end the chain, or has begun without this.
    while (!this.writer.hasRow || this.#isEnding) {
      this.#isOpening = true;
      if (!await this.flush()) break;
    }
    this.#isOpening = false;
  }

  async #run(): Promise<boolean> {
    do {
      const caller = this.#caller;
      const isOver = caller === null || servicesEnd(caller.principal) <= this.#deps.clock.calendar();
      if (isOver) return this.#giveUp();
      try {
        const asked = { isEnd: this.#isEnding, isOpening: this.#isOpening };
        if (!await this.writer.storeBatch(caller, asked)) return this.#later();
        if (!this.writer.hasChain) this.#isEnding = false;
      } catch (error) {
        // With the token of the next call it may work.
        if (isTokenRefused(error) && this.#caller === caller) this.#caller = null;
        return this.#fail(error instanceof Refused ? error.refusal : { reason: "internal" });
      }
      this.#lastRefusal = null;
      this.#retryMs = 0;
    } while (
      this.waiting.length >= LEDGER_GATHER_CALLS || (this.waiting.length > 0 && this.#isUrgent) ||
      this.#isEnding
    );
    this.#isUrgent = false;
    return true;
  }

  /** For certain, nothing is stored of what was tried. */
  #fail(refusal: Refusal): false {
    this.#lastRefusal = refusal.reason;
    // What a service cannot do now, it may do later: the row is made anew then.
    if (refusal.reason === "upstream-failed") return this.#later();
    this.writer.lose();
    // Nobody is noted who has no key: no server could read the ledger, nor seal it.
    this.waiting.clear(!hasNoKey(refusal));
    this.#retryMs = MAX_LEDGER_RETRY_MS;
    return false;
  }

  #later(): false {
    this.#retryMs = Math.min(Math.max(LEDGER_RETRY_MS, 2 * this.#retryMs), MAX_LEDGER_RETRY_MS);
    return false;
  }

  #giveUp(): false {
    this.writer.giveUp();
    this.waiting.clear(true);
    this.#caller = null;
    this.#retryMs = 0;
    return false;
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Sets the one timer: for another try, for what waits, or for the end of a chain that idles. */
  #arm(): void {
    this.#stopTimer();
    if (this.writer.hasBatch || this.waiting.length > 0) {
      const flush = () => void this.flush();
      if (this.#retryMs > 0) return this.#set("retry", this.#retryMs, flush);
      return this.#set("gather", LEDGER_GATHER_MS, flush);
    }
    const until = (this.#caller === null ? 0 : servicesEnd(this.#caller.principal)) - LEDGER_END_MARGIN_MS;
    const leftMs = Math.min(LEDGER_IDLE_MS, until - this.#deps.clock.calendar());
    if (this.writer.hasChain && leftMs > 0) return this.#set("idle", leftMs, () => this.#endIdle());
    this.writer.giveUp();
    this.#caller = null;
    this.#onIdle();
  }

  /** Ends the chain, once no push is under way: a kill right after that push would look like an entry that was removed. */
  #endIdle(): void {
    if (this.#pushing > 0) return this.#set("idle", LEDGER_GATHER_MS, () => this.#endIdle());
    void this.end();
  }

  #set(kind: Timer["kind"], ms: number, run: () => void): void {
    this.#timer = { kind, cancel: this.#deps.clock.after(ms, run) };
  }
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof Refused && error.refusal.reason === "upstream-token-refused";
}

interface Timer {
  readonly kind: "retry" | "gather" | "idle";
  readonly cancel: () => void;
}
