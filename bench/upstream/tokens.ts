/** Tokens of the stub's people, signed as the auth service signs them (EdDSA), and the key to check them with. */
export interface Tokens {
  /** The public key, base64url, as the `x` of a JWK. */
  readonly publicKey: string;
  /** The answer of the key set endpoint. */
  readonly keySet: string;
  /** A token of this person, good for {@link TOKEN_SECONDS}. */
  mint(subject: string): Promise<string>;
}

/** A person's own token lives 15 minutes in production; here as long as the longest run. */
export const TOKEN_SECONDS = 6 * 60 * 60;
/** Audience of the tokens. */
export const AUDIENCE = "mana";
const KEY_ID = "bench";

/** Makes a key pair and whatever needs it. `issuer` is the stub's own address. */
export async function createTokens(issuer: string): Promise<Tokens> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("Cannot make the key pair of the benchmark");
  const publicKey = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const header = encoded({ alg: "EdDSA", typ: "JWT", kid: KEY_ID });
  return {
    publicKey,
    keySet: JSON.stringify({
      keys: [{ kid: KEY_ID, kty: "OKP", crv: "Ed25519", alg: "EdDSA", x: publicKey }],
    }),
    async mint(subject) {
      const issued = Math.floor(Date.now() / 1000);
      const claims = encoded({
        sub: subject,
        email: `${subject}@mana.test`,
        role: "user",
        sid: subject,
        tier: "public",
        iss: issuer,
        aud: AUDIENCE,
        iat: issued,
        exp: issued + TOKEN_SECONDS,
      });
      const signed = new TextEncoder().encode(`${header}.${claims}`);
      const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, signed));
      return `${header}.${claims}.${base64url(signature)}`;
    },
  };
}

/** The user id in a token, without checking it: the gateway does that. Null where there is none. */
export function subjectIn(authorization: string | null): string | null {
  const payload = authorization?.split(".")[1];
  if (payload === undefined) return null;
  const claims: unknown = JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" })),
  );
  const subject: unknown = typeof claims === "object" && claims !== null ? Reflect.get(claims, "sub") : null;
  return typeof subject === "string" ? subject : null;
}

function encoded(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
