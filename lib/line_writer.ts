import type { Schedule } from "./http/body.ts";
import { LOG_GATHER_MS } from "./limits.ts";

/** Bytes that are gathered at most before they are written; a log line has some 500. */
const BUFFER_BYTES = 64 * 1024;
/** A code unit takes three bytes at most. */
const MAX_BYTES_PER_UNIT = 3;

/** Dependencies of {@link createLineWriter}. */
export interface LineWriterDeps {
  readonly sink: { writeSync(bytes: Uint8Array): number };
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
  readonly schedule: Schedule;
}

/** Writes lines to a sink, whole and in order. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what was gathered; before an exit. */
  flush(): void;
}

/**
 * Creates a writer. A line is written before `write` returns, since one that waits is lost in a crash; only where lines come
 * faster than {@link LOG_GATHER_MS} are the next ones gathered for that long and written together, as a call to the system
 * for each would be a tenth of what a busy gateway does.
 */
export function createLineWriter({ sink, monotonic, schedule }: LineWriterDeps): LineWriter {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(BUFFER_BYTES);
  let filled = 0;
  let writtenAt = -Infinity;
  let disarm: (() => void) | undefined;

  const put = (bytes: Uint8Array): void => {
    for (let rest = bytes; rest.byteLength > 0;) rest = rest.subarray(sink.writeSync(rest));
  };
  const flush = (): void => {
    disarm?.();
    disarm = undefined;
    const bytes = buffer.subarray(0, filled);
    filled = 0;
    put(bytes);
    writtenAt = monotonic();
  };

  return Object.freeze({
    write(line: string): void {
      const text = `${line}\n`;
      const most = text.length * MAX_BYTES_PER_UNIT;
      if (most > BUFFER_BYTES - filled) flush();
      if (most > BUFFER_BYTES) return put(encoder.encode(text));
      filled += encoder.encodeInto(text, buffer.subarray(filled)).written;
      if (disarm !== undefined) return;
      if (monotonic() - writtenAt >= LOG_GATHER_MS) flush();
      else disarm = schedule(flush, LOG_GATHER_MS);
    },
    flush,
  });
}
