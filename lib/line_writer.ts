/** Longest line that is written without memory of its own, in bytes; a log line has some 500. */
const BUFFER_BYTES = 16 * 1024;

/**
 * Creates a function that writes lines to `sink`, whole, before it returns: a line that waits is lost in a crash. The
 * buffer is used again and again, since a new one per line costs more than writing it.
 */
export function createLineWriter(
  sink: { writeSync(bytes: Uint8Array): number },
): (line: string) => void {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(BUFFER_BYTES);
  return (line) => {
    const text = `${line}\n`;
    // A code unit takes three bytes at most.
    let rest = text.length * 3 <= BUFFER_BYTES
      ? buffer.subarray(0, encoder.encodeInto(text, buffer).written)
      : encoder.encode(text);
    while (rest.byteLength > 0) rest = rest.subarray(sink.writeSync(rest));
  };
}
