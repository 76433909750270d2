// Puts further events between those of a stream, for subscriptions and changed lists. Knows nothing of what they say.

/**
 * The same stream of events, with the events of `adder` in between. The maker of the stream writes whole events, so that an
 * event fits between any two of its chunks. Nothing piles up for a reader that does not read: `adder` may write again only
 * when the reader has taken everything.
 */
export function addEvents(response: Response, adder: EventAdder): Response {
  if (response.body === null) return response;
  const body = new ReadableStream(new MergedEvents(response.body.getReader(), adder));
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Writes events into a stream that another part of the program makes. */
export interface EventSink {
  /** Whether the reader has taken everything, so that {@link write} would send. */
  hasRoom(): boolean;
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

const UTF8 = new TextEncoder();

/** The events of the maker and of the adder, as the source of one stream. A class, since one is made per stream. */
class MergedEvents implements EventSink, UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #adder: EventAdder;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Resolves when the reader has taken every event. */
  #taken = Promise.withResolvers<void>();
  #ended = false;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, adder: EventAdder) {
    this.#reader = reader;
    this.#adder = adder;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    void this.#copy(controller);
  }

  pull(): void {
    this.#taken.resolve();
    this.#taken = Promise.withResolvers();
    if (!this.#ended) this.#adder.onRoom();
  }

  async cancel(reason: unknown): Promise<void> {
    if (!this.#ended) this.#finish();
    await this.#reader.cancel(reason);
  }

  hasRoom(): boolean {
    return !this.#ended && (this.#controller?.desiredSize ?? 0) > 0;
  }

  write(event: string): boolean {
    if (!this.hasRoom()) return false;
    this.#controller?.enqueue(UTF8.encode(event));
    return true;
  }

  end(event?: string): void {
    if (this.#ended) return;
    if (event !== undefined) this.#controller?.enqueue(UTF8.encode(event));
    this.#finish();
    this.#controller?.close();
    void this.#reader.cancel().catch(() => {});
  }

  /** Hands on what the maker of the stream writes, as fast as the reader takes it. */
  async #copy(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let isOpen = !this.#adder.waitsForFirst;
    if (isOpen) this.#adder.onOpen(this);
    try {
      for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) {
        if (this.#ended) return;
        controller.enqueue(part.value);
        if (!isOpen) {
          isOpen = true;
          this.#adder.onOpen(this);
        }
        while (!this.#ended && !this.hasRoom()) await this.#taken.promise;
        if (this.#ended) return;
      }
      if (this.#ended) return;
      this.#finish();
      controller.close();
    } catch (error) {
      if (this.#ended) return;
      this.#finish();
      controller.error(error);
    }
  }

  #finish(): void {
    this.#ended = true;
    this.#taken.resolve();
    this.#adder.onEnd();
  }
}
