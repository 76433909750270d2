// Hands on what workers print, untouched and by whole lines. One write after the other: a slow reader holds the workers up, as it
// holds up a gateway that is alone, and never this process, which has to hear signals.

/** Where lines go. */
export interface Output {
  /** Resolves when these bytes have left, after all before. Never rejects: workers go on without a reader of their log. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was given has left. */
  flushed(): Promise<void>;
}

/** Creates it over standard output or standard error. */
export function createOutput(sink: { write(bytes: Uint8Array): Promise<number> }): Output {
  let last = Promise.resolve();
  const put = async (bytes: Uint8Array): Promise<void> => {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await sink.write(rest));
  };
  return Object.freeze({
    write: (bytes: Uint8Array) => last = last.then(() => put(bytes)).catch(() => {}),
    flushed: () => last,
  });
}

/** Hands `input` on to `output`, so that no line is cut by another's. Resolves at the end of `input`. */
export async function passLines(input: ReadableStream<Uint8Array>, output: Output): Promise<void> {
  let rest: Uint8Array[] = [];
  let held = 0;
  const hold = (bytes: Uint8Array) => {
    rest.push(bytes);
    held += bytes.length;
  };
  const release = async () => {
    const whole = new Uint8Array(held);
    let at = 0;
    for (const part of rest) {
      whole.set(part, at);
      at += part.length;
    }
    rest = [];
    held = 0;
    await output.write(whole);
  };
  for await (const bytes of input) {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      hold(bytes);
      if (held > MAX_LINE_BYTES) await release();
      continue;
    }
    hold(bytes.subarray(0, end));
    await release();
    if (end < bytes.length) hold(bytes.subarray(end));
  }
  if (held === 0) return;
  hold(Uint8Array.of(NEWLINE));
  await release();
}

const NEWLINE = 0x0a;
/** A line of the log is never as long; what is longer is no line and is handed on in pieces. */
const MAX_LINE_BYTES = 1024 * 1024;
