// Open event streams of the stub's sync part.

const HEARTBEAT = new TextEncoder().encode("event: heartbeat\ndata: {}\n\n");
const HEARTBEAT_MS = 30_000;

/** Starts without a stream; one timer serves all of them. */
export function createStreams() {
  const open = new Map<string, Set<ReadableStreamDefaultController<Uint8Array>>>();
  setInterval(() => {
    for (const streams of open.values()) for (const stream of streams) stream.enqueue(HEARTBEAT);
  }, HEARTBEAT_MS);

  return {
    /** Opens a stream of an app for this person; it ends when the client goes away. */
    open(subject: string, app: string): Response {
      const streams = open.getOrInsertComputed(`${subject}/${app}`, () => new Set());
      let mine: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          streams.add(mine = controller);
          // The real service stays silent until its first event; so does this one, up to a heartbeat at once.
          controller.enqueue(HEARTBEAT);
        },
        cancel() {
          streams.delete(mine);
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    /** Tells the app's streams of the person that a table changed (sync contract section 4: no rows are needed, it is a hint). */
    changed(subject: string, app: string, table: string): void {
      const data = { changes: [], hasMore: false, syncedUntil: new Date().toISOString(), table };
      const event = new TextEncoder().encode(`event: changes\ndata: ${JSON.stringify(data)}\n\n`);
      for (const stream of open.get(`${subject}/${app}`) ?? []) stream.enqueue(event);
    },
  };
}
