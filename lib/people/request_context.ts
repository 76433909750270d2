// What one request carries through the gateway: who asks, with which token, in which space. Made by entry/authenticate.ts.
import type { Caller, Principal } from "./principal.ts";
import type { TokenRefusal } from "./token_refusal.ts";

/** What the HTTP edge established about one request before the protocol sees it; handed on as a value. */
export interface RequestContext {
  /** The verified caller with the token of this request. */
  readonly caller: Caller;
  /** `X-Mana-Space` as sent, null when absent. */
  readonly space: string | null;
  /** `X-Mana-Time-Zone`, else the zone of a connected client's grant, each checked to be an IANA zone; null where there is neither. */
  readonly timeZone: string | null;
  /** The profile of tools that the address names (`/mcp?profile=daily`), checked to be one; null where it names none. */
  readonly profile: string | null;
  /** `X-Mana-Fresh: strict`: nothing that was pulled before this request will do. */
  readonly isStrict: boolean;
  /** Whether the caller's access still stands, for a stream that outlives its request. */
  readonly stands: () => Promise<boolean>;
  /** Calls `look` soon after news that access may have changed, until the returned function is called. */
  readonly onAccessNews: (look: () => void) => () => void;
  /** The principal with what was last found of a connected client's grant, by this request or a later one. */
  readonly current: () => Principal;
  /**
   * The caller again, with a token that the services take now; for what outlives its request. Throws Refused
   * `token-revoked`, `exchange-unavailable` or `upstream-failed`. Does not check when the person's own token
   * expires; callers do.
   */
  readonly again: () => Promise<Caller>;
  /** Whether a service refused the token of this request; see {@link TokenRefusal}. */
  readonly tokenRefusal: TokenRefusal;
  /** 32 hex digits that tie the log lines of one request together. */
  readonly traceId: string;
}
