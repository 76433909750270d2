// Reads the names of server-sent events. What the events say is never kept, nor parsed.
import { SmallReads } from "./small_reads.ts";

/** Bytes of a line that are looked at: names of events are short words. */
const MAX_LINE_BYTES = 128;
const NEWLINE = 0x0a;
/** One decoder for all lines: making a decoder costs more than reading a line. */
const UTF8 = new TextDecoder();

/**
 * The names of the server-sent events in `body` as each ends (HTML standard, section 9.2.6), `message` for an event
 * without a name. Bytes are thrown away as they arrive, so that a stream costs no memory, however much it brings.
 * Throws the result of `tooLarge` for an event of more than `maxBytes`, and whatever reading the body throws. Ends with `signal` too,
 * where the body does not look at it.
 */
export async function* eventNames(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  tooLarge: () => Error,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  const reads = new SmallReads(body);
  const end = () => reads.end();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  const line = new Uint8Array(MAX_LINE_BYTES);
  let lineBytes = 0;
  let eventBytes = 0;
  let name = "";
  let hasData = false;
  try {
    for (let value = await reads.next(); value !== null; value = await reads.next()) {
      let from = 0;
      while (from < value.byteLength) {
        const end = value.indexOf(NEWLINE, from);
        const to = end === -1 ? value.byteLength : end;
        const kept = value.subarray(from, Math.min(to, from + Math.max(0, MAX_LINE_BYTES - lineBytes)));
        line.set(kept, Math.min(lineBytes, MAX_LINE_BYTES));
        lineBytes += to - from;
        eventBytes += to - from + 1;
        if (eventBytes > maxBytes) throw tooLarge();
        from = to + 1;
        if (end === -1) break;
        const text = decodeLine(line, lineBytes);
        lineBytes = 0;
        if (text === "") {
          if (hasData) yield name === "" ? "message" : name;
          name = "";
          hasData = false;
          eventBytes = 0;
        } else if (text.startsWith("event:")) name = text.slice(6).trim();
        else if (text.startsWith("data:") || text === "data") hasData = true;
      }
    }
  } finally {
    signal?.removeEventListener("abort", end);
    end();
  }
}

/** The beginning of a line, without the carriage return of a service that sends both. */
function decodeLine(line: Uint8Array, length: number): string {
  let end = Math.min(length, MAX_LINE_BYTES);
  if (end > 0 && end === length && line[end - 1] === 0x0d) end -= 1;
  return UTF8.decode(line.subarray(0, end));
}
