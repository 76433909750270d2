// The right to use a session for one request: while a lease is held, the session is in use.
import { isEventStream } from "../../http/is_event_stream.ts";
import { onEnd } from "../../http/streams/on_end.ts";

/** The right to use a session for one request. The session is not idle before {@link release}. */
export interface SessionLease<Session> {
  readonly id: string;
  readonly session: Session;
  /** When the session ends however it is used, in milliseconds since 1970; Infinity where no such time is set. */
  readonly endsAt: number;
  /** To be called when the answer has been sent completely; calling it again does nothing. */
  release(): void;
}

/** What is needed of a session. */
export interface Closable {
  /** Called once, when the session ends. */
  close(): Promise<void>;
  /** Called when the last lease has been released, each time; must not throw. */
  rest?(): void;
}

/** What can be leased. */
export interface Leasable<Session> {
  readonly id: string;
  readonly session: Session;
  readonly endsAt: number;
  /** How many requests use it. */
  leases: number;
}

/** Counts itself out of `leases`, into which its maker has counted it. A class, since one is made per request. */
export class Lease<Session, Entry extends Leasable<Session>> implements SessionLease<Session> {
  readonly id: string;
  readonly session: Session;
  readonly endsAt: number;
  readonly #entry: Entry;
  readonly #onUnused: (entry: Entry) => void;
  #isReleased = false;

  /** `onUnused` is told when nothing leases the entry any more. */
  constructor(entry: Entry, onUnused: (entry: Entry) => void) {
    this.id = entry.id;
    this.session = entry.session;
    this.endsAt = entry.endsAt;
    this.#entry = entry;
    this.#onUnused = onUnused;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#entry.leases--;
    if (this.#entry.leases === 0) this.#onUnused(this.#entry);
  }
}

/** Keeps the session in use until the last byte of the answer is out: an open stream is no idle session. */
export async function whileLeased<Session>(
  lease: SessionLease<Session>,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await answer();
    // Only a stream is still being made when its response is returned.
    if (isEventStream(response)) return onEnd(response, () => lease.release());
    lease.release();
    return response;
  } catch (error) {
    lease.release();
    throw error;
  }
}
