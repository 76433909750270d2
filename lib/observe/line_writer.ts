import type { Clock } from "../kit/clock.ts";
import { LOG_GATHER_MS } from "../kit/limits.ts";

/** Characters that are gathered at most before they are written; a log line has some 500. */
const GATHERED_CHARS = 32 * 1024;
/** A code unit takes three bytes at most. */
const MAX_BYTES_PER_UNIT = 3;

/** Dependencies of {@link createLineWriter}. */
export interface LineWriterDeps {
  readonly sink: { writeSync(bytes: Uint8Array): number };
  readonly clock: Clock;
}

/** Writes lines to a sink, whole and in order. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what was gathered; before an exit. */
  flush(): void;
}

/**
 * Creates a writer. Lines are gathered for {@link LOG_GATHER_MS} and written together: writing wakes whoever reads the log,
 * which costs more than all else about a line, and no answer should wait for it. Only a kill takes along what was gathered;
 * for every other end {@link LineWriter.flush} is called.
 */
export function createLineWriter({ sink, clock }: LineWriterDeps): LineWriter {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(GATHERED_CHARS * MAX_BYTES_PER_UNIT);
  let gathered = "";
  let disarm: (() => void) | undefined;

  const put = (text: string): void => {
    // One line alone may be longer than what is gathered.
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
