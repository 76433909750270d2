import type { Clock } from "../kit/clock.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { createLinkedOrder, type LinkedItem } from "../kit/linked_order.ts";
import {
  FRESH_MS,
  HINT_IDLE_MS,
  HINT_KEEP_MS,
  HINT_RETRY_BASE_MS,
  HINT_RETRY_MAX_MS,
  HINT_SWEEP_MS,
  MAX_HINT_STREAMS,
  STREAM_SILENCE_MS,
} from "../kit/limits.ts";
import type { SyncClient } from "./sync_client.ts";

/** Dependencies of {@link createHintStreams}. */
export interface HintStreamsDeps {
  readonly sync: Pick<SyncClient, "listen">;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** {@link MAX_HINT_STREAMS} by default. */
  readonly maxStreams?: number;
}

/** What was known of news when a pull began; see {@link HintStreams.holds}. */
export interface HintMark {
  readonly key: string;
  readonly stream: object;
  readonly hints: number;
  readonly at: number;
}

/**
 * Streams of the sync service that say when something is new, one per active person and app. They carry no data, never
 * all the news (writes of co-members of a space do not wake the reference, and events get lost), and so never replace a
 * pull: they only allow leaving one out for a moment (sync contract sections 4 and 11.19).
 */
export interface HintStreams {
  /**
   * The person reads: opens a stream with the token of this call, or keeps the open one. `since` is where the last pull
   * ended, on the service's clock, so that the stream has nothing to send that was pulled.
   */
  touch(caller: Caller, app: string, since: string): void;
  /** To be taken when a pull begins; null while no stream could tell of news. */
  begin(principal: Principal, app: string): HintMark | null;
  /** Whether what a pull that began with `mark` has brought is at most {@link FRESH_MS} old, and no news was told since. */
  holds(mark: HintMark): boolean;
  /** Tells `listener` of each hint, and of each time after which hints may have been missed. */
  onHint(listener: (person: string, app: string) => void): void;
  /** Ends the streams that were opened for this client of the person: its access was taken back. */
  drop(principal: Principal): void;
  /** Streams that are open or waiting to be opened again. */
  count(): number;
  /** Ends all streams, and opens none any more. */
  close(): void;
}

interface Stream extends LinkedItem<Stream> {
  readonly key: string;
  readonly person: string;
  readonly app: string;
  /** Whose token the next attempt takes. */
  caller: Caller;
  /** When the token ends that it was opened with: the service looks at it only then (sync section 4). */
  until: number;
  since: string;
  touchedAt: number;
  /** When the last event came; null while the stream is not open. */
  heardAt: number | null;
  hints: number;
  /** Attempts since it was last open. */
  attempts: number;
  /** Ends the attempt or the open stream; null between two attempts. */
  running: AbortController | null;
  /** Calls the next attempt off. */
  disarm: (() => void) | null;
  /** Whether the service has refused the caller's token: another one is waited for. */
  isRefused: boolean;
}

