/** The way to add events to a stream that somebody else makes. */
export interface EventSink {
  /** Sends an event, or returns false where the reader has not taken what was sent before: `onRoom` tells when it has. */
  write(frame: string): boolean;
  /** Ends the stream, after one last event where one is given. */
  end(frame?: string): void;
}

/** Who adds events. */
export interface EventAdder {
  /** Whether the other one's first event has to come before any of ours. */
  readonly waitsForFirst: boolean;
  /** Events may be added. */
  onOpen(sink: EventSink): void;
  /** The reader has taken everything. */
  onRoom(): void;
  /** Nothing can be sent any more. Called once, also when `onOpen` never was. */
  onEnd(): void;
}

/** The event of one JSON-RPC message (MCP, Streamable HTTP). */
export function messageEvent(message: unknown): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}

/**
 * The same stream of events with those of `source` in between. The one who makes the stream writes whole events, so that
 * one can be put between any two of its chunks. A reader that does not read makes nothing pile up here: it is told when
 * it has taken the last event.
 */
export function addEvents(response: Response, source: EventAdder): Response {
  if (response.body === null) return response;
  const encoder = new TextEncoder();
  const reader = response.body.getReader();
  let taken = Promise.withResolvers<void>();
  let ended = false;
  const finish = () => {
    ended = true;
    taken.resolve();
    source.onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const hasRoom = () => (controller.desiredSize ?? 0) > 0;
      const sink: EventSink = {
        write(frame) {
          if (ended || !hasRoom()) return false;
          controller.enqueue(encoder.encode(frame));
          return true;
        },
        end(frame) {
          if (ended) return;
          if (frame !== undefined) controller.enqueue(encoder.encode(frame));
          finish();
          controller.close();
          void reader.cancel().catch(() => {});
        },
      };
      const copy = async () => {
        let isOpen = !source.waitsForFirst;
        if (isOpen) source.onOpen(sink);
        try {
          for (let part = await reader.read(); !part.done; part = await reader.read()) {
            if (ended) return;
            controller.enqueue(part.value);
            if (!isOpen) {
              isOpen = true;
              source.onOpen(sink);
            }
            while (!ended && !hasRoom()) await taken.promise;
            if (ended) return;
          }
          if (ended) return;
          finish();
          controller.close();
        } catch (error) {
          if (ended) return;
          finish();
          controller.error(error);
        }
      };
      void copy();
    },
    pull() {
      taken.resolve();
      taken = Promise.withResolvers();
      if (!ended) source.onRoom();
    },
    async cancel(reason) {
      if (!ended) finish();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
