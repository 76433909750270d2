/**
 * Who calls, as the verified token says (contract: auth-vault section 1). Made once by the verifier and passed on as a
 * value; nothing below reads a header or a token again.
 */
export interface Principal {
  /** `iss` of the token. */
  readonly issuer: string;
  /** `sub` of the token: the person's id. */
  readonly subject: string;
  /** `role` of the token; only `user` when the token has none. */
  readonly role: string;
  /** What the token allows; null for the person's own token, which allows everything. */
  readonly scopes: ReadonlySet<string> | null;
  /** Seconds since the epoch at which the token ends. */
  readonly expiresAt: number;
}

/** One string for one person over all issuers, for use as a map key. */
export function principalKey(principal: Pick<Principal, "issuer" | "subject">): string {
  return JSON.stringify([principal.issuer, principal.subject]);
}

/** The token of the request in hand, for the upstream calls that this request causes; never kept beyond it. */
export interface Caller {
  readonly principal: Principal;
  readonly token: string;
}
