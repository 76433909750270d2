// One question to an auth service, as a script asks it: bounded in time and size, no redirect, and nothing of its text kept but
// JSON that is parsed.
import { z } from "zod";
import { isJsonObject } from "../../lib/kit/json.ts";
import { readCappedBody } from "../../sign_in/http/read_capped_body.ts";

/** No token could be got; the message says what to do. */
export class NoToken extends Error {}

/**
 * Asks by POST with a body, by GET without. Cookies of `cookies` are sent, and the answer has those and the ones that it set.
 * Throws {@link NoToken} where no whole answer comes.
 */
export async function askAuth(
  { authUrl, fetch }: { readonly authUrl: string; readonly fetch: typeof globalThis.fetch },
  path: string,
  body: Readonly<Record<string, string>> | null,
  cookies: ReadonlyMap<string, string> = new Map(),
): Promise<AuthAnswer> {
  const headers = new Headers({ accept: "application/json" });
  if (body !== null) headers.set("content-type", "application/json");
  if (cookies.size > 0) {
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    // better-auth takes no POST with cookies from an origin that it does not know; its own it knows.
    headers.set("origin", new URL(authUrl).origin);
  }
  let response: Response;
  let read: Awaited<ReturnType<typeof readCappedBody>>;
  try {
    response = await fetch(`${authUrl}${path}`, {
      method: body === null ? "GET" : "POST",
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    read = await readCappedBody(response, MAX_ANSWER_BYTES);
  } catch (error) {
    throw new NoToken(
      error instanceof DOMException
        ? "The auth service does not answer in time: try again later."
        : "The auth service cannot be reached: check the address, and that it runs.",
    );
  }
  const json = read.ok ? parseJson(read.text) : null;
  const said = Refused.safeParse(json);
  const { code, error, retryAfterSec, remainingSeconds } = said.success ? said.data : {};
  const { status } = response;
  const waits = [retryAfterSec, remainingSeconds, ...WAITS.map((name) => Number(response.headers.get(name)))];
  return {
    status,
    json,
    // The service puts the code in one member or the other, by its version (section 3).
    code: code ?? error ?? null,
    waitSeconds: waits.find((seconds) => seconds !== undefined && seconds > 0 && seconds <= 86_400) ?? null,
    cookies: new Map([...cookies, ...setCookies(response.headers)]),
  };
}

/** An answer, whole. */
export interface AuthAnswer {
  readonly status: number;
  /** Null where the body is no JSON, or too long. */
  readonly json: unknown;
  /** The word of a refusal, such as `ACCOUNT_LOCKED`, or its sentence; for comparing, never for showing. */
  readonly code: string | null;
  /** How long the service wants us to wait. */
  readonly waitSeconds: number | null;
  readonly cookies: ReadonlyMap<string, string>;
}

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const WAITS = ["retry-after", "x-retry-after"];
const Seconds = z.number().optional().catch(undefined);
const Word = z.string().optional().catch(undefined);
const Refused = z.object({ code: Word, error: Word, retryAfterSec: Seconds, remainingSeconds: Seconds });

function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : null;
  } catch {
    return null;
  }
}

function setCookies(headers: Headers): [string, string][] {
  return headers.getSetCookie().flatMap((line) => {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
  });
}
