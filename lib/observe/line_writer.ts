// Writes the lines of the log to standard output, gathered for a moment. It looks into no line.
import type { Clock } from "../kit/clock.ts";
import { LOG_GATHER_MS } from "../kit/limits.ts";

/** Writes lines to a sink, whole and in order. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what was gathered; before an exit. */
  flush(): void;
}

/** At most this many characters are gathered before they are written; a log line has about 500. */
const GATHERED_CHARS = 32 * 1024;
/** Bytes of UTF-8 that one UTF-16 code unit takes at most. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Creates a writer. Lines are gathered for {@link LOG_GATHER_MS} and written together: writing wakes the reader of the log, which
 * costs more than all else about a line, and no answer should wait for that. Only a kill loses lines that are gathered; before
 * every other end of the process {@link LineWriter.flush} is called.
 */
export function createLineWriter(
  { sink, clock }: {
    readonly sink: { writeSync(bytes: Uint8Array): number };
    readonly clock: Clock;
  },
): LineWriter {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(GATHERED_CHARS * MAX_BYTES_PER_UNIT);
  let gathered = "";
  let disarm: (() => void) | undefined;

  const put = (text: string): void => {
    // A single line may be longer than the buffer.
    const fits = text.length <= GATHERED_CHARS;
    let rest = fits ? buffer.subarray(0, encoder.encodeInto(text, buffer).written) : encoder.encode(text);
    while (rest.byteLength > 0) rest = rest.subarray(sink.writeSync(rest));
  };
  const flush = (): void => {
    disarm?.();
    disarm = undefined;
    const text = gathered;
    gathered = "";
    put(text);
  };

  return Object.freeze({
    write(line: string): void {
      if (gathered.length + line.length >= GATHERED_CHARS) flush();
      gathered += `${line}\n`;
      disarm ??= clock.after(LOG_GATHER_MS, flush);
    },
    flush,
  });
}
