// Questions to the person at the terminal. They go to stderr, since stdout is for the token. Where stdin is no terminal, the
// answers are its lines.

/** Writes a line to stderr. */
export function say(line: string): void {
  write(`${line}\n`);
}

/** Asks the person. */
export interface Terminal {
  /** A line of the person's, without white space around it. */
  ask(question: string): Promise<string>;
  /** The same, of which nothing is shown while it is typed; white space is kept, since passwords may have some. */
  askUnseen(question: string): Promise<string>;
}

/** Takes over stdin; one terminal for a process. */
export function createTerminal(): Terminal {
  const bytes = createByteSource();
  return Object.freeze({
    async ask(question: string) {
      if (Deno.stdin.isTerminal()) write(question);
      return (await readLine(bytes)).trim();
    },
    async askUnseen(question: string) {
      if (!Deno.stdin.isTerminal()) return await readLine(bytes);
      write(question);
      Deno.stdin.setRaw(true);
      try {
        return await readTyped(bytes);
      } finally {
        Deno.stdin.setRaw(false);
        write("\n");
      }
    },
  });
}

/** The next byte of stdin; null at its end. */
type ByteSource = () => Promise<number | null>;

function createByteSource(): ByteSource {
  const buffer = new Uint8Array(4096);
  let [at, end] = [0, 0];
  return async () => {
    if (at === end) {
      const count = await Deno.stdin.read(buffer);
      if (count === null) return null;
      [at, end] = [0, count];
    }
    return buffer[at++] ?? null;
  };
}

/** Longer lines are cut: no address, password or code is as long. */
const MAX_LINE_BYTES = 4_096;

async function readLine(next: ByteSource): Promise<string> {
  const line: number[] = [];
  for (let byte = await next(); byte !== null && byte !== NEW_LINE; byte = await next()) {
    if (line.length < MAX_LINE_BYTES) line.push(byte);
  }
  if (line.at(-1) === RETURN) line.pop();
  return textOf(line);
}

const [NEW_LINE, RETURN, END, INTERRUPT, BACKSPACE, DELETE, ERASE_LINE] = [10, 13, 4, 3, 8, 127, 21] as const;

/** A line from a raw terminal, which leaves the keys that change a line to us. */
async function readTyped(next: ByteSource): Promise<string> {
  const line: number[] = [];
  for (let byte = await next(); byte !== null; byte = await next()) {
    if (byte === NEW_LINE || byte === RETURN || byte === END) break;
    if (byte === INTERRUPT) {
      Deno.stdin.setRaw(false);
      write("\n");
      Deno.exit(130);
    }
    if (byte === BACKSPACE || byte === DELETE) dropLast(line);
    else if (byte === ERASE_LINE) line.length = 0;
    else if (line.length < MAX_LINE_BYTES) line.push(byte);
  }
  return textOf(line);
}

/** Drops the last character, of up to four bytes. */
function dropLast(line: number[]): void {
  let dropped = line.pop();
  while (dropped !== undefined && (dropped & 0xc0) === 0x80) dropped = line.pop();
}

function textOf(line: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(line));
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
