// Puts further events between those of a stream, for subscriptions and changed lists. Knows nothing of what they say.

/**
 * The same stream of events, with the events of `adder` in between. The maker of the stream writes whole events, so that an
 * event fits between any two of its chunks. Nothing piles up for a reader that does not read: `adder` may write again only
 * when the reader has taken everything.
 */
export function addEvents(response: Response, adder: EventAdder): Response {
  if (response.body === null) return response;
  const encoder = new TextEncoder();
  const reader = response.body.getReader();
  let taken = Promise.withResolvers<void>();
  let ended = false;
  const finish = () => {
    ended = true;
    taken.resolve();
    adder.onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const hasRoom = () => (controller.desiredSize ?? 0) > 0;
      const sink: EventSink = {
        write(event) {
          if (ended || !hasRoom()) return false;
          controller.enqueue(encoder.encode(event));
          return true;
        },
        end(event) {
          if (ended) return;
          if (event !== undefined) controller.enqueue(encoder.encode(event));
          finish();
          controller.close();
          void reader.cancel().catch(() => {});
        },
      };
      const copy = async () => {
        let isOpen = !adder.waitsForFirst;
        if (isOpen) adder.onOpen(sink);
        try {
          for (let part = await reader.read(); !part.done; part = await reader.read()) {
            if (ended) return;
            controller.enqueue(part.value);
            if (!isOpen) {
              isOpen = true;
              adder.onOpen(sink);
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
      if (!ended) adder.onRoom();
    },
    async cancel(reason) {
      if (!ended) finish();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Writes events into a stream that another part of the program makes. */
export interface EventSink {
  /** Sends an event, or returns false while the reader has not taken the events before; then `onRoom` tells when it has. */
  write(event: string): boolean;
  /** Ends the stream, after a last event where one is given. */
  end(event?: string): void;
}

/** The part of the program that adds events. */
export interface EventAdder {
  /** Whether the first event of the stream has to come before any added one. */
  readonly waitsForFirst: boolean;
  /** From now on events may be added. */
  onOpen(sink: EventSink): void;
  /** The reader has taken every event. */
  onRoom(): void;
  /** Nothing can be sent any more. Called once, also where `onOpen` was never called. */
  onEnd(): void;
}

/** The event of one JSON-RPC message (MCP, Streamable HTTP). */
export function messageEvent(message: unknown): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
