// Whether a request to the model is made again, and when.
import type { Refusal } from "./messages_api.ts";

/** Longest wait before the next try: with a longer one the day is given up, and the runner's own backoff goes on. */
const LONGEST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;

/** Milliseconds until the next try; null where there is none. `retries` is how many there were before. */
export function waitBeforeRetry(
  { status, retryAfter }: Refusal,
  retries: number,
  now: number,
): number | null {
  // A request that nobody answered is made again too: a conversation has no effects but its price.
  if (status !== 0 && status !== 408 && status !== 429 && status < 500) return null;
  const wait = readRetryAfter(retryAfter, now) ?? FIRST_WAIT_MS * 2 ** retries;
  return wait > LONGEST_WAIT_MS ? null : wait;
}

/** `Retry-After` in milliseconds, given as seconds or as a date (RFC 9110 section 10.2.3); null where it is neither. */
function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
