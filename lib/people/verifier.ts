// Turns a token into a Principal, or refuses it. Signatures are signed_token.ts, keys come from accepted_signing_keys.ts. It never asks
// whether access was taken back since: client_access.ts does. Contract: auth-vault sections 1 and 12; RFC 7519, 8725, 9068.
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_SCOPE_CHARS, parseScopes } from "./scopes.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { Principal } from "./principal.ts";
import type { AccessKnowledge } from "./access_knowledge.ts";
import { type AcceptedSigningKeysDeps, createAcceptedSigningKeys } from "./accepted_signing_keys.ts";
import { readSignedPayload, readTokenHeader } from "./signed_token.ts";

/** Turns a token into a {@link Principal}. */
export interface Verifier {
  /** Throws Refused `token-*` for a token that is not good, `upstream-failed` when no keys can be had. */
  verify(token: Secret<string>, tally?: RequestTally): Promise<Principal>;
}

/** A server whose tokens are taken: under its issuers, signed with the keys at its address, and no others. */
export interface TokenIssuer {
  readonly server: AcceptedSigningKeysDeps;
  /** Values of `iss`. */
  readonly issuers: readonly string[];
}

/** Dependencies of {@link createVerifier}. */
export interface VerifierDeps {
  /** Issues people's own tokens: the auth service. */
  readonly ofPeople: TokenIssuer;
  /** Issues connected clients' tokens: the sign-in server, or the auth service as the very same `server`. */
  readonly ofClients: TokenIssuer;
  readonly clock: Clock;
  /** Audience of the person's own tokens. */
  readonly audience: string;
  /** Whether an audience of a connected client's token is this gateway (RFC 8707). */
  readonly isOurs: (audience: string) => boolean;
  /** Told how old the keys are that tokens are verified with; nobody by default. */
  readonly knowledge?: Pick<AccessKnowledge, "keysUsed">;
}

/**
 * Creates the verifier: algorithms, issuer and audience pinned, keys only from the server that issues this kind of token.
 * `jku`, `x5u` and `jwk` in a token's header are never looked at (key confusion, RFC 8725 section 3.1 and 3.10).
 */
export function createVerifier(deps: VerifierDeps): Verifier {
  const keysOf = (server: AcceptedSigningKeysDeps) =>
    createAcceptedSigningKeys(server, (ageMs) => deps.knowledge?.keysUsed(server.name, ageMs));
  const ofPeople = { issuers: [...deps.ofPeople.issuers], keys: keysOf(deps.ofPeople.server) };
  const isSignInSeparate = deps.ofClients.server !== deps.ofPeople.server;
  const ofClients = {
    issuers: [...deps.ofClients.issuers],
    keys: isSignInSeparate ? keysOf(deps.ofClients.server) : ofPeople.keys,
  };
  return Object.freeze({
    async verify(hidden: Secret<string>, tally?: RequestTally): Promise<Principal> {
      const token = hidden.reveal();
      const header = readTokenHeader(token);
      const isClient = isAccessToken(header.typ);
      // The type of a token alone decides whose it has to be. So a server that was broken into, or that signs what it is told to,
      // makes no tokens of the other kind (cross-JWT confusion, RFC 8725 sections 3.11 and 3.12).
      const { issuers, keys } = isClient ? ofClients : ofPeople;
      const key = await keys.keyFor(header.kid, tally);
      if (key === undefined) {
        const { server } = isClient ? deps.ofClients : deps.ofPeople;
        throw new Refused({ reason: "token-key-unknown", publisher: server.name });
      }
      const payload = await readSignedPayload(token, key, {
        issuers,
        ...(isClient ? {} : { audience: deps.audience }),
        now: deps.clock.calendar(),
      });
      const principal = principalOf(deps, payload, isClient);
      // The sign-in server is asked for a client's spaces by its grant: no grant, or dots that climb out of the path, opens nothing.
      if (isSignInSeparate && principal.client !== null && /^\.*$/.test(principal.client.grantId)) {
        throw new Refused({ reason: "token-malformed" });
      }
      return principal;
    },
  });
}

/** Who the claims of a verified token name. Throws Refused `token-*` for claims that are missing, wrong or over. */
function principalOf({ clock, isOurs }: VerifierDeps, payload: unknown, isClient: boolean): Principal {
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    const [wrong] = claims.error.issues.map(({ path }) => path[0]);
    throw new Refused({
      reason: wrong === "aud" ? "token-audience" : wrong === "scope" ? "token-malformed" : "token-subject",
    });
  }
  const { iss, sub, role, scope, exp, aud, act } = claims.data;
  // The tolerance is for clocks that are behind the issuer's (nbf, iat). An end that was reached gets none: the services
  // give none either, and a call that they refuse must be refused here, with the 401 on which clients renew.
  if (exp * 1000 <= clock.calendar()) throw new Refused({ reason: "token-expired" });
  const person = { issuer: iss, subject: sub, role: role ?? "user", expiresAt: exp };
  if (!isClient) {
    return Object.freeze({
      ...person,
      scopes: scope === undefined ? null : parseScopes(scope),
      client: null,
      ...(act === undefined ? {} : { isDelegated: true as const }),
    });
  }
  // The two kinds of token are told apart by type, and each has its own audience: neither passes for the other (RFC 9068
  // section 4).
  if (![aud].flat().some(isOurs)) throw new Refused({ reason: "token-audience" });
  const client = ClientClaims.safeParse(payload);
  if (!client.success) throw new Refused({ reason: "token-malformed" });
  const { client_id: id, jti, gid } = client.data;
  return Object.freeze({
    ...person,
    scopes: parseScopes(client.data.scope),
    client: Object.freeze({
      id,
      name: "",
      appKey: id,
      tokenId: JSON.stringify([iss, jti]),
      grantId: gid ?? "",
    }),
  });
}

const Claims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  // "." and ".." would climb out of an upstream path, percent-encoded or not (path injection).
  sub: z.string().min(1).max(256).refine((sub) => sub !== "." && sub !== ".."),
  role: z.string().max(64).optional(),
  scope: z.string().max(MAX_SCOPE_CHARS).optional(),
  exp: z.number(),
  act: z.unknown().optional(),
});

/** What a connected client's access token has besides (RFC 9068 section 2.2); `gid` is of our own sign-in. */
const ClientClaims = z.object({
  client_id: z.string().min(1).max(2_048),
  jti: z.string().min(1).max(256),
  scope: z.string().max(MAX_SCOPE_CHARS),
  gid: z.string().max(256).optional(),
});

/** Whether a token's type makes it a client's. Throws Refused `token-malformed` for a type that is none of ours. */
function isAccessToken(typ: unknown): boolean {
  if (typ === undefined) return false;
  const name = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : "";
  if (name !== "jwt" && name !== "at+jwt") throw new Refused({ reason: "token-malformed" });
  return name === "at+jwt";
}
