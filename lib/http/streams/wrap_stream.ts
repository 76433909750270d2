// Hands the body of a response on, part by part, and tells when nothing more of it will be sent. The other wrappers of this room
// are made of it; only add_events.ts, which mixes two sources, is not.

/** The same response, whose body passes `hooks`. A response without a body is returned as it is, and no hook is called. */
export function wrapStream(response: Response, hooks: StreamHooks): Response {
  if (response.body === null) return response;
  const body = new ReadableStream(new WrappedBody(hooks.reader ?? response.body.getReader(), hooks), {
    highWaterMark: 0,
  });
  return new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

/** What happens to a stream on its way. */
export interface StreamHooks {
  /** Called first, with a function that ends the stream now. */
  onOpen?(cut: () => void): void;
  /** Called once, when nothing more will be sent: the body ended, broke, was cut, or the client went away. */
  onEnd?(): void;
  /** Reads the body, where somebody has begun to. */
  readonly reader?: ReadableStreamDefaultReader<Uint8Array>;
  /** What that reader was asked for and nobody has got yet. */
  readonly first?: Promise<ReadableStreamReadResult<Uint8Array>>;
}

/** A class, since one is made per stream. */
class WrappedBody implements UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #hooks: StreamHooks;
  #first: StreamHooks["first"];
  #ended = false;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, hooks: StreamHooks) {
    this.#reader = reader;
    this.#hooks = hooks;
    this.#first = hooks.first;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#hooks.onOpen?.(() => {
      if (this.#ended) return;
      this.#end();
      controller.close();
      void this.#reader.cancel().catch(() => {});
    });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const reading = this.#first ?? this.#reader.read();
      this.#first = undefined;
      const part = await reading;
      if (this.#ended) return;
      if (!part.done) return controller.enqueue(part.value);
      this.#end();
      controller.close();
    } catch (error) {
      if (this.#ended) return;
      this.#end();
      controller.error(error);
    }
  }

  async cancel(reason: unknown): Promise<void> {
    this.#end();
    await this.#reader.cancel(reason);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#hooks.onEnd?.();
  }
}
