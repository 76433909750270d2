// A persona's session at the auth service, over HTTP as the web app has it: password → cookie → tokens; ended after use, because each
// session would live for a week. One sign-in at a time: the auth service counts them by address, and all personas have the same.
import { z } from "zod";
import { askService, retryAfterMs, type ServiceAnswer, type ServiceWay } from "../kit/ask_service.ts";
import { type Clock, wait } from "../kit/clock.ts";
import type { Turns } from "../kit/turns.ts";
import { SignInFault } from "./access.ts";

/** Signs in with a password. Throws {@link SignInFault}, and the signal's reason. */
export async function openSession(
  deps: SessionDeps,
  account: { readonly email: string; readonly password: string },
  signal: AbortSignal,
): Promise<Session> {
  const answer = await deps.turns(() => signIn(deps, account, signal));
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  if (cookie === "") throw new SignInFault("away", "The auth service gives no session cookie");
  return Object.freeze({
    cookie,
    async token(signal: AbortSignal) {
      const answer = await ask(deps, "/api/auth/token", { headers: { cookie } }, signal);
      if (answer.status === 401) throw new SignInFault("refused", "The session is over");
      const parsed = answer.status === 200 ? TokenAnswer.safeParse(answer.body) : undefined;
      if (parsed?.success !== true) throw faultOf(answer);
      return { token: parsed.data.token, endsAt: deps.clock.calendar() + lifetimeMs(parsed.data.token) };
    },
    get: (path: string, signal: AbortSignal) => ask(deps, path, { headers: { cookie } }, signal),
    post: (path: string, body: unknown, signal: AbortSignal) =>
      ask(deps, path, { ...posted(body), headers: { ...JSON_TYPE, cookie } }, signal),
    async close(signal: AbortSignal) {
      await ask(deps, "/api/auth/sign-out", { ...posted({}), headers: { ...JSON_TYPE, cookie } }, signal);
    },
  });
}

/** A session that is open. */
export interface Session {
  /** What a browser would send. */
  readonly cookie: string;
  /** A fresh token, and when it ends on this runner's clock. Throws {@link SignInFault}. */
  token(signal: AbortSignal): Promise<{ readonly token: string; readonly endsAt: number }>;
  /** Asks a route of the auth service. */
  get(path: string, signal: AbortSignal): Promise<ServiceAnswer>;
  post(path: string, body: unknown, signal: AbortSignal): Promise<ServiceAnswer>;
  /** Signs out. */
  close(signal: AbortSignal): Promise<void>;
}

/** What {@link openSession} needs. */
export interface SessionDeps extends ServiceWay {
  /** Base URL of the auth service, without a slash at its end. */
  readonly authUrl: string;
  readonly clock: Clock;
  /** The turns of all sign-ins of this runner. */
  readonly turns: Turns;
}

/** A longer wait is a reason to come back later, and not to keep a worker and everybody's turn. */
const MAX_WAIT_MS = 30_000;
/** How often a sign-in that was asked to wait is tried again. */
const MAX_TRIES = 4;
const JSON_TYPE = { "content-type": "application/json" };
const TokenAnswer = z.object({ token: z.string().min(1) });
const Claims = z.object({ iat: z.number(), exp: z.number() });
const Locked = z.object({ retryAfterSec: z.number().nonnegative() });

async function signIn(
  deps: SessionDeps,
  account: { readonly email: string; readonly password: string },
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  for (let tried = 1;; tried++) {
    signal.throwIfAborted();
    const answer = await ask(
      deps,
      "/api/auth/sign-in/email",
      { ...posted(account), headers: JSON_TYPE },
      signal,
    );
    if (answer.status === 200) return answer;
    const fault = faultOf(answer);
    if (fault.kind !== "wait") throw fault;
    const ms = fault.waitMs ?? MAX_WAIT_MS;
    if (ms > MAX_WAIT_MS || tried === MAX_TRIES) throw fault;
    await wait(deps.clock, ms, signal);
  }
}

function ask({ authUrl, ...way }: SessionDeps, path: string, init: RequestInit, signal: AbortSignal) {
  // better-auth refuses requests with a cookie and without an origin that it trusts, which its own always is.
  const headers = { accept: "application/json", origin: new URL(authUrl).origin, ...init.headers };
  return askService(way, authUrl + path, { ...init, headers }, signal);
}

function posted(body: unknown): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

function faultOf(answer: ServiceAnswer): SignInFault {
  const { status, body } = answer;
  if (status === 429) {
    const locked = Locked.safeParse(body);
    const waitMs = retryAfterMs(answer) ?? (locked.success ? locked.data.retryAfterSec * 1000 : null);
    return new SignInFault("wait", "The auth service had too many sign-ins", waitMs);
  }
  if (status >= 400 && status < 500) return new SignInFault("refused", `The auth service answered ${status}`);
  const words = status === 0 ? "does not answer" : `answered ${status}`;
  return new SignInFault("away", `The auth service ${words}`);
}

/** How long a fresh token lives. Its end alone would be read on the auth service's clock, and the runner has its own. */
function lifetimeMs(token: string): number {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { iat, exp } = Claims.parse(JSON.parse(atob(part)));
    return (exp - iat) * 1000;
  } catch {
    return 0; // an unknown lifetime: the next request asks for another token
  }
}
