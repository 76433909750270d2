// Who calls, as values: the person and client of a verified token, and the caller with the token of the request in hand.
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";

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
  /** The connected client the token was given to; null for the person's own token. */
  readonly client: ConnectedClient | null;
  /** An app acts for the person with this token of theirs (`act`, RFC 8693 section 4.1): it was exchanged. Absent otherwise. */
  readonly isDelegated?: true;
  /** Seconds since the epoch at which the token ends. */
  readonly expiresAt: number;
  /** The same of the token that goes to the services in its place; absent where it is the same token. */
  readonly exchangedUntil?: number;
}

/** A client that the person connected by OAuth, as its access token says (RFC 9068 section 2.2). */
export interface ConnectedClient {
  /** `client_id`. */
  readonly id: string;
  /** What it calls itself, as the auth service knows it; empty where it is not told. */
  readonly name: string;
  /**
   * Stands for the app across its connections, as the auth service tells apps apart to the person: opaque. The `client_id` where it is
   * not told. Not to be shown: a client is free to choose what it is made of.
   */
  readonly appKey: string;
  /** Issuer and `jti`: names this one token without being it. */
  readonly tokenId: string;
  /** `gid`: the grant behind the token, empty where the auth service names none. */
  readonly grantId: string;
  /** How many spaces the grant opens now; absent where the auth service does not say. */
  readonly spaceCount?: number;
  /** The person's time zone as the grant has it; absent where it has none. */
  readonly timeZone?: string;
  /** `write`: the person wants to be asked before each call of it that changes anything. */
  readonly askFirst?: "write";
  /** The profile of tools that the person picked for it; absent where none was picked. May name a profile that is no more. */
  readonly toolProfile?: string;
  /**
   * The `mana_records` entry of its grant as JSON text: which records it may see of what its scopes allow (lib/grants). Empty where the
   * auth service tells details that cannot be read, and then nothing is shown. Absent where scopes alone rule.
   */
  readonly recordsDocument?: string;
  /** How many records may be opened for it in an hour, as the person chose; absent where they chose nothing. */
  readonly readBudget?: number;
  /** `strict`: it is handed nothing that is not in the person's ledger first. */
  readonly ledger?: "strict";
}

/** One string for one person over all issuers, for use as a map key. The length tells where the issuer ends. */
export function principalKey({ issuer, subject }: Pick<Principal, "issuer" | "subject">): string {
  return `${issuer.length} ${issuer} ${subject}`;
}

/** When the token ends that goes to the services, in milliseconds since 1970. */
export function servicesEnd({ expiresAt, exchangedUntil = Infinity }: Principal): number {
  return Math.min(expiresAt, exchangedUntil) * 1000;
}

/**
 * The token of the request in hand, for the upstream calls that this request causes; never kept beyond it. One exception: the rows of
 * the person's ledger that tell of the request (ledger/person_ledger.ts), until the token ends at the latest.
 */
export interface Caller {
  readonly principal: Principal;
  readonly token: Secret<string>;
  /** Where what is done with the token is timed. */
  readonly tally: RequestTally;
  /** The person's spaces, as the sign-in server told them with the request of a page; absent otherwise: the auth service is asked. */
  readonly toldSpaces?: readonly ToldSpace[];
}

/** A space of a person, as the sign-in server tells it. */
export interface ToldSpace {
  readonly id: string;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
}

/** The header by which a service knows the person. */
export function bearerOf({ token }: Caller): { readonly authorization: string } {
  return { authorization: `Bearer ${token.reveal()}` };
}
