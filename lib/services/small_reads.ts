// Reads a stream that brings a few bytes now and then. A usual reader of Deno holds two buffers of 64 KiB while it waits, which with
// hundreds of open streams is most of what they cost (tried on Deno 2.9.6: 291 kB a stream, 102 kB read like this).

/** Bytes of the buffer that waits for the next event: the names of usual events and their short data. */
const WAITING_BYTES = 1_024;
/** Bytes of the buffer for the rest of an event that filled the other one. */
const FULL_BYTES = 64 * 1_024;

/** The parts of a body as they come. A class, since one is made per stream. */
export class SmallReads {
  readonly #reader: ReadableStreamBYOBReader | null;
  readonly #usual: ReadableStreamDefaultReader<Uint8Array> | null;
  #buffer = new ArrayBuffer(WAITING_BYTES);

  /** Takes the body for itself. */
  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = smallReader(body);
    this.#usual = this.#reader === null ? body.getReader() : null;
  }

  /** The next part, good until the next call; null at the end. Throws what reading the body throws. */
  async next(): Promise<Uint8Array | null> {
    if (this.#reader === null) return (await this.#usual?.read())?.value ?? null;
    const { done, value } = await this.#reader.read(new Uint8Array(this.#buffer));
    // A cancelled read gives no buffer back.
    if (done || value === undefined) return null;
    const isFull = value.byteLength === value.buffer.byteLength;
    const bytes = isFull ? FULL_BYTES : WAITING_BYTES;
    // The buffer went away and came back with the value; it is used again where its size is right.
    this.#buffer = value.buffer.byteLength === bytes ? value.buffer : new ArrayBuffer(bytes);
    return value;
  }

  /** Wants nothing more: a part that is waited for is the end. Not waited for: the peer decides how long a cancelled transfer takes. */
  end(): void {
    void (this.#reader ?? this.#usual)?.cancel().catch(() => {});
  }
}

/** Null for a stream that hands out buffers of its own, as a service in the same process makes it. */
function smallReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError && !body.locked) return null;
    throw error;
  }
}
