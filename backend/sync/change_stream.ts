import { HEARTBEAT_MS, STREAM_BUFFER_BYTES, STREAM_TABLES } from "../kit/limits.ts";
import type { ChangePage } from "./change_log.ts";
import { toClockCursor, toPageCursor } from "./cursor_time.ts";
import type { Listener, StreamHub } from "./stream_hub.ts";
import { toStreamChange } from "./wire_change.ts";

/** Calls `tick` every `ms` milliseconds until the returned function is called. */
export type Every = (ms: number, tick: () => void) => () => void;

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
  readonly read: (table: string, since: number) => ChangePage;
  readonly hub: StreamHub;
  readonly every: Every;
  readonly now: () => number;
}

/**
 * Opens a stream of server-sent events (sync-protocol, section 4): `changes` per table, a `heartbeat` every 30 s.
 *
 * It keeps names of changed tables, not events: whatever a slow reader misses is read from the log again, page
 * by page, when there is room. A reader whose buffer is still full at the next heartbeat is dropped, and so is
 * one whose token has expired; both come back with their cursor and lose nothing.
 */
export function openChangeStream(deps: ChangeStreamDeps): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const cursors = new Map<string, number>();
  const changed = new Set(deps.tables);
  let source: ReadableByteStream | undefined;

  const send = (event: string, data: unknown) =>
    source?.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  const hasRoom = () => (source?.desiredSize ?? 0) > 0;

  const pump = () => {
    for (const table of changed) {
      while (hasRoom()) {
        const page = deps.read(table, cursors.get(table) ?? deps.since);
        cursors.set(table, page.until);
        if (!page.hasMore) changed.delete(table);
        if (page.rows.length > 0) send("changes", toEvent(table, page));
        if (!page.hasMore) break;
      }
      if (!hasRoom()) return;
    }
  };
  const listener: Listener = {
    userId: deps.userId,
    app: deps.app,
    notify(tables) {
      for (const table of tables) changed.add(table);
      if (new Set([...cursors.keys(), ...changed]).size > STREAM_TABLES) return listener.close();
      pump();
    },
    close() {
      stop();
      source?.close();
      source = undefined;
    },
  };
  const stopTicking = deps.every(HEARTBEAT_MS, () => {
    if (!hasRoom() || deps.now() >= deps.expiresAt) return listener.close();
    send("heartbeat", {});
  });
  const stop = () => {
    stopTicking();
    deps.hub.remove(listener);
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source = controller;
        // Listening starts before the catch-up: a write in between is noticed, in the reference it is not.
        deps.hub.add(listener);
        pump();
      },
      pull: pump,
      cancel() {
        source = undefined;
        stop();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: STREAM_BUFFER_BYTES }),
  );
}

type ReadableByteStream = ReadableStreamDefaultController<Uint8Array>;

function toEvent(table: string, page: ChangePage) {
  return {
    changes: page.rows.map(toStreamChange),
    hasMore: page.hasMore,
    syncedUntil: page.hasMore ? toPageCursor(page.until) : toClockCursor(page.until),
    table,
  };
}
