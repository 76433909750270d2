// One stream of the sync service that tells one person when something of one app is new: opening, listening, and opening again
// after it broke. Which streams there are is for hint_streams.ts. Contract: sync section 4.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { HINT_RETRY_BASE_MS, HINT_RETRY_MAX_MS, STREAM_SILENCE_MS } from "../kit/limits.ts";
import type { LinkedItem } from "../kit/linked_order.ts";
import { type Caller, servicesEnd } from "../people/principal.ts";
import type { SyncClient } from "./sync_client.ts";

/** A stream that is open, being opened, or waiting to be opened again. Times are of `Clock.elapsed` unless stated. */
export interface HintStream extends LinkedItem<HintStream> {
  readonly key: string;
  /** `principalKey` of the person. */
  readonly person: string;
  readonly app: string;
  /** Whose token the next attempt takes. */
  caller: Caller;
  /** When the token ends that the stream was opened with, in milliseconds since 1970: the service looks at it only then. */
  expiresAt: number;
  /** Where the last pull ended, on the service's clock. */
  since: string;
  /** When the person last read. */
  touchedAt: number;
  /** When the last event came; null while the stream is not open. */
  heardAt: number | null;
  /** Hints so far. */
  hints: number;
  /** Attempts since the stream last brought an event. */
  attempts: number;
  /** Ends the attempt or the open stream; null between two attempts. */
  running: AbortController | null;
  /** Calls the next attempt off. */
  cancelRetry: (() => void) | null;
  /** Whether the service has refused the caller's token: the stream waits for another token. */
  isRefused: boolean;
  /** Stops hearing what other gateways write of the person's app; null where there is none. */
  unwatch: (() => void) | null;
}

/** What every stream works with. */
export interface HintStreamDeps {
  readonly sync: Pick<SyncClient, "listen">;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** Called for each hint, and for each time after which hints may have been missed. */
  readonly onHint: (stream: HintStream) => void;
}

/**
 * Opens a stream and listens until it ends; then arms the next attempt. Does nothing when the caller's token is over. Never
 * throws.
 */
export async function openHintStream(deps: HintStreamDeps, stream: HintStream): Promise<void> {
  const { caller } = stream;
  stream.expiresAt = servicesEnd(caller.principal);
  if (isExpired(stream, deps.clock)) return;
  const running = new AbortController();
  stream.running = running;
  try {
    await listen(deps, stream, running);
  } catch (error) {
    if (stream.running === running && error instanceof Refused && isFinal(error)) {
      // The same token would be refused again. The stream ends here, unless the person has a newer token already.
      stream.isRefused = stream.caller === caller;
      if (stream.isRefused) return haltHintStream(stream);
    }
  }
  if (stream.running === running) reopenLater(deps, stream);
}

/** Ends a stream and its next attempt. */
export function haltHintStream(stream: HintStream): void {
  stream.cancelRetry?.();
  stream.cancelRetry = null;
  stream.heardAt = null;
  const { running } = stream;
  stream.running = null;
  running?.abort();
}

/** Arms the next attempt for a stream that was halted or has ended. */
export function reopenLater(deps: HintStreamDeps, stream: HintStream): void {
  stream.heardAt = null;
  stream.running = null;
  const bound = Math.min(HINT_RETRY_MAX_MS, HINT_RETRY_BASE_MS * 2 ** Math.min(stream.attempts, 10));
  stream.attempts += 1;
  // Full jitter: after a restart of the service everybody's stream is opened again (a herd).
  stream.cancelRetry = deps.clock.after(Math.max(HINT_RETRY_BASE_MS / 4, deps.random() * bound), () => {
    stream.cancelRetry = null;
    void openHintStream(deps, stream);
  });
}

/** Whether the token is over that the stream was opened with. */
export function isExpired({ expiresAt }: HintStream, clock: Clock): boolean {
  return expiresAt <= clock.calendar();
}

/** Whether an open stream has not even brought a heartbeat for too long. */
export function isSilent({ heardAt }: HintStream, clock: Clock): boolean {
  return heardAt !== null && clock.elapsed() - heardAt >= STREAM_SILENCE_MS;
}

/** Whether the stream would tell of news: it is open, not silent, and its token is not over. */
export function isHealthy(stream: HintStream, clock: Clock): boolean {
  return stream.heardAt !== null && !isSilent(stream, clock) && !isExpired(stream, clock);
}

async function listen(deps: HintStreamDeps, stream: HintStream, running: AbortController): Promise<void> {
  const events = await deps.sync.listen(stream.caller, stream.app, stream.since, running.signal);
  if (stream.running !== running) return running.abort();
  stream.heardAt = deps.clock.elapsed();
  // Nobody was told of what was written between the last pull and now.
  hint(deps, stream);
  for await (const name of events) {
    if (stream.running !== running) return;
    stream.heardAt = deps.clock.elapsed();
    stream.attempts = 0;
    if (name !== "heartbeat") hint(deps, stream);
  }
}

function hint(deps: HintStreamDeps, stream: HintStream): void {
  stream.hints += 1;
  deps.onHint(stream);
}

/** Whether asking again with the same token is of no use. */
function isFinal({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || refusal.reason === "sync-inactive";
}
