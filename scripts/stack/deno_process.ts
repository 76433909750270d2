/** One Deno process started by a script: exact flags, exact environment, JSON lines read from its output. */
export interface DenoProcess {
  readonly pid: number;
  /** Resolves with the fields of the first JSON line whose `event` is this; rejects when the process ends before. */
  event(name: string): Promise<Record<string, unknown>>;
  /** Every line of output so far. */
  lines(): readonly string[];
  /** Asks the process to stop (SIGTERM by default) and resolves with its exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
  readonly exited: Promise<number>;
}

/** How to start a process; see {@link startDeno}. */
export interface DenoProcessOptions {
  /** Name in error messages. */
  readonly name: string;
  /** `run` by default. */
  readonly subcommand?: "run" | "task";
  /** Everything after the subcommand. */
  readonly args: readonly string[];
  /** The whole environment of the process besides {@link CACHE_VARIABLES}. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
}

/** What Deno needs to find its own cache; nothing else of our environment is handed on. */
export const CACHE_VARIABLES: readonly string[] = [
  "DENO_DIR",
  "HOME",
  "XDG_CACHE_HOME",
  "LOCALAPPDATA",
  "PATH",
  "NO_COLOR",
];

/** Starts Deno with a cleared environment. */
export function startDeno(options: DenoProcessOptions): DenoProcess {
  const env: Record<string, string> = { ...options.env };
  for (const name of CACHE_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const child = new Deno.Command(Deno.execPath(), {
    // Quiet: lines about downloads are none of the program's output.
    args: [options.subcommand ?? "run", "--quiet", ...options.args],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        options.onLine?.(line);
      }
      for (const wake of waiting) wake();
    }
    if (rest !== "") lines.push(rest);
  };
  let ended = false;
  const exited = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(([status]) => {
    ended = true;
    for (const wake of waiting) wake();
    return status.code;
  });
  return {
    pid: child.pid,
    lines: () => lines,
    exited,
    async event(name) {
      while (true) {
        for (const line of lines) {
          const fields = jsonLine(line);
          if (fields?.event === name) return fields;
        }
        if (ended) {
          throw new Error(
            `${options.name} ended before it was ready (exit code ${await exited}):\n${lines.join("\n")}`,
          );
        }
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    stop(signal = "SIGTERM") {
      if (!ended) {
        try {
          child.kill(signal);
        } catch {
          // It ended in between.
        }
      }
      return exited;
    },
  };
}

function jsonLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    return null;
  }
}
