import type { Clock } from "../kit/clock.ts";
import { decodeProtectedHeader, errors, importJWK, jwtVerify } from "@panva/jose";
import { z } from "zod";
import { type Refusal, Refused } from "../kit/errors.ts";
import { CLOCK_TOLERANCE_SECONDS, JWKS_COOLDOWN_MS, JWKS_MAX_AGE_MS, JWKS_STALE_MS } from "../kit/limits.ts";
import { MAX_SCOPE_CHARS, parseScopes } from "./scopes.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { ServiceClient } from "../services/service_client.ts";
import type { Principal } from "./principal.ts";

/** Dependencies of {@link createVerifier}. */
export interface VerifierDeps {
  readonly services: ServiceClient;
  /** Base URL of the auth service; keys are at `/api/auth/jwks` (contract: auth-vault section 1). */
  readonly authUrl: string;
  readonly issuers: readonly string[];
  /** Audience of the person's own tokens. */
  readonly audience: string;
  /** Whether an audience of a connected client's token is this gateway (RFC 8707). */
  readonly isOurs: (audience: string) => boolean;
  readonly clock: Clock;
}

/** Turns a token into a {@link Principal}. */
export interface Verifier {
  /** Throws Refused `token-*` for a token that is not good, `upstream-failed` when no keys can be had. */
  verify(token: Secret<string>, tally?: RequestTally): Promise<Principal>;
}

const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });
/** Only Ed25519 signing keys are taken; others in the set are somebody else's business. */
const SigningKey = z.object({
  kid: z.string().min(1),
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  use: z.literal("sig").optional(),
});
const Claims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  // "." and ".." would climb out of an upstream path, percent-encoded or not (path injection).
  sub: z.string().min(1).max(256).refine((sub) => sub !== "." && sub !== ".."),
  role: z.string().max(64).optional(),
  scope: z.string().max(MAX_SCOPE_CHARS).optional(),
  exp: z.number(),
});

/** What a connected client's access token has besides (RFC 9068 section 2.2); `gid` is the embedded backend's. */
const ClientClaims = z.object({
  client_id: z.string().min(1).max(2_048),
  jti: z.string().min(1).max(256),
  scope: z.string().max(MAX_SCOPE_CHARS),
  gid: z.string().max(256).optional(),
});

type Key = Awaited<ReturnType<typeof importJWK>>;
interface Keys {
  readonly byId: ReadonlyMap<string, Key>;
  readonly at: number;
}

/**
 * Creates the verifier: EdDSA only, issuer and audience pinned, keys only from the configured auth service.
 * `jku`, `x5u` and `jwk` in a token's header are never looked at (key confusion, RFC 8725 section 3.1 and 3.10).
 */
