// The caller of a stream that outlives the request which opened it, with a token of now. Once the token has ended or access was
// taken back, nothing is done in the caller's name until a request of the same person brings a new token.
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import type { RequestContext } from "../people/request_context.ts";

/** A class, since one is made per stream. */
export class StreamCaller {
  readonly #deps: { readonly clock: Clock; readonly tally: RequestTally };
  readonly #person: string;
  readonly #signal: AbortSignal;
  readonly #onOver: () => void;
  #requestContext: RequestContext;
  #isOver = false;

  /** `onOver` is told once per token that ended, unless `signal`, the stream's, has ended first. */
  constructor(
    deps: { readonly clock: Clock; readonly tally: RequestTally },
    requestContext: RequestContext,
    signal: AbortSignal,
    onOver: () => void,
  ) {
    this.#deps = deps;
    this.#person = principalKey(requestContext.caller.principal);
    this.#signal = signal;
    this.#onOver = onOver;
    this.#requestContext = requestContext;
  }

  /** Whether the token has ended, and no newer token has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Who was let in last, with what was last found of the grant; asks nobody. */
  get principal(): Principal {
    return this.#requestContext.current();
  }

  /** The caller with a token of now; null, after {@link giveUp}, where there is none. Throws Refused where that cannot be known. */
  async now(): Promise<Caller | null> {
    const { again, caller } = this.#requestContext;
    const { clock, tally } = this.#deps;
    if (caller.principal.expiresAt * 1000 <= clock.calendar()) return this.giveUp();
    try {
      return { ...await again(), tally };
    } catch (error) {
      if (error instanceof Refused && error.refusal.reason === "token-revoked") return this.giveUp();
      throw error;
    }
  }

  /** The token is worth nothing any more. */
  giveUp(): null {
    if (this.#isOver || this.#signal.aborted) return null;
    this.#isOver = true;
    this.#onOver();
    return null;
  }

  /** From now on with the token of this request; ignores other people. Returns whether the stream was without a token. */
  renew(next: RequestContext): boolean {
    if (principalKey(next.caller.principal) !== this.#person) return false;
    this.#requestContext = next;
    const wasOver = this.#isOver;
    this.#isOver = false;
    return wasOver;
  }
}
