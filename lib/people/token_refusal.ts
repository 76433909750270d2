// Whether a service refused the caller's token, or the grant behind it, in the course of one request, whose answer is 401 then.
import { type Refusal, Refused } from "../kit/errors.ts";

/**
 * Whether a service refused the caller's token (HTTP 401), or said that its grant is over, while one request was worked on. The answer to the request is
 * then 401 too, since that is what a client renews its token on; the words of a failed tool call tell only the model. A
 * class, since one is made per request.
 */
export class TokenRefusal {
  readonly #onRefused: () => void;
  #refusal: Refusal | null = null;

  /** @param onRefused called once, when the token is refused: what was believed of the token has to be forgotten */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
  }

  /** Told of each refusal of a call; takes notice of `upstream-token-refused` and `token-revoked` alone. */
  note(refusal: Refusal): void {
    if (refusal.reason !== "upstream-token-refused" && refusal.reason !== "token-revoked") return;
    if (this.#refusal !== null) return;
    this.#refusal = refusal;
    this.#onRefused();
  }

  /** Throws Refused `upstream-token-refused` or `token-revoked` when one of them was noted. */
  demandNone(): void {
    if (this.#refusal !== null) throw new Refused(this.#refusal);
  }
}
