// A cache in front of the verifier: whose token it is, for a minute. It keeps digests of tokens, never tokens.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { hash } from "node:crypto";
import { TOKEN_CACHE_ENTRIES, TOKEN_CACHE_MS } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import type { Principal } from "./principal.ts";
import type { Verifier } from "./verifier.ts";

/** A verifier that remembers. */
export interface VerifiedTokens extends Verifier {
  /** Whose token it is, when that was found out a moment ago; undefined otherwise. */
  known(token: Secret<string>): Principal | undefined;
  /** Forgets a token at once, because it was taken back. */
  forget(token: Secret<string>): void;
  /** The same of a connected client's token that is known by its id alone. */
  forgetId(tokenId: string): void;
}

/**
 * Creates a cache in front of the verifier: a signature costs more than all the rest of a small call. A token is believed
 * for {@link TOKEN_CACHE_MS} and never past its own end; so a signing key that was withdrawn lives on for as long.
 * Entries are found by SHA-256 of the token, so that a dump of the memory holds no token that would still work. Only good
 * tokens are kept: made-up ones must not push them out.
 */
export function createVerifiedTokens({ verifier, clock }: {
  readonly verifier: Verifier;
  readonly clock: Clock;
}): VerifiedTokens {
  const verified = createExpiringCache<Principal>({ clock, maxEntries: TOKEN_CACHE_ENTRIES });
  /** Digests of clients' tokens by id. */
  const digests = createBoundedCache<string>(TOKEN_CACHE_ENTRIES);
  const markOf = (token: Secret<string>): string => hash("sha256", token.reveal(), "hex");

  return Object.freeze({
    known: (token: Secret<string>) => verified.get(markOf(token)),
    async verify(token: Secret<string>, tally?: RequestTally): Promise<Principal> {
      const principal = await verifier.verify(token, tally);
      const until = Math.min(clock.calendar() + TOKEN_CACHE_MS, principal.expiresAt * 1000);
      const mark = markOf(token);
      verified.set(mark, principal, until);
      if (principal.client !== null) digests.set(principal.client.tokenId, mark);
      return principal;
    },
    forget: (token: Secret<string>) => verified.delete(markOf(token)),
    forgetId: (tokenId: string) => verified.delete(digests.peek(tokenId) ?? ""),
  });
}
