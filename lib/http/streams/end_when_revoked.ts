// Ends a stream whose reader may not read it any more. *Whether* access is gone is asked of people/.
import type { Clock } from "../../kit/clock.ts";
import { isEventStream } from "../is_event_stream.ts";
import { wrapStream } from "./wrap_stream.ts";

/**
 * The same response, whose stream ends soon after access was taken back, or when its time is over. Access is checked when a
 * stream is opened; without this its reader could read on for as long as it likes. A response that is no event stream is
 * returned as it is.
 */
export function endWhenRevoked(response: Response, options: EndWhenRevokedOptions): Response {
  if (response.body === null || !isEventStream(response)) {
    return response;
  }
  const { watch, endsInMs, clock } = options;
  let disarmWatch: (() => void) | undefined;
  let disarmEnd: (() => void) | undefined;
  let unwatch: (() => void) | undefined;
  let ended = false;
  return wrapStream(response, {
    onOpen(cut) {
      const look = ({ stands, everyMs }: NonNullable<typeof watch>) => {
        disarmWatch = clock.after(everyMs, () => {
          void stands().then((isStanding) => {
            if (!isStanding) cut();
            else if (!ended && watch !== undefined) look(watch);
          });
        });
      };
      if (watch !== undefined) {
        look(watch);
        unwatch = watch.onNews?.(() => {
          void watch.stands().then((isStanding) => {
            if (!isStanding && !ended) cut();
          });
        });
      }
      if (endsInMs !== undefined) disarmEnd = clock.after(Math.min(Math.max(0, endsInMs), MAX_TIMER_MS), cut);
    },
    onEnd() {
      ended = true;
      disarmWatch?.();
      disarmEnd?.();
      unwatch?.();
    },
  });
}

/** How a stream is watched; see {@link endWhenRevoked}. */
export interface EndWhenRevokedOptions {
  /** Asks every `everyMs` milliseconds whether the reader may still read. Absent: nothing can take the access back. */
  readonly watch?: AccessWatch;
  /** Milliseconds until the stream ends in any case. Absent: the stream ends by itself. */
  readonly endsInMs?: number;
  readonly clock: Clock;
}

/** How it is found out that access is gone. */
export interface AccessWatch {
  readonly stands: () => Promise<boolean>;
  readonly everyMs: number;
  /** Has it asked at once as well, whenever there is news; returns how to stop. Absent: nobody tells news. */
  readonly onNews?: (look: () => void) => () => void;
}

/** Longest delay of a timer: a longer one fires at once (HTML, timers: the delay is a signed 32-bit integer). */
const MAX_TIMER_MS = 2 ** 31 - 1;
