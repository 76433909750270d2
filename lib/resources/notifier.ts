// Sends the notifications of one stream: each address once, however often its records changed, and a batch at most every NOTIFY_MS.
// Before each notification the caller's rights are asked again.
import { Refused } from "../kit/errors.ts";
import { NOTIFY_MS, SUBSCRIBED_POLL_MS } from "../kit/limits.ts";
import { isSubscribable } from "./is_subscribable.ts";
import type { SubscriberDeps, SubscriberStream } from "./subscriber.ts";

/** A class, since one is made per stream. */
export class Notifier {
  readonly #deps: SubscriberDeps;
  readonly #stream: SubscriberStream;
  readonly #send: (uri: string) => boolean;
  readonly #due = new Set<string>();
  #flushedAt = -Infinity;
  #disarm: (() => void) | null = null;
  #isFlushing = false;

  /** `send` returns false where there is no room: {@link flushSoon} is called when there is. */
  constructor(deps: SubscriberDeps, stream: SubscriberStream, send: (uri: string) => boolean) {
    this.#deps = deps;
    this.#stream = stream;
    this.#send = send;
  }

  /** The records of these addresses changed. */
  add(uris: readonly string[]): void {
    for (const uri of uris) this.#due.add(uri);
    this.flushSoon();
  }

  /** Nobody wants to know of this address any more. */
  forget(uri: string): void {
    this.#due.delete(uri);
  }

  /** Sends what is due, as soon as the pace allows it. */
  flushSoon(): void {
    if (this.#due.size === 0 || this.#stream.signal.aborted) return;
    if (this.#disarm !== null || this.#isFlushing) return;
    const { clock } = this.#deps;
    this.#disarm = clock.after(Math.max(0, this.#flushedAt + NOTIFY_MS - clock.elapsed()), () => {
      this.#disarm = null;
      this.#stream.run(this.#flush());
    });
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#due.clear();
  }

  async #flush(): Promise<void> {
    if (this.#isFlushing || this.#stream.signal.aborted) return;
    this.#isFlushing = true;
    let isDone: boolean;
    try {
      isDone = await this.#sendDue();
    } catch (error) {
      // Not known is not allowed: what is due stays so, until the next change or poll asks again.
      if (!(error instanceof Refused)) throw error;
      this.#flushedAt = this.#deps.clock.elapsed() + SUBSCRIBED_POLL_MS;
      isDone = true;
    } finally {
      this.#isFlushing = false;
    }
    if (isDone) this.flushSoon();
  }

  /** False where the rest waits: for room, for a token, or for nothing any more. */
  async #sendDue(): Promise<boolean> {
    const { signal } = this.#stream;
    const uris = [...this.#due];
    const caller = await this.#stream.caller.now();
    if (caller === null) return false;
    for (const uri of uris) {
      // What was granted when the change was pulled may have been taken back since.
      const isAllowed = await isSubscribable(this.#deps, caller, uri);
      if (signal.aborted) return false;
      if (!isAllowed) this.#due.delete(uri);
      else if (!this.#due.has(uri)) continue; // unsubscribed meanwhile
      else if (this.#send(uri)) {
        this.#due.delete(uri);
        this.#flushedAt = this.#deps.clock.elapsed();
      } else return false; // `flushSoon` is called when there is room
    }
    return true;
  }
}
