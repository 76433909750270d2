// Runs the program behind a task at the person's terminal, with the rights that the arguments of the task ask for and no others. What
// starts a program sees neither password nor token, and needs no right but to run Deno.

/** A program, and what it may do. */
export interface Program {
  /** Its URL. */
  readonly entry: string;
  readonly args: readonly string[];
  /** By the names of Deno's flags; an empty list allows nothing. */
  readonly rights: Readonly<Partial<Record<"net" | "read" | "write" | "env", readonly string[]>>>;
  /** The folder that it runs in, and names by "." alone: a comma in a path would split a list of rights. */
  readonly folder?: string | undefined;
  /** Whether it is started from what is cached, since the task has cached it before. */
  readonly isCached: boolean;
}

/** Runs a program to its end; its exit code, or null where its folder does not exist. Everything else that fails is thrown. */
export async function runWithRights(
  { entry, args, rights, folder, isCached }: Program,
): Promise<number | null> {
  const allowed = Object.entries(rights).flatMap(([right, values]) =>
    values.length === 0 ? [] : [`--allow-${right}=${values.join(",")}`]
  );
  const program = new Deno.Command(Deno.execPath(), {
    ...(folder === undefined ? {} : { cwd: folder }),
    args: [
      "run",
      "--quiet",
      ...(isCached ? ["--cached-only"] : []),
      "--no-prompt",
      "--ignore-env",
      ...allowed,
      entry,
      ...args,
    ],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  try {
    return (await program.spawn().status).code;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
