// Tokens of the stub's people, signed as the auth service signs them, and the key to check them with.
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "@panva/jose";

/** Audience of the tokens. */
export const AUDIENCE = "mana";
const KEY_ID = "bench";

/** Makes a key pair. `issuer` is the stub's own address. Tokens live as long as the longest run, not 15 minutes. */
export async function createTokens(issuer: string) {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA");
  const key = { ...await exportJWK(publicKey), kid: KEY_ID, alg: "EdDSA" };
  return {
    /** The answer of the key set endpoint. */
    keySet: JSON.stringify({ keys: [key] }),
    mint: (subject: string) =>
      new SignJWT({ email: `${subject}@mana.test`, role: "user", sid: subject, tier: "public" })
        .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: KEY_ID })
        .setSubject(subject).setIssuer(issuer).setAudience(AUDIENCE).setIssuedAt().setExpirationTime("6h")
        .sign(privateKey),
    /** The access token of an app that the person connected (RFC 9068), for the gateway at `resource`. */
    mintClient: (subject: string, { resource, grant }: ClientGrant) =>
      new SignJWT({ client_id: "bench-app", gid: grant, scope: "todo:read habits:read" })
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: KEY_ID }).setJti(crypto.randomUUID())
        .setSubject(subject).setIssuer(issuer).setAudience(resource).setIssuedAt().setExpirationTime("6h")
        .sign(privateKey),
  };
}

/** What a connected app was given. */
export interface ClientGrant {
  /** The gateway's own address. */
  readonly resource: string;
  readonly grant: GrantName;
}

/** The grants here: all that the scopes allow, or a document with conditions as well. */
export type GrantName = "whole" | "narrowed";

/** The user id in a token, without checking it: the gateway does that. Empty where there is none. */
export function subjectIn(authorization: string): string {
  return authorization.split(".").length === 3
    ? decodeJwt(authorization.slice("Bearer ".length)).sub ?? ""
    : "";
}
