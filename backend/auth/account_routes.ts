// `/api/v1/auth/*`: register, log in, renew, log out, and the public keys (auth-vault, section 3).
// Passwords are compared by better-auth behind the lockout; no other way leads to a login.
import { Hono } from "@hono/hono";
import { z } from "zod";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { parseJsonBody } from "../../sign_in/http/parse_json_body.ts";
import { withCookies } from "../../sign_in/http/with_cookies.ts";
import { authError, type AuthErrorCode } from "./auth_answer.ts";
import { type Identity, isAuthRefusal } from "../../sign_in/identity/identity.ts";
import { ADMISSION_HEADER } from "../../sign_in/identity/identity_options.ts";
import type { Lockout, LoginOutcome } from "../../sign_in/people/lockout.ts";
import { toClaims } from "./tokens/token_claims.ts";
import type { VerifyToken } from "./tokens/token_verifier.ts";

/** The account endpoints. */
export function createAccountRoutes(deps: AccountRoutesDeps): Hono {
  const { identity } = deps;
  const routes = new Hono();
  routes.get("/jwks", async () => jsonAnswer(200, await identity.api.getJwks()));
  routes.post("/register", (c) => register(deps, c.req.raw));
  routes.post("/login", (c) => login(deps, c.req.raw));
  for (const path of ["/refresh", "/session-to-token"]) {
    routes.post(path, (c) => renew(deps, c.req.raw.headers));
  }
  routes.post("/validate", async (c) => {
    const body = await parseJsonBody(c.req.raw, Token);
    const verified = body && await deps.verifyToken(body.token);
    return jsonAnswer(200, verified ? { valid: true, payload: verified.payload } : { valid: false });
  });
  routes.post("/logout", async (c) => {
    const { headers } = await identity.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
    return withCookies(jsonAnswer(200, { success: true }), headers.getSetCookie());
  });
  return routes;
}

/** What the account endpoints need. */
export interface AccountRoutesDeps {
  readonly identity: Identity;
  readonly lockout: Lockout;
  readonly verifyToken: VerifyToken;
  readonly admission: string;
  readonly now: () => number;
}

/** `POST /api/auth/sign-in/email`: better-auth's own login, behind the same lockout. */
export async function signInWithCookie(deps: AccountRoutesDeps, request: Request): Promise<Response> {
  const body = await parseJsonBody(request, Credentials);
  if (body === undefined) {
    return jsonAnswer(400, { code: "VALIDATION", message: "email and password are required" });
  }
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/json");
  headers.set(ADMISSION_HEADER, deps.admission);
  const guarded = await deps.lockout.guard(body.email, async () => {
    // Serialised again from what was parsed here: the guarded address is the address that better-auth compares.
    const again = new Request(request.url, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await deps.identity.handler(again);
    return { outcome: toOutcome(answer.status), answer };
  });
  if (!guarded.locked) return guarded.answer;
  return jsonAnswer(429, { code: "ACCOUNT_LOCKED", message: LOCKED }, {
    "retry-after": String(guarded.retryAfterSeconds),
  });
}

const Registration = z.object({
  email: z.email(),
  password: z.string(),
  name: z.string().min(1).max(200).optional(),
});
const Credentials = z.looseObject({ email: z.string(), password: z.string() });
const Token = z.object({ token: z.string() });

const LOCKED = "Too many failed logins. Try again later.";

/** better-auth's name of a refusal → the name at the account endpoints. */
const REGISTRATION_REFUSALS: Readonly<Record<string, AuthErrorCode>> = {
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "EMAIL_ALREADY_REGISTERED",
  USER_ALREADY_EXISTS: "EMAIL_ALREADY_REGISTERED",
  FAILED_TO_CREATE_USER: "EMAIL_ALREADY_REGISTERED", // two at once: the unique index decides
  PASSWORD_TOO_SHORT: "WEAK_PASSWORD",
  PASSWORD_TOO_LONG: "WEAK_PASSWORD",
  INVALID_EMAIL: "VALIDATION",
};

async function register({ identity }: AccountRoutesDeps, request: Request): Promise<Response> {
  const body = await parseJsonBody(request, Registration);
  if (body === undefined) return authError("VALIDATION", "A valid email and a password are required");
  const { email, password } = body;
  const name = body.name ?? email.split("@")[0] ?? email;
  try {
    return jsonAnswer(200, await identity.api.signUpEmail({ body: { email, password, name } }));
  } catch (error) {
    if (!isAuthRefusal(error)) throw error;
    return authError(REGISTRATION_REFUSALS[error.body?.code ?? ""] ?? "VALIDATION", error.message);
  }
}

async function login(deps: AccountRoutesDeps, request: Request): Promise<Response> {
  const body = await parseJsonBody(request, Credentials);
  if (body === undefined) return authError("VALIDATION", "email and password are required");
  const { email, password } = body;
  const guarded = await deps.lockout.guard(email, async () => {
    try {
      const answer = jsonAnswer(200, await openSession(deps, email, password));
      return { outcome: "success" as const, answer };
    } catch (error) {
      if (!isAuthRefusal(error)) throw error;
      if (error.statusCode !== 401) {
        return { outcome: "undecided" as const, answer: authError("VALIDATION", error.message) };
      }
      const answer = authError("INVALID_CREDENTIALS", "Invalid email or password");
      return { outcome: "wrong-password" as const, answer };
    }
  });
  return guarded.locked ? authError("ACCOUNT_LOCKED", LOCKED, guarded.retryAfterSeconds) : guarded.answer;
}

async function openSession(deps: AccountRoutesDeps, email: string, password: string) {
  const { redirect, token, user } = await deps.identity.api.signInEmail({ body: { email, password } });
  const stored = await findSession(deps, token);
  if (stored === null) throw new Error("Cannot read the session that was just made");
  return { redirect, token, user, accessToken: await mint(deps, stored), refreshToken: token };
}

/** A new access token for the session of the cookie. */
async function renew(deps: AccountRoutesDeps, given: Headers): Promise<Response> {
  const { response: session, headers } = await deps.identity.api.getSession({
    headers: given,
    returnHeaders: true,
  });
  const stored = session && await findSession(deps, session.session.token);
  if (session === null || stored === null) return authError("UNAUTHORIZED", "No valid session");
  const accessToken = await mint(deps, stored);
  return withCookies(
    jsonAnswer(200, { accessToken, refreshToken: session.session.token }),
    headers.getSetCookie(),
  );
}

async function findSession({ identity }: AccountRoutesDeps, token: string) {
  return await (await identity.$context).internalAdapter.findSession(token);
}

async function mint(deps: AccountRoutesDeps, stored: { user: unknown; session: unknown }): Promise<string> {
  const payload = { ...toClaims(stored.user, stored.session), iat: Math.floor(deps.now() / 1000) };
  return (await deps.identity.api.signJWT({ body: { payload } })).token;
}

function toOutcome(status: number): LoginOutcome {
  if (status === 401) return "wrong-password";
  return status === 200 ? "success" : "undecided";
}
