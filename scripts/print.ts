// Lines for the person at the terminal.

/** Prints one line for the person at the terminal. */
export function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