export function createVerifier(deps: VerifierDeps): Verifier {
  let keys: Keys | null = null;
  let loading: Promise<Keys> | null = null;
  let failure: { readonly at: number; readonly error: unknown } | null = null;

  const load = (tally?: RequestTally): Promise<Keys> => {
    loading ??= fetchKeys(deps, tally).then((fresh) => {
      failure = null;
      return keys = fresh;
    }, (error: unknown) => {
      failure = { at: deps.clock.calendar(), error };
      throw error;
    }).finally(() => loading = null);
    return loading;
  };

  /** The key of this id, asking the auth service when the set is old or does not have it. */
  const keyFor = async (kid: string, tally?: RequestTally): Promise<Key | undefined> => {
    const now = deps.clock.calendar();
    if (keys === null || ageAt(now, keys) >= JWKS_STALE_MS) return (await load(tally)).byId.get(kid);
    const known = keys.byId.get(kid);
    // A made-up key id must not make us hammer the auth service: one refetch per cooldown, also while it is down.
    if (ageAt(now, keys) < (known === undefined ? JWKS_COOLDOWN_MS : JWKS_MAX_AGE_MS)) return known;
    try {
      if (failure !== null && ageAt(now, failure) < JWKS_COOLDOWN_MS) throw failure.error;
      return (await load(tally)).byId.get(kid);
    } catch (error) {
      // A short outage of the auth service must not log everybody out; a token lives 15 minutes anyway.
      if (known === undefined) throw error;
      return known;
    }
  };

  return Object.freeze({
    async verify(hidden: Secret<string>, tally?: RequestTally): Promise<Principal> {
      const token = hidden.reveal();
      const header = protectedHeader(token);
      // Checked before any key is looked up: `none` and HS256 with the public key as secret end here (RFC 8725 section 3.1).
      if (header.alg !== "EdDSA") throw new Refused({ reason: "token-algorithm" });
      if (typeof header.kid !== "string") throw new Refused({ reason: "token-malformed" });
      const isClient = isAccessToken(header.typ);
      const key = await keyFor(header.kid, tally);
      if (key === undefined) throw new Refused({ reason: "token-key-unknown" });
      let payload: unknown;
      try {
        ({ payload } = await jwtVerify(token, key, {
          algorithms: ["EdDSA"],
          issuer: [...deps.issuers],
          ...(isClient ? {} : { audience: deps.audience }),
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(deps.clock.calendar()),
          requiredClaims: ["exp"],
        }));
      } catch (error) {
        throw new Refused(tokenRefusal(error), { cause: error });
      }
      const claims = Claims.safeParse(payload);
      if (!claims.success) {
        const [wrong] = claims.error.issues.map(({ path }) => path[0]);
        throw new Refused({
          reason: wrong === "aud"
            ? "token-audience"
            : wrong === "scope"
            ? "token-malformed"
            : "token-subject",
        });
      }
      const { iss, sub, role, scope, exp, aud } = claims.data;
      // The tolerance is for clocks that are behind the issuer's (nbf, iat). An end that was reached gets none: the services
      // give none either, and a call that they refuse must be refused here, with the 401 on which clients renew.
      if (exp * 1000 <= deps.clock.calendar()) throw new Refused({ reason: "token-expired" });
      const person = { issuer: iss, subject: sub, role: role ?? "user", expiresAt: exp };
      // Told apart by type, and each has its own audience: neither passes for the other (RFC 9068 section 4).
      if (isClient && ![aud].flat().some(deps.isOurs)) throw new Refused({ reason: "token-audience" });
      if (!isClient) {
        return Object.freeze({
          ...person,
          scopes: scope === undefined ? null : parseScopes(scope),
          client: null,
        });
      }
      const client = ClientClaims.safeParse(payload);
      if (!client.success) throw new Refused({ reason: "token-malformed" });
      const { client_id: id, jti, gid } = client.data;
      return Object.freeze({
        ...person,
        scopes: parseScopes(client.data.scope),
        client: Object.freeze({ id, name: "", tokenId: JSON.stringify([iss, jti]), grantId: gid ?? "" }),
      });
    },
  });
}

/** Without end where the clock was set back behind it: that must not lengthen the life of a key set, or of a failure. */
function ageAt(now: number, { at }: { readonly at: number }): number {
  return now >= at ? now - at : Infinity;
}

/** Whether a token's type makes it a client's. Throws Refused `token-malformed` for a type that is none of ours. */
function isAccessToken(typ: unknown): boolean {
  if (typ === undefined) return false;
  const name = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : "";
  if (name !== "jwt" && name !== "at+jwt") throw new Refused({ reason: "token-malformed" });
  return name === "at+jwt";
}

function protectedHeader(token: string): {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly typ?: unknown;
} {
  try {
    return decodeProtectedHeader(token);
  } catch (error) {
    throw new Refused({ reason: "token-malformed" }, { cause: error });
  }
}

async function fetchKeys(deps: VerifierDeps, tally?: RequestTally): Promise<Keys> {
  const answer = await deps.services.send({
    service: "auth",
    url: `${deps.authUrl}/api/auth/jwks`,
    ...(tally === undefined ? {} : { tally }),
  });
  if (answer.status !== 200) {
    throw new Refused({
      reason: "upstream-failed",
      upstream: "auth",
      fault: "rejected",
      status: answer.status,
    });
  }
  const set = KeySet.safeParse(answer.json);
  if (!set.success) throw new Refused({ reason: "upstream-failed", upstream: "auth", fault: "malformed" });
  const byId = new Map<string, Key>();
  for (const candidate of set.data.keys) {
    const key = SigningKey.safeParse(candidate);
    if (!key.success) continue;
    const { kid, kty, crv, x } = key.data;
    byId.set(kid, await importJWK({ kty, crv, x }, "EdDSA"));
  }
  return { byId, at: deps.clock.calendar() };
}

/** jose's error to our reason; its text stays inside. */
function tokenRefusal(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return { reason: "token-expired" };
  if (error instanceof errors.JWSSignatureVerificationFailed) return { reason: "token-signature" };
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case "iss":
        return { reason: "token-issuer" };
      case "aud":
        return { reason: "token-audience" };
      case "nbf":
        return { reason: "token-not-yet-valid" };
      case "exp":
        return { reason: "token-expired" };
    }
  }
  return { reason: "token-malformed" };
}
