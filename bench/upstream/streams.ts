/** Open event streams of the stub's sync part. */
export interface Streams {
  /** Opens a stream for this person; it ends when the client goes away. */
  open(subject: string): Response;
  /** Tells the person's streams that a table changed (sync contract section 4: no rows are needed, it is a hint). */
  changed(subject: string, table: string): void;
  readonly count: () => number;
}

const HEARTBEAT = new TextEncoder().encode("event: heartbeat\ndata: {}\n\n");
const HEARTBEAT_MS = 30_000;

/** Creates no streams yet. */
export function createStreams(): Streams {
  const open = new Map<string, Set<ReadableStreamDefaultController<Uint8Array>>>();
  let count = 0;
  const all = () => [...open.values()].flatMap((streams) => [...streams]);
  setInterval(() => all().forEach((stream) => stream.enqueue(HEARTBEAT)), HEARTBEAT_MS);

  return {
    open(subject) {
      let mine: ReadableStreamDefaultController<Uint8Array> | null = null;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          mine = controller;
          const streams = open.get(subject) ?? new Set();
          open.set(subject, streams.add(controller));
          count++;
          // The real service stays silent until its first event; so does this one, up to a heartbeat at once.
          controller.enqueue(HEARTBEAT);
        },
        cancel() {
          const streams = open.get(subject);
          if (mine !== null) streams?.delete(mine);
          if (streams?.size === 0) open.delete(subject);
          count--;
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    changed(subject, table) {
      const streams = open.get(subject);
      if (streams === undefined) return;
      const data = JSON.stringify({
        changes: [],
        hasMore: false,
        syncedUntil: new Date().toISOString(),
        table,
      });
      const event = new TextEncoder().encode(`event: changes\ndata: ${data}\n\n`);
      for (const stream of streams) stream.enqueue(event);
    },
    count: () => count,
  };
}
