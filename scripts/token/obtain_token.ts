// Gets a person's JWT at any auth service of the contract: by its login, and where that asks for a second factor, by a session
// cookie. Repeats nothing that a service says. Contract: auth-vault sections 3 and 11.
import { z } from "zod";
import { askAuth, type AuthAnswer, NoToken } from "./ask_auth.ts";
import { describeRefusal } from "./describe_refusal.ts";

export { NoToken };

/** Returns a JWT, good for 15 minutes. Throws {@link NoToken}, which says what to do. */
export async function obtainToken(deps: ObtainTokenDeps): Promise<string> {
  const { email, password } = deps;
  if (email === "" || password === "") throw new NoToken("An e-mail address and a password are needed.");
  const answer = await askAuth(deps, "/api/v1/auth/login", { email, password });
  const login = Login.safeParse(answer.json);
  if (answer.status === 200 && login.success) return login.data.accessToken;
  if (answer.status !== 200 && answer.code !== "TWO_FACTOR_REQUIRED") throw describeRefusal(answer);
  return await obtainByCookie(deps);
}

/** Who wants a token, and where. */
export interface ObtainTokenDeps {
  /** Without a trailing slash. */
  readonly authUrl: string;
  readonly email: string;
  readonly password: string;
  /** Asks for the code of the second factor. */
  readonly askCode: () => Promise<string>;
  readonly fetch: typeof fetch;
}

/** Three parts in base64url and nothing else: what is printed must not be able to steer a terminal. */
const Jwt = z.string().max(8_192).regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const Login = z.object({ accessToken: Jwt });
const Token = z.object({ token: Jwt });
const SecondFactor = z.object({ twoFactorRedirect: z.literal(true) });

/** A login without a token: a second factor is asked for, or the token could not be made at once. */
async function obtainByCookie(deps: ObtainTokenDeps): Promise<string> {
  const { email, password } = deps;
  let session = await askAuth(deps, "/api/auth/sign-in/email", { email, password });
  if (session.status !== 200) throw describeRefusal(session);
  if (SecondFactor.safeParse(session.json).success) session = await confirm(deps, session);
  const answer = await askAuth(deps, "/api/auth/token", null, session.cookies);
  const token = Token.safeParse(answer.json);
  if (answer.status === 200 && token.success) return token.data.token;
  throw answer.status === 200
    ? new NoToken(
      "The auth service gave no token to the session: is this the address of a mana-auth service?",
    )
    : describeRefusal(answer);
}

/** Sends the code of the second factor, and returns the answer with the session's cookie. */
async function confirm(deps: ObtainTokenDeps, { cookies }: AuthAnswer): Promise<AuthAnswer> {
  // People type the code as their app shows it, in two groups.
  const code = (await deps.askCode()).replaceAll(/\s/g, "");
  if (code === "") {
    throw new NoToken("The account has a second factor: a code of the authenticator app is needed.");
  }
  const answer = await askAuth(deps, "/api/auth/two-factor/verify-totp", { code }, cookies);
  if (answer.status === 200) return answer;
  throw ["INVALID_CODE", "INVALID_TWO_FACTOR_COOKIE"].includes(answer.code ?? "")
    ? new NoToken("The code is wrong, or its time was over: start again with the next code.")
    : describeRefusal(answer);
}