/** Creates it, with no stream. One timer looks after all of them, and none is armed while there is none. */
export function createHintStreams(deps: HintStreamsDeps): HintStreams {
  const { clock } = deps;
  const maxStreams = deps.maxStreams ?? MAX_HINT_STREAMS;
  const streams = new Map<string, Stream>();
  /** The streams in order of use. */
  const order = createLinkedOrder<Stream>();
  const listeners: ((person: string, app: string) => void)[] = [];
  let disarmSweep: (() => void) | null = null;
  let closed = false;

  const hinted = (stream: Stream): void => {
    stream.hints += 1;
    for (const listener of listeners) listener(stream.person, stream.app);
  };

  const isExpired = ({ until }: Stream): boolean => until <= clock.calendar();
  const isSilent = ({ heardAt }: Stream): boolean =>
    heardAt !== null && clock.elapsed() - heardAt >= STREAM_SILENCE_MS;
  const isHealthy = (stream: Stream): boolean =>
    stream.heardAt !== null && !isSilent(stream) && !isExpired(stream);

  const halt = (stream: Stream): void => {
    stream.disarm?.();
    stream.disarm = null;
    stream.heardAt = null;
    const { running } = stream;
    stream.running = null;
    running?.abort();
  };

  const remove = (stream: Stream): void => {
    halt(stream);
    if (streams.get(stream.key) === stream) streams.delete(stream.key);
    order.remove(stream);
    if (streams.size > 0) return;
    disarmSweep?.();
    disarmSweep = null;
  };

  const retryLater = (stream: Stream): void => {
    stream.heardAt = null;
    stream.running = null;
    const bound = Math.min(HINT_RETRY_MAX_MS, HINT_RETRY_BASE_MS * 2 ** Math.min(stream.attempts, 10));
    stream.attempts += 1;
    // Full jitter: after a restart of the service everybody's stream is opened again (a herd).
    stream.disarm = clock.after(Math.max(HINT_RETRY_BASE_MS / 4, deps.random() * bound), () => {
      stream.disarm = null;
      void open(stream);
    });
  };

  const open = async (stream: Stream): Promise<void> => {
    const { caller } = stream;
    stream.until = endOf(caller);
    if (isExpired(stream)) return;
    const running = new AbortController();
    stream.running = running;
    try {
      const events = await deps.sync.listen(caller, stream.app, stream.since, running.signal);
      if (stream.running !== running) return running.abort();
      stream.heardAt = clock.elapsed();
      // What was written between the last pull and now has woken nobody.
      hinted(stream);
      for await (const name of events) {
        if (stream.running !== running) return;
        stream.heardAt = clock.elapsed();
        stream.attempts = 0;
        if (name !== "heartbeat") hinted(stream);
      }
    } catch (error) {
      if (stream.running === running && error instanceof Refused && isRefusal(error)) {
        // A repetition would be refused as well. It ends here, unless the person has a newer token already.
        stream.isRefused = stream.caller === caller;
        if (stream.isRefused) return halt(stream);
      }
    }
    if (stream.running === running) retryLater(stream);
  };

  const sweep = (): void => {
    for (const stream of [...streams.values()]) {
      if (clock.elapsed() - stream.touchedAt >= HINT_IDLE_MS || endOf(stream.caller) <= clock.calendar()) {
        remove(stream);
      } else if (isExpired(stream) || isSilent(stream)) {
        halt(stream);
        retryLater(stream);
      }
    }
    if (streams.size > 0) disarmSweep = clock.after(HINT_SWEEP_MS, sweep);
    else disarmSweep = null;
  };

  const hasRoom = (): boolean => {
    if (streams.size < maxStreams) return true;
    const oldest = order.oldest();
    if (oldest === undefined || clock.elapsed() - oldest.touchedAt < HINT_KEEP_MS) return false;
    remove(oldest);
    return true;
  };

  return Object.freeze({
    touch(caller: Caller, app: string, since: string) {
      if (closed) return;
      const person = principalKey(caller.principal);
      const key = JSON.stringify([person, app]);
      let stream = streams.get(key);
      if (stream === undefined) {
        if (!hasRoom()) return;
        stream = {
          key,
          person,
          app,
          caller,
          until: endOf(caller),
          since,
          touchedAt: clock.elapsed(),
          heardAt: null,
          hints: 0,
          attempts: 0,
          running: null,
          disarm: null,
          isRefused: false,
        };
        if (isExpired(stream)) return;
        streams.set(key, stream);
        order.add(stream);
        disarmSweep ??= clock.after(HINT_SWEEP_MS, sweep);
        void open(stream);
        return;
      }
      order.remove(stream);
      order.add(stream);
      stream.touchedAt = clock.elapsed();
      if (since > stream.since) stream.since = since;
      if (stream.caller.token.equals(caller.token)) return;
      if (caller.principal.expiresAt < stream.caller.principal.expiresAt && !stream.isRefused) return;
      // For the next time it is opened; the open one goes on until its own token ends.
      const wasExpired = isExpired(stream);
      stream.caller = caller;
      if (stream.isRefused || wasExpired) {
        halt(stream);
        stream.isRefused = false;
        void open(stream);
      }
    },
    begin(principal: Principal, app: string) {
      const stream = streams.get(JSON.stringify([principalKey(principal), app]));
      return stream !== undefined && isHealthy(stream)
        ? { key: stream.key, stream, hints: stream.hints, at: clock.elapsed() }
        : null;
    },
    holds({ key, stream, hints, at }: HintMark) {
      if (clock.elapsed() - at >= FRESH_MS) return false;
      const known = streams.get(key);
      return known === stream && known.hints === hints && isHealthy(known);
    },
    onHint: (listener: (person: string, app: string) => void) => void listeners.push(listener),
    drop(principal: Principal) {
      const person = principalKey(principal);
      for (const stream of [...streams.values()]) {
        if (stream.person === person && stream.caller.principal.client?.id === principal.client?.id) {
          remove(stream);
        }
      }
    },
    count: () => streams.size,
    close() {
      closed = true;
      for (const stream of [...streams.values()]) remove(stream);
    },
  });
}

function endOf({ principal }: Caller): number {
  return principal.expiresAt * 1000;
}

/** Whether it is no use to ask again with the same token. */
function isRefusal({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || refusal.reason === "sync-inactive";
}
