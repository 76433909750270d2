// `/api/v1/auth/*`: what the real service has before better-auth (auth-vault, sections 3 and 11).
import { APIError } from "better-auth/api";
import { z } from "zod";
import { refusal, type RefusalCode } from "./answers.ts";
import type { Identity } from "./identity.ts";
import type { Lockout } from "./lockout.ts";

/** Registers. Source: recorded, "register anna", "register the same address again", "register with a short password". */
export async function register({ identity }: AccountDeps, request: Request): Promise<Response> {
  const body = await parse(request, Registration);
  if (body === undefined) return refusal("VALIDATION", "A valid email and a password are required");
  const { email, password, name = email.split("@")[0] ?? email } = body;
  try {
    return Response.json(await identity.api.signUpEmail({ body: { email, password, name } }));
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    return refusal(REGISTRATION_REFUSALS[error.body?.code ?? ""] ?? "VALIDATION", error.message);
  }
}

/** What the account endpoints need. */
export interface AccountDeps {
  readonly identity: Identity;
  readonly lockout: Lockout;
}

/**
 * Logs in. Source: recorded, "log in anna", "log in with a wrong password"; section 3: 403 before the address is confirmed,
 * no cookie; section 11: the sixth wrong password is a lock of 1800 s. Not seen on the service: what it answers where a
 * second factor is asked for (section 3 says only that `accessToken` can be missing then).
 */
export async function login({ identity, lockout }: AccountDeps, request: Request): Promise<Response> {
  const body = await parse(request, Credentials);
  if (body === undefined) return refusal("VALIDATION", "email and password are required");
  const seconds = lockout.secondsLocked(body.email);
  if (seconds > 0) {
    return refusal("ACCOUNT_LOCKED", "Account is locked after too many failed logins", seconds);
  }
  try {
    const { headers, response } = await identity.api.signInEmail({
      body,
      headers: new Headers(),
      returnHeaders: true,
    });
    lockout.forget(body.email);
    const signedIn = SignedIn.safeParse(response);
    if (!signedIn.success) return Response.json(response);
    const { token } = await identity.api.getToken({ headers: { cookie: cookieOf(headers) } });
    return Response.json({ ...response, accessToken: token, refreshToken: signedIn.data.token });
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (error.statusCode === 403) return refusal("EMAIL_NOT_VERIFIED", "Email not verified");
    if (error.statusCode !== 401) return refusal("VALIDATION", error.message);
    lockout.recordFailure(body.email);
    return refusal("INVALID_CREDENTIALS", "Invalid email or password");
  }
}

/** Renews by the session cookie; a token in the body is ignored. Source: sections 3 and 11. */
export async function renew({ identity }: AccountDeps, request: Request): Promise<Response> {
  const { headers } = request;
  const session = await identity.api.getSession({ headers });
  if (session === null) return refusal("UNAUTHORIZED", "No valid session");
  const { token } = await identity.api.getToken({ headers });
  return Response.json({ accessToken: token, refreshToken: session.session.token });
}

/** Checks a JWT. Source: recorded, "validate a JWT", "validate nonsense". */
export async function validate({ identity }: AccountDeps, request: Request): Promise<Response> {
  const body = await parse(request, Token);
  const { payload } = await identity.api.verifyJWT({ body: { token: body?.token ?? "" } });
  return Response.json(payload === null ? { valid: false } : { valid: true, payload });
}

/** Session cookies of an answer, as a browser sends them. */
export function cookieOf(headers: Headers): string {
  return headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
}

/** Endpoints that were read in the source of the service and not tried: each hands on to one of better-auth's (section 11). */
export const HANDED_ON: ReadonlyMap<string, string> = new Map([
  ["GET /api/v1/auth/session", "/api/auth/get-session"],
  ["POST /api/v1/auth/logout", "/api/auth/sign-out"],
  ["POST /api/v1/auth/forgot-password", "/api/auth/request-password-reset"],
  ["POST /api/v1/auth/reset-password", "/api/auth/reset-password"],
  ["POST /api/v1/auth/change-password", "/api/auth/change-password"],
  ["POST /api/v1/auth/resend-verification", "/api/auth/send-verification-email"],
]);

const Registration = z.object({ email: z.email(), password: z.string(), name: z.string().optional() });
const Credentials = z.object({ email: z.string(), password: z.string() });
const SignedIn = z.object({ token: z.string() });
const Token = z.object({ token: z.string() });

const REGISTRATION_REFUSALS: Readonly<Record<string, RefusalCode>> = {
  PASSWORD_TOO_SHORT: "WEAK_PASSWORD",
  PASSWORD_TOO_LONG: "WEAK_PASSWORD",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "EMAIL_ALREADY_REGISTERED",
};

async function parse<T>(request: Request, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await request.text();
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
