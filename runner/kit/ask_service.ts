// One request to a service: a time limit, no redirects, a bounded answer. It never tells what was sent or answered.
import { type Clock, createDeadline } from "./clock.ts";
import { readCapped } from "./read_capped.ts";

/** Asks. Never throws but for the signal's reason: a service that does not answer is status 0. */
export async function askService(
  { fetch, clock }: ServiceWay,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const deadline = createDeadline(clock, ANSWER_MS, [signal]);
  try {
    // A redirect is not followed: keys, passwords and tokens are for this address.
    const response = await fetch(url, { ...init, redirect: "manual", signal: deadline.signal });
    const body = await readJson(response);
    return {
      status: body === null ? 0 : response.status,
      headers: response.headers,
      body: body ?? undefined,
    };
  } catch {
    signal.throwIfAborted();
    return { status: 0, headers: new Headers(), body: undefined };
  } finally {
    deadline.end();
  }
}

/** The way to the services. */
export interface ServiceWay {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** What a service answered. */
export interface ServiceAnswer {
  /** 0: there was no answer. */
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body; undefined where it is none. */
  readonly body: unknown;
}

/** How long a service may take. */
const ANSWER_MS = 20_000;
/** The answers of services are lists of a few people and spaces. */
const MAX_ANSWER_CHARACTERS = 4_000_000;

/** The JSON of an answer; null where the answer is too long. */
async function readJson(response: Response): Promise<unknown> {
  const text = await readCapped(response, MAX_ANSWER_CHARACTERS);
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long a service says to wait, in milliseconds; null where it does not say. */
export function retryAfterMs({ headers }: Pick<ServiceAnswer, "headers">): number | null {
  const seconds = headers.get("retry-after") ?? headers.get("x-retry-after");
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
