import { Hono } from "@hono/hono";
import { z } from "zod";
import { jsonAnswer } from "../http/json_answer.ts";
import { parseJsonBody } from "../http/parse_json_body.ts";
import { authError } from "./auth_answer.ts";
import type { AuthErrorCode } from "./auth_answer.ts";
import { type Identity, isAuthRefusal } from "./identity.ts";
import { ADMISSION_HEADER } from "./identity_options.ts";
import type { Lockout, LoginOutcome } from "./lockout.ts";
import { toClaims } from "./tokens/token_claims.ts";
import type { VerifyToken } from "./tokens/token_verifier.ts";

/** `/api/v1/auth/*` (auth-vault, section 3). */
export function createAccountRoutes(deps: AccountRoutesDeps): Hono {
  const { identity, lockout } = deps;
  const routes = new Hono();

  routes.get("/jwks", async () => jsonAnswer(200, await identity.api.getJwks()));

  routes.post("/register", async (c) => {
    const body = await parseJsonBody(c.req.raw, Registration);
    if (body === undefined) return authError("VALIDATION", "A valid email and a password are required");
    const name = body.name ?? body.email.split("@")[0] ?? body.email;
    try {
      const made = await identity.api.signUpEmail({
        body: { email: body.email, password: body.password, name },
      });
      return jsonAnswer(200, made);
    } catch (error) {
      if (!isAuthRefusal(error)) throw error;
      return authError(REGISTRATION_REFUSALS[error.body?.code ?? ""] ?? "VALIDATION", error.message);
    }
  });

  routes.post("/login", async (c) => {
    const body = await parseJsonBody(c.req.raw, Credentials);
    if (body === undefined) return authError("VALIDATION", "email and password are required");
    const { email, password } = body;
    const login = await lockout.guard(email, async () => {
      try {
        const answer = jsonAnswer(200, await logIn(deps, email, password));
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
    return login.locked ? lockedAnswer(login.retryAfterSeconds) : login.answer;
  });

  for (const path of ["/refresh", "/session-to-token"]) {
    routes.post(path, async (c) => {
      const { response: session, headers } = await identity.api.getSession({
        headers: c.req.raw.headers,
        returnHeaders: true,
      });
      if (session === null) return authError("UNAUTHORIZED", "No valid session");
      const stored = await (await identity.$context).internalAdapter.findSession(session.session.token);
      if (stored === null) return authError("UNAUTHORIZED", "No valid session");
      const accessToken = await mint(deps, stored);
      const answer = jsonAnswer(200, { accessToken, refreshToken: session.session.token });
      return withCookies(answer, headers);
    });
  }

  routes.post("/validate", async (c) => {
    const body = await parseJsonBody(c.req.raw, Token);
    const verified = body && await deps.verifyToken(body.token);
    return jsonAnswer(200, verified ? { valid: true, payload: verified.payload } : { valid: false });
  });

  routes.post("/logout", async (c) => {
    const { headers } = await identity.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
    return withCookies(jsonAnswer(200, { success: true }), headers);
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

const Registration = z.object({
  email: z.email(),
  password: z.string(),
  name: z.string().min(1).max(200).optional(),
});

const Credentials = z.looseObject({ email: z.string(), password: z.string() });

const Token = z.object({ token: z.string() });

/** What better-auth calls a refusal → what the account endpoints call it. */
const REGISTRATION_REFUSALS: Readonly<Record<string, AuthErrorCode>> = {
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "EMAIL_ALREADY_REGISTERED",
  USER_ALREADY_EXISTS: "EMAIL_ALREADY_REGISTERED",
  FAILED_TO_CREATE_USER: "EMAIL_ALREADY_REGISTERED", // two at once: the unique index decides
  PASSWORD_TOO_SHORT: "WEAK_PASSWORD",
  PASSWORD_TOO_LONG: "WEAK_PASSWORD",
  INVALID_EMAIL: "VALIDATION",
};

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
  const login = await deps.lockout.guard(body.email, async () => {
    // Serialised again from what was parsed here: the guarded address is the one that better-auth compares.
    const again = new Request(request.url, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await deps.identity.handler(again);
    return { outcome: toOutcome(answer.status), answer };
  });
  if (!login.locked) return login.answer;
  return jsonAnswer(429, { code: "ACCOUNT_LOCKED", message: LOCKED }, {
    "retry-after": String(login.retryAfterSeconds),
  });
}

const LOCKED = "Too many failed logins. Try again later.";

function lockedAnswer(retryAfterSeconds: number): Response {
  return authError("ACCOUNT_LOCKED", LOCKED, retryAfterSeconds);
}

function toOutcome(status: number): LoginOutcome {
  if (status === 401) return "wrong-password";
  return status === 200 ? "success" : "undecided";
}

async function logIn(deps: AccountRoutesDeps, email: string, password: string) {
  const { redirect, token, user } = await deps.identity.api.signInEmail({ body: { email, password } });
  const stored = await (await deps.identity.$context).internalAdapter.findSession(token);
  if (stored === null) throw new Error("Cannot read the session that was just made");
  return { redirect, token, user, accessToken: await mint(deps, stored), refreshToken: token };
}

async function mint(deps: AccountRoutesDeps, stored: { user: unknown; session: unknown }): Promise<string> {
  const payload = { ...toClaims(stored.user, stored.session), iat: Math.floor(deps.now() / 1000) };
  return (await deps.identity.api.signJWT({ body: { payload } })).token;
}

function withCookies(answer: Response, from: Headers): Response {
  for (const cookie of from.getSetCookie()) answer.headers.append("set-cookie", cookie);
  return answer;
}
