/** One program to run while a server is being built. */
export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Runs the steps; null when all went well, else what is missing. */
export async function attempt(steps: readonly Step[], say: (line: string) => void): Promise<string | null> {
  for (const { command, args, cwd } of steps) {
    say(`${command} ${args[0]} …`);
    try {
      const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd, stdin: "null" })
        .output();
      if (!success) {
        const words = new TextDecoder().decode(stderr).trim().split("\n");
        return `${command} ${args[0]} failed: ${words.at(-1) ?? "no reason given"}`;
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return `${command} is not installed`;
      throw error;
    }
  }
  return null;
}
