/** One answer as it came over the wire. The bytes are only good until the next answer is asked for. */
export interface RawResponse {
  readonly status: number;
  /** The body, without the framing of chunks. */
  readonly body: Uint8Array;
  /** Looks a header up by its name in lower case; null when it is absent. */
  header(name: string): string | null;
  /** Whether the server closes the connection after this answer. */
  readonly closes: boolean;
}

/** Reads answers of one connection, one after the other, as HTTP/1.1 frames them (RFC 9112 section 6). */
export interface ResponseReader {
  /** The next answer. Throws {@link ResponseError} for what is no answer, or when the connection ends too early. */
  next(): Promise<RawResponse>;
}

/** Where the bytes come from; `Deno.Conn` is one. */
export interface ByteSource {
  read(into: Uint8Array): Promise<number | null>;
}

/** The server sent what is not HTTP, or went away in the middle of it. */
export class ResponseError extends Error {
  override readonly name = "ResponseError";
}

const FIRST_BUFFER_BYTES = 64 * 1024;
const MOST_HEAD_BYTES = 64 * 1024;
const CR = 13;
const LF = 10;

/** Creates a reader on a connection. The buffer grows to the largest answer seen. */
export function createResponseReader(source: ByteSource): ResponseReader {
  let buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  /** Unread bytes are those from `start` to `end`. */
  let start = 0;
  let end = 0;
  const decoder = new TextDecoder();

  const more = async (): Promise<void> => {
    if (end === buffer.length) {
      if (start > 0) {
        buffer.copyWithin(0, start, end);
        end -= start;
        start = 0;
      } else {
        const larger = new Uint8Array(buffer.length * 2);
        larger.set(buffer);
        buffer = larger;
      }
    }
    const read = await source.read(buffer.subarray(end));
    if (read === null) throw new ResponseError("the connection ended before the answer was complete");
    end += read;
  };

  /** The end of the head: offset behind its blank line, from `start`. */
  const readHead = async (): Promise<number> => {
    let looked = 0;
    for (;;) {
      for (let i = start + looked; i + 3 < end; i++) {
        if (buffer[i] === CR && buffer[i + 1] === LF && buffer[i + 2] === CR && buffer[i + 3] === LF) {
          return i + 4 - start;
        }
      }
      looked = Math.max(0, end - start - 3);
      if (end - start > MOST_HEAD_BYTES) throw new ResponseError("the head of the answer does not end");
      await more();
    }
  };

  const atLeast = async (bytes: number): Promise<void> => {
    while (end - start < bytes) await more();
  };

  /** Takes chunks off the wire and puts their content together at the front of what was read. */
  const readChunks = async (): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const line = await readLine();
      const length = /^[0-9a-fA-F]+(?=[;\s]|$)/.exec(line)?.[0];
      if (length === undefined) throw new ResponseError("a chunk has no length");
      const bytes = parseInt(length, 16);
      if (bytes === 0) break;
      await atLeast(bytes + 2);
      parts.push(buffer.slice(start, start + bytes));
      size += bytes;
      if (buffer[start + bytes] !== CR || buffer[start + bytes + 1] !== LF) {
        throw new ResponseError("a chunk is not as long as it says");
      }
      start += bytes + 2;
    }
    while (await readLine() !== "");
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  const readLine = async (): Promise<string> => {
    let looked = 0;
    for (;;) {
      for (let i = start + looked; i + 1 < end; i++) {
        if (buffer[i] === CR && buffer[i + 1] === LF) {
          const line = decoder.decode(buffer.subarray(start, i));
          start = i + 2;
          return line;
        }
      }
      looked = Math.max(0, end - start - 1);
      await more();
    }
  };

  return {
    async next() {
      if (start === end) start = end = 0;
      let head: string;
      let status: number;
      do {
        const headBytes = await readHead();
        head = decoder.decode(buffer.subarray(start, start + headBytes));
        start += headBytes;
        const match = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(head);
        if (match === null) throw new ResponseError("the answer does not start as HTTP/1.1 does");
        status = Number(match[1]);
        // 1xx is only a word in between (RFC 9110 section 15.2).
      } while (status < 200);
      const header = (name: string) => headerIn(head, name);
      const closes = header("connection")?.toLowerCase() === "close";
      let body: Uint8Array;
      const length = header("content-length");
      if (header("transfer-encoding")?.toLowerCase().endsWith("chunked")) {
        body = await readChunks();
      } else if (length !== null) {
        const bytes = Number(length);
        if (!Number.isSafeInteger(bytes) || bytes < 0) throw new ResponseError("the length is no number");
        await atLeast(bytes);
        body = buffer.subarray(start, start + bytes);
        start += bytes;
      } else if (status === 204 || status === 304) {
        body = new Uint8Array();
      } else {
        throw new ResponseError("the answer says neither its length nor that it is chunked");
      }
      return { status, body, header, closes };
    },
  };
}

/** A header's value in the text of a head. */
function headerIn(head: string, name: string): string | null {
  // Searched in place: splitting the head into lines for each answer would be most of the client's work.
  const lower = head.toLowerCase();
  const at = lower.indexOf(`\r\n${name}:`);
  if (at === -1) return null;
  const from = at + name.length + 3;
  return head.slice(from, head.indexOf("\r\n", from)).trim();
}
