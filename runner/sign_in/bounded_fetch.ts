// The way of the OAuth library to a server: a time limit, a bounded answer, and a server that is away or too busy told apart from one
// that says no.
import { retryAfterMs } from "../kit/ask_service.ts";
import { type Clock, createDeadline } from "../kit/clock.ts";
import { readCapped } from "../kit/read_capped.ts";
import { SignInFault } from "./access.ts";

/** A fetch that throws {@link SignInFault} where no proper answer comes, and the signal's reason. */
export function boundedFetch({ fetch, clock }: BoundedFetchDeps, signal: AbortSignal) {
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const deadline = createDeadline(clock, ANSWER_MS, [signal]);
    try {
      const response = await fetch(url, { ...init, redirect: "manual", signal: deadline.signal });
      const text = await readCapped(response, MAX_CHARACTERS);
      const { status, headers } = response;
      if (status === 429) {
        throw new SignInFault("wait", "the authorization server is asked too often", retryAfterMs(response));
      }
      if (status >= 500 || text === undefined) {
        throw new SignInFault("away", `the authorization server answers ${status}`);
      }
      return new Response(text === "" ? null : text, { status, headers });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SignInFault) throw error;
      throw new SignInFault("away", "the authorization server does not answer");
    } finally {
      deadline.end();
    }
  };
}

/** What it needs. */
export interface BoundedFetchDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

const ANSWER_MS = 20_000;
/** Metadata and tokens are short. */
const MAX_CHARACTERS = 1_000_000;
