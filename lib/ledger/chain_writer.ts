// Writes the rows of one person's chain, a batch of waiting calls at a time: asks for the key, tells of other chains, and sends the
// rows of one batch once those of the batch before are stored. When that is done, and with whose token, is for person_ledger.ts.
import type { Authorship, Keyless } from "../authorship/authorship.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { LEDGER_HEADS_MS, LEDGER_SEEN_MS } from "../kit/limits.ts";
import type { Caller, Principal } from "../people/principal.ts";
import type { Keyring } from "../sealing/keyring.ts";
import { ChainHeads } from "./chain_heads.ts";
import type { GrantWindow } from "./ledger_body.ts";
import type { LedgerKeys } from "./ledger_keys.ts";
import { makeBatch, type RowBatch } from "./row_batch.ts";
import { RowChain } from "./row_chain.ts";
import type { WaitingCalls } from "./waiting_calls.ts";

/** What rows are written with. */
export interface ChainWriterDeps {
  readonly sync: Pick<SyncClient, "pull" | "push">;
  readonly keyring: Pick<Keyring, "held" | "key">;
  readonly keys: LedgerKeys;
  readonly authorship: Pick<Authorship, "pseudonymOf" | "keyless">;
  readonly clock: Clock;
  /** 32 random hex digits. */
  readonly newId: () => string;
  readonly count: (what: LedgerCount, by: number) => void;
  /** Ends with the process. */
  readonly closing: AbortSignal;
}

/** What is counted of the grant of somebody's app; null where nothing is. */
export type CountGrant = (caller: Pick<Caller, "principal">) => GrantWindow | null;

/** Whose grant is counted. No token is held. */
export interface GrantCount {
  readonly principal: Principal;
  readonly window: CountGrant;
}

/** What is counted: rows and calls that were stored, and calls that were lost. */
export type LedgerCount = "rows" | "entries" | "gaps";

/** A class, since one is made per person. */
export class ChainWriter {
  readonly heads: ChainHeads;
  readonly #deps: ChainWriterDeps;
  readonly #waiting: WaitingCalls;
  /** By grant. */
  readonly #counts = new Map<string, GrantCount>();
  /** The chains that this process began, and when each was written last: as long as they are among the heads that are read. */
  readonly #own = new Map<string, number>();
  #chain: RowChain | null = null;
  #batch: RowBatch | null = null;
  /** When other chains were looked at last, milliseconds since 1970. */
  #headsAt = 0;

  constructor(deps: ChainWriterDeps, waiting: WaitingCalls) {
    this.#deps = deps;
    this.#waiting = waiting;
    this.heads = new ChainHeads(
      { ...deps, sealing: deps.keys.sealing },
      (chain) => chain === this.#chain?.id,
    );
  }

  /** Whether rows could follow. */
  get hasChain(): boolean {
    return this.#chain !== null;
  }

  /** Whether a row of a chain is stored that others may follow. */
  get hasRow(): boolean {
    return this.#chain !== null && this.#chain.length > 0;
  }

  /** Whether calls are on their way into rows. */
  get hasBatch(): boolean {
    return this.#batch !== null;
  }

  /** Whether this process began a chain. */
  isOwn(chain: string): boolean {
    return this.#own.has(chain);
  }

