// The account for reviewers at the embedded backend: registered by the front door that everybody uses, so that it has the rights of any
// person and no others. Its token stays in this process.
import { z } from "zod";
import { signIn } from "../stack/sign_in.ts";

/** Makes the account with a password that nobody can guess, and its key. Throws with words for the person at the terminal. */
export async function makeReviewAccount(
  { authUrl, email, request = fetch, randomBytes }: ReviewAccountOptions,
): Promise<ReviewAccount> {
  const password = randomBytes(18).toBase64({ alphabet: "base64url" });
  const registered = await post(request, `${authUrl}/api/v1/auth/register`, {
    email,
    password,
    name: "Robin Reviewer",
  });
  if (registered.status === 409 || registered.status === 422) {
    throw new Error(
      `${email} has an account already: give another address with --email, such as reviewer2@…`,
    );
  }
  if (!registered.ok) {
    throw new Error(
      `Cannot make ${email}: the auth service answered ${registered.status}. Only the embedded backend makes accounts this way; elsewhere make one by hand and give its token in MANA_TOKEN.`,
    );
  }
  const token = await login(request, authUrl, email, password);
  const vault = await post(request, `${authUrl}/api/v1/me/encryption-vault/init`, {}, token);
  if (!vault.ok) throw new Error(`Cannot make the key of ${email}: the vault answered ${vault.status}`);
  return { email, password, token };
}

/** Where and for whom. */
export interface ReviewAccountOptions {
  readonly authUrl: string;
  readonly email: string;
  /** The network by default; tests pass the backend itself. */
  readonly request?: typeof fetch;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** The account. The token is never printed. */
export interface ReviewAccount {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

async function login(
  request: typeof fetch,
  authUrl: string,
  email: string,
  password: string,
): Promise<string> {
  if (request === fetch) return await signIn(authUrl, email, password);
  const answer = await post(request, `${authUrl}/api/v1/auth/login`, { email, password });
  return z.object({ accessToken: z.string() }).parse(await answer.json()).accessToken;
}

async function post(request: typeof fetch, url: string, body: unknown, token?: string): Promise<Response> {
  const answer = await request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!url.endsWith("/login")) await answer.body?.cancel();
  return answer;
}
