// When unused sessions end. One timer serves all sessions, and it is armed only while there is a session.
import type { Clock } from "../../kit/clock.ts";
import { createLinkedOrder, type LinkedItem } from "../../kit/linked_order.ts";

/** The unused sessions, in the order in which they became idle. */
export interface IdleSessions<Session> {
  /** The session is unused from now on. */
  add(session: Session): void;
  /** The session is used or over; does nothing when it is not in here. */
  remove(session: Session): void;
  /** Expires the sessions that were idle for too long: looks at those and at one more, however many there are. */
  sweep(): void;
  /** There is a session, used or not: from now on a timer sweeps. */
  start(): void;
  /** There is no session any more. */
  stop(): void;
}

/** What an idle session is known by. */
export interface IdleSession<Session> extends LinkedItem<Session> {
  /** Milliseconds of the clock of durations. */
  idleSince: number;
}

/** Starts with no session. `expire` ends a session and has it removed from here. */
export function createIdleSessions<Session extends IdleSession<Session>>(
  { clock, idleMs, expire }: {
    readonly clock: Clock;
    readonly idleMs: number;
    readonly expire: (session: Session) => void;
  },
): IdleSessions<Session> {
  const order = createLinkedOrder<Session>();
  let isStarted = false;
  let disarm: (() => void) | null = null;

  const sweep = () => {
    const oldestAllowed = clock.elapsed() - idleMs;
    for (;;) {
      const oldest = order.oldest();
      if (oldest === undefined || oldest.idleSince > oldestAllowed) return;
      expire(oldest);
    }
  };
  const arm = () => {
    if (!isStarted || disarm !== null) return;
    const oldest = order.oldest();
    const delayMs = oldest === undefined ? idleMs : oldest.idleSince + idleMs - clock.elapsed();
    disarm = clock.after(Math.max(delayMs, 1), () => {
      disarm = null;
      sweep();
      arm();
    });
  };
  return {
    add(session) {
      session.idleSince = clock.elapsed();
      order.add(session);
    },
    remove: order.remove,
    sweep,
    start() {
      isStarted = true;
      arm();
    },
    stop() {
      isStarted = false;
      disarm?.();
      disarm = null;
    },
  };
}
