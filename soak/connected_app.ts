import { z } from "zod";
import { createBrowser } from "../tests/_support/browser.ts";
import type { Person, Place } from "./people.ts";

const Registered = z.object({ client_id: z.string() });
const Tokens = z.object({ access_token: z.string(), refresh_token: z.string() });
/** Nobody listens there: the browser is asked where it would go. */
const REDIRECT = "http://127.0.0.1:9/callback";

/** A client that a person let in by OAuth, for some modules and one space only. */
export interface ConnectedApp {
  /** The newest token. */
  token(): string;
  /** Asks for another one, until an answer is lost: a refresh token may be used once, and who knows if it was. */
  refresh(): Promise<boolean>;
}

/** Connects an app called `name`: `person` signs in, allows what is asked for, and the app redeems its code. */
export async function connectApp(
  issuer: string,
  resource: string,
  person: Person,
  { name, scopes, place }: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly place: Place;
  },
): Promise<ConnectedApp> {
  const registered = await fetch(`${issuer}/api/auth/oauth2/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: "none",
    }),
  });
  const { client_id } = Registered.parse(await registered.json());
  const verifier = crypto.getRandomValues(new Uint8Array(32)).toHex();
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const challenge = new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true });
  const asked = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: REDIRECT,
    state: "soak",
    scope: [...scopes, `space:${place.id}`, "offline_access"].join(" "),
    code_challenge: challenge,
    code_challenge_method: "S256",
    resource,
  });
  const browser = createBrowser(issuer, (request) => fetch(new Request(request, { redirect: "manual" })));
  const signIn = await browser.open(`/api/auth/oauth2/authorize?${asked}`);
  const { email, password } = person;
  const consent = await browser.submit(signIn, "/sign-in", { email, password });
  const { leaves } = await browser.submit(consent, "/consent", {
    answer: "yes",
    preset: "choose",
    allow: scopes,
  });
  const code = leaves === undefined ? null : new URL(leaves).searchParams.get("code");
  if (code === null) throw new Error(`Cannot connect ${name}: the consent page gave no code`);

  const redeem = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({ client_id, ...fields });
    const answer = await fetch(`${issuer}/api/auth/oauth2/token`, { method: "POST", body });
    return Tokens.parse(await answer.json());
  };
  let tokens = await redeem({
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  });
  let isLost = false;
  return {
    token: () => tokens.access_token,
    async refresh() {
      if (isLost) return false;
      try {
        tokens = await redeem({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
        return true;
      } catch {
        isLost = true;
        return false;
      }
    },
  };
}
