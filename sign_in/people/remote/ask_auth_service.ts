// One request to the auth service, and its answer: bounded in time and size, never redirected. No text of an answer leaves
// but as parsed JSON. What the answers mean is auth_service.ts.
import { isIP } from "node:net";
import { mediaType } from "../../http/media_type.ts";
import { readCappedBody } from "../../http/read_capped_body.ts";
import { AUTH_ANSWER_BYTES, AUTH_ANSWER_MS } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";

/** Asks the auth service. Never throws. */
export type AskAuthService = (question: AuthQuestion) => Promise<AuthAnswer>;

/** Creates the way to the auth service. */
export function createAskAuthService(deps: AskAuthServiceDeps): AskAuthService {
  return async (question) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), deps.patienceMs ?? AUTH_ANSWER_MS);
    try {
      return await ask(deps, question, patience.signal);
    } catch {
      // The error's text names the host at best, and may quote what was sent.
      return { status: patience.signal.aborted ? "late" : "down", json: undefined, headers: new Headers() };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** What the way to the auth service is made of. */
export interface AskAuthServiceDeps {
  /** Base URL of the auth service, without a slash at the end. */
  readonly authUrl: string;
  /** The `Origin` of requests that change something for a cookie. */
  readonly authOrigin: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds. */
  readonly patienceMs?: number;
  readonly log: ServiceLog;
}

/** A request to the auth service. */
export interface AuthQuestion {
  readonly method: "GET" | "POST";
  /** Fixed words: the path is logged. */
  readonly path: string;
  /** `name=value` */
  readonly cookie?: string;
  readonly body?: Readonly<Record<string, string>>;
  /**
   * The network address that an attempt to sign in comes from, as limits count it; told to the auth service, which limits
   * attempts for each address.
   */
  readonly address?: string;
}

/** An answer of the auth service. */
export interface AuthAnswer {
  /** `down`: there was no answer; `late`: it was not whole in time. */
  readonly status: number | "down" | "late";
  /** The parsed body; `undefined` where it is no JSON by its type or its text, or is too long. */
  readonly json: unknown;
  readonly headers: Headers;
}

/** Logs an answer that the contract does not foresee, so that an operator finds out what is wrong. */
export function logAnswer(
  log: ServiceLog,
  { path }: Pick<AuthQuestion, "path">,
  { status }: AuthAnswer,
): void {
  log({ event: "auth-service-answer", path, status });
}

async function ask(
  deps: AskAuthServiceDeps,
  question: AuthQuestion,
  signal: AbortSignal,
): Promise<AuthAnswer> {
  const { method, path, cookie, body } = question;
  const headers = new Headers({ accept: "application/json" });
  if (cookie !== undefined) headers.set("cookie", cookie);
  // better-auth takes a POST with a cookie from trusted origins only (auth-vault, section 11).
  if (cookie !== undefined && method === "POST") headers.set("origin", deps.authOrigin);
  const forwarded = question.address === undefined ? undefined : forwardedAddress(question.address);
  if (forwarded !== undefined) headers.set("x-forwarded-for", forwarded);
  if (method === "POST") headers.set("content-type", "application/json");
  const answer = await deps.fetch(deps.authUrl + path, {
    method,
    headers,
    redirect: "manual", // a cookie or a password must not follow a redirect to another host
    signal,
    ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  if (mediaType(answer.headers) !== "application/json") {
    await answer.body?.cancel();
    return { status: answer.status, json: undefined, headers: answer.headers };
  }
  const text = await readCappedBody(answer, AUTH_ANSWER_BYTES, { signal });
  if (signal.aborted) return { status: "late", json: undefined, headers: answer.headers };
  return { status: answer.status, json: text.ok ? parse(text.text) : undefined, headers: answer.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An IPv6 address counts by its first half (http/client_address.ts), which is no address by itself. */
function forwardedAddress(address: string): string | undefined {
  return [address, `${address}::`].find((text) => isIP(text) !== 0);
}
