// One stream of server-sent events: `changes` per table and a `heartbeat` every 30 s (sync-protocol, section 4).
// Keeps names of changed tables and positions, never events: missed changes are read from the log again.
import { HEARTBEAT_MS, STREAM_BUFFER_BYTES, STREAM_TABLES } from "../kit/limits.ts";
import type { ChangePortion } from "./change_log.ts";
import { positionAfter } from "./log_position.ts";
import type { OpenStream, StreamHub } from "./stream_hub.ts";
import { toStreamChange } from "./wire_change.ts";

/**
 * Opens a stream. A reader whose buffer is still full at the next heartbeat is dropped, and so is a reader whose token
 * has expired or who watches more than {@link STREAM_TABLES} tables. All come back with their position and lose nothing.
 */
export function openChangeStream(deps: ChangeStreamDeps): ReadableStream<Uint8Array> {
  return new ReadableStream(
    new ChangeSource(deps),
    new ByteLengthQueuingStrategy({ highWaterMark: STREAM_BUFFER_BYTES }),
  );
}

/** What one stream is made of. */
export interface ChangeStreamDeps {
  readonly userId: string;
  readonly app: string;
  /** Tables to catch up with at once; other tables follow when they change. */
  readonly tables: readonly string[];
  /** Where every table starts, in microseconds. */
  readonly since: number;
  /** End of the token's life, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly read: (table: string, since: number) => Promise<ChangePortion>;
  readonly hub: StreamHub;
  readonly every: Every;
  readonly now: () => number;
}

/** Calls `tick` every `ms` milliseconds until the returned function is called. */
export type Every = (ms: number, tick: () => void) => () => void;

/** A class, since one is made per stream: the source of its bytes, and what the hub wakes up. */
class ChangeSource implements UnderlyingDefaultSource<Uint8Array>, OpenStream {
  readonly userId: string;
  readonly app: string;
  readonly #deps: ChangeStreamDeps;
  readonly #encoder = new TextEncoder();
  /** Where each table goes on, in microseconds. */
  readonly #positions = new Map<string, number>();
  /** Tables that may have changes to send. */
  readonly #changed: Set<string>;
  /** Whether {@link #pump} is under way: it goes on with whatever is added meanwhile. */
  #isPumping = false;
  /** `undefined` before the start and after the end. */
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stopTicking: () => void;

  constructor(deps: ChangeStreamDeps) {
    this.#deps = deps;
    this.userId = deps.userId;
    this.app = deps.app;
    this.#changed = new Set(deps.tables);
    this.#stopTicking = deps.every(HEARTBEAT_MS, () => this.#beat());
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#controller = controller;
    // Listening starts before the catch-up: a write in between is noticed, in the reference it is not.
    this.#deps.hub.add(this);
    return this.#pump();
  }

  pull(): Promise<void> {
    return this.#pump();
  }

  cancel(): void {
    this.#controller = undefined;
    this.#stop();
  }

  notify(tables: Iterable<string>): void {
    for (const table of tables) this.#changed.add(table);
    if (new Set([...this.#positions.keys(), ...this.#changed]).size > STREAM_TABLES) return this.close();
    void this.#pump();
  }

  close(): void {
    this.#stop();
    this.#controller?.close();
    this.#controller = undefined;
  }

  #beat(): void {
    if (!this.#hasRoom() || this.#deps.now() >= this.#deps.expiresAt) return this.close();
    this.#send("heartbeat", {});
  }

  /** Sends portions of changed tables while the reader's buffer has room. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (const table of this.#changed) { // comes to tables that are added meanwhile, too
        for (let hasMore = true; hasMore;) {
          if (!this.#hasRoom()) return;
          this.#changed.delete(table); // before reading: what changes during that is news again
          const portion = await this.#deps.read(table, this.#positions.get(table) ?? this.#deps.since);
          this.#positions.set(table, portion.until);
          hasMore = portion.hasMore;
          if (hasMore) this.#changed.add(table);
          if (portion.rows.length > 0) this.#send("changes", toEvent(table, portion));
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Ends the stream, so that its reader comes back. */
  #fail(error: unknown): void {
    this.#stop();
    this.#controller?.error(error);
    this.#controller = undefined;
  }

  #send(event: string, data: unknown): void {
    this.#controller?.enqueue(this.#encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #stop(): void {
    this.#stopTicking();
    this.#deps.hub.remove(this);
  }
}

function toEvent(table: string, portion: ChangePortion) {
  return {
    changes: portion.rows.map(toStreamChange),
    hasMore: portion.hasMore,
    syncedUntil: positionAfter(portion),
    table,
  };
}
