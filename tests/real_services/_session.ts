// A person's sessions at the stand-in, as a program without a browser has them.
import assert from "node:assert/strict";
import { z } from "zod";
import type { RealServices } from "../_support/real_services/real_services.ts";
import { post } from "../_support/test_backend.ts";

/** Somebody who signs in. */
export type Credentials = { readonly email: string; readonly password: string };

/** Signs in for a cookie, and returns the answer as it is. */
export async function signInForCookie(
  services: RealServices,
  { email, password }: Credentials,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await services.ask("/api/auth/sign-in/email", post({ email, password }, headers));
}

/** Logs in for a JWT, and returns the answer as it is. */
export async function logIn(services: RealServices, { email, password }: Credentials): Promise<Response> {
  return await services.ask("/api/v1/auth/login", post({ email, password }));
}

/** The session cookie of a fresh sign-in. */
export async function cookieOf(services: RealServices, person: Credentials): Promise<string> {
  const answer = await signInForCookie(services, person);
  assert.equal(answer.status, 200);
  return cookies(answer);
}

/** The JWT of a session. */
export async function jwtOf(services: RealServices, cookie: string): Promise<string> {
  const answer = await services.ask("/api/auth/token", { headers: { cookie } });
  assert.equal(answer.status, 200);
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}

/** The cookies that an answer sets, as a browser sends them back. */
export function cookies(answer: Response): string {
  return answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
}

/** Status and body. */
export async function said(answer: Response | Promise<Response>): Promise<readonly [number, unknown]> {
  const { status, headers } = await answer;
  const text = await (await answer).text();
  return [status, headers.get("content-type")?.includes("json") ? JSON.parse(text) : text];
}