  /** What counts the grant of an app, for the rows to come. */
  countBy(principal: Principal, window: CountGrant): void {
    const { client } = principal;
    if (client === null || this.#counts.get(client.grantId)?.principal === principal) return;
    this.#counts.delete(client.grantId);
    this.#counts.set(client.grantId, { principal, window });
    if (this.#counts.size > MAX_COUNTED) this.#counts.delete(this.#counts.keys().next().value ?? "");
  }

  /**
   * Stores the batch at hand, or the next calls that wait, with the chain's end where `isEnd`. `isOpening`: a chain without a row gets
   * one, though nothing waits. False where nobody knows whether a row is stored: the same again sends the same. Throws what refused a
   * row for certain, or the key.
   */
  async storeBatch(
    caller: Caller,
    { isEnd, isOpening }: Readonly<Record<"isEnd" | "isOpening", boolean>>,
  ): Promise<boolean> {
    const { sync, closing, count } = this.#deps;
    const batch = this.#batch ??= await this.#nextBatch(caller, isEnd, isOpening && !this.hasRow);
    const chain = this.#chain;
    if (batch === null || chain === null) return true;
    const { bodies, key, at } = batch;
    if (!chain.isOpen) await chain.fix(key, caller.principal.subject, bodies, at);
    const sent = await chain.send(sync, caller, closing);
    if (sent.kind === "unknown") return false;
    if (sent.kind === "refused") throw new Refused(sent.refusal);
    count("rows", bodies.length);
    for (const hash of batch.told) chain.told.add(hash);
    for (const [other, seq] of batch.seen) chain.seen.set(other, seq);
    count("entries", batch.calls.length);
    this.#waiting.store(batch.calls, batch.gap);
    this.#batch = null;
    if (batch.isEnd) this.#chain = null;
    return true;
  }

  /** The batch at hand is lost. A row that may be stored ends its chain: another of its number would be a fork. */
  lose(): void {
    if (this.#batch !== null) this.#waiting.lose(this.#batch.calls);
    this.#batch = null;
    if (this.#chain?.isOpen === true) this.#chain = null;
  }

  /** No row follows in this chain. */
  giveUp(): void {
    this.lose();
    this.#chain = null;
  }

  /** The next calls that wait; null where nothing is to be written. */
  async #nextBatch(caller: Caller, isEnd: boolean, isOpening: boolean): Promise<RowBatch | null> {
    if (this.#waiting.length === 0 && !isOpening && (!isEnd || this.#chain === null)) return null;
    const { keyring, keys, closing, clock, authorship } = this.#deps;
    demandKey(authorship.keyless(caller.principal));
    const master = await keyring.key(caller, closing);
    const key = await keys.sealing(master);
    const at = clock.calendar();
    const chain = this.#chainFor(master, at);
    const isDue = chain.length === 0 || at - this.#headsAt >= LEDGER_SEEN_MS;
    if (isDue && (isOpening || this.#waiting.length > 0)) {
      this.#headsAt = at;
      // A row without them is better than none: the next one tells.
      await this.heads.refresh(caller, master, closing).catch(ignoreRefused);
    }
    const calls = this.#waiting.take();
    // The end stands behind everything that waits.
    const isLast = isEnd && this.#waiting.length === 0;
    try {
      return await makeBatch(
        chain,
        this.heads,
        (appKey) => authorship.pseudonymOf(caller, appKey, closing),
        { calls, key, at, gap: this.#waiting.gap, isEnd: isLast, counts: this.#counts },
      );
    } catch (error) {
      this.#waiting.putBack(calls);
      throw error;
    }
  }

  #chainFor(master: CryptoKey, now: number): RowChain {
    if (this.#chain === null || this.#chain.isFull) this.#chain = new RowChain(this.#deps.newId());
    const { id } = this.#chain;
    this.#own.delete(id);
    this.#own.set(id, now);
    for (const [chain, at] of this.#own) {
      if (now - at <= 2 * LEDGER_HEADS_MS) break;
      this.#own.delete(chain);
    }
    this.#chain.readWith(master);
    return this.#chain;
  }
}

/** Grants of which a row tells the counts. */
const MAX_COUNTED = 20;

/** Whoever could not sign a change for want of a key has just asked the vault. */
function demandKey(keyless: Keyless | null): void {
  if (keyless === "none") throw new Refused({ reason: "vault-not-initialised" });
  if (keyless === "failing") {
    throw new Refused({ reason: "upstream-failed", upstream: "vault", fault: "failed" });
  }
}

function ignoreRefused(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}
