// A Deno process that a script or a test starts: exact flags, exact environment, JSON lines read from its output.
// Hands nothing of our environment on but what Deno needs to find its cache.

/** A started process. */
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

/** Starts Deno with a cleared environment. */
export function startDeno(options: DenoProcessOptions): DenoProcess {
  const child = spawn(options);
  const output: Output = { lines: [], waiting: new Set(), hasEnded: false };
  const exited = Promise.all([
    child.status,
    readLines(child.stdout, output, options.onLine),
    readLines(child.stderr, output, options.onLine),
  ]).then(([status]) => {
    output.hasEnded = true;
    for (const wake of output.waiting) wake();
    return status.code;
  });
  return {
    pid: child.pid,
    lines: () => output.lines,
    exited,
    event: (name) => findEvent(output, exited, options.name, name),
    stop(signal = "SIGTERM") {
      if (!output.hasEnded) {
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
  /** With it the process is in a group of its own, which Ctrl-C at a terminal does not reach, and gets SIGTERM when this fires. */
  readonly ownGroupUntil?: AbortSignal;
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

/** Output of a process so far, and who waits for more. */
interface Output {
  readonly lines: string[];
  readonly waiting: Set<() => void>;
  hasEnded: boolean;
}

function spawn(options: DenoProcessOptions) {
  const env: Record<string, string> = { ...options.env };
  for (const name of CACHE_VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return new Deno.Command(Deno.execPath(), {
    // Quiet: lines about downloads are none of the program's output.
    args: [options.subcommand ?? "run", "--quiet", ...options.args],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(options.ownGroupUntil === undefined ? {} : { detached: true, signal: options.ownGroupUntil }),
  }).spawn();
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { lines, waiting }: Output,
  onLine: DenoProcessOptions["onLine"],
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      onLine?.(line);
    }
    for (const wake of waiting) wake();
  }
  if (rest !== "") lines.push(rest);
}

async function findEvent(output: Output, exited: Promise<number>, processName: string, name: string) {
  while (true) {
    for (const line of output.lines) {
      const fields = parseJsonLine(line);
      if (fields?.event === name) return fields;
    }
    if (output.hasEnded) {
      throw new Error(
        `${processName} ended before it was ready (exit code ${await exited}):\n${output.lines.join("\n")}`,
      );
    }
    await new Promise<void>((resolve) => {
      const wake = () => {
        output.waiting.delete(wake);
        resolve();
      };
      output.waiting.add(wake);
    });
  }
}

function parseJsonLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    return null;
  }
}
