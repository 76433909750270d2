/** Runs a package manager, and says in few words why it failed. */

/** A command. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Longest time for one command; a registry that does not answer must not hold up everything. */
const COMMAND_MS = 180_000;

/** Runs a command to its end; null, or why it failed: its last line that says something. */
export async function runCommand({ program, args, cwd }: Command): Promise<string | null> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(COMMAND_MS),
    });
    const { success, code, stdout, stderr } = await command.output();
    if (success) return null;
    const text = new TextDecoder();
    const lines = [stdout, stderr].flatMap((output) => text.decode(output).trim().split("\n"));
    const telling = lines.filter((line) => /^(?:npm error|ERROR)|not available/.test(line)).slice(0, 2);
    return `${program} ended with ${code}: ${telling.join(" ") || lines.at(-1)}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    return `there is no ${program}`;
  }
}
