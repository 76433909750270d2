// How a process that was started by a supervisor learns that the supervisor is gone, however that ended: the supervisor holds the
// other end of the process's standard input, and the system closes it. No right is needed for that. Imports nothing.

/** The first line that a supervisor writes. Without it nobody supervises: systemd hands in an empty input, a shell its terminal. */
export const SUPERVISED_LINE = "mana-mcp supervisor\n";

/** Resolves when the supervisor at the other end of `input` is gone. Never resolves where nobody supervises, and never rejects. */
export async function supervisorIsGone(input: ReadableStream<Uint8Array>): Promise<void> {
  let said = "";
  try {
    for await (const text of input.pipeThrough(new TextDecoderStream())) {
      if (said.length < SUPERVISED_LINE.length) said += text;
      if (!SUPERVISED_LINE.startsWith(said.slice(0, SUPERVISED_LINE.length))) break;
    }
  } catch {
    // An input that cannot be read is an input that has ended.
  }
  if (!said.startsWith(SUPERVISED_LINE)) await new Promise<never>(() => {});
}
