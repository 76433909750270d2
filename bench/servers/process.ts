/** A child process whose output is read line by line until it is ready, and thrown away from then on. */
export interface ChildProcess {
  readonly pid: number;
  /** The next line of its output. Throws Error when the process ends first, with what it said. */
  line(): Promise<string>;
  /** Reads on and throws away what comes: a full pipe would stop the process. */
  drain(): void;
  write(text: string): Promise<void>;
  /** Asks it to stop, and ends it when it has not after {@link STOP_MS}. */
  stop(): Promise<void>;
}

/** How to start a process. */
export interface ProcessOptions {
  /** In error messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `env` is the whole environment. False by default: it comes on top of this process's. */
  readonly clearEnv?: boolean;
  readonly cwd?: string;
}

const STOP_MS = 5_000;

/** Starts a process. What it writes to stderr is shown. */
export function startProcess(options: ProcessOptions): ChildProcess {
  const child = new Deno.Command(options.command, {
    args: [...options.args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    clearEnv: options.clearEnv ?? false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let draining = false;

  return {
    pid: child.pid,
    async line() {
      for (;;) {
        const end = text.indexOf("\n");
        if (end !== -1) {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          return line;
        }
        const { done, value } = await output.read();
        if (done) {
          const words = text.trim() === "" ? "" : `: ${text.trim()}`;
          throw new Error(`${options.name} ended with code ${(await child.status).code}${words}`);
        }
        text += decoder.decode(value, { stream: true });
      }
    },
    drain() {
      if (draining) return;
      draining = true;
      void (async () => {
        while (!(await output.read()).done);
      })();
    },
    async write(line) {
      await input.write(new TextEncoder().encode(line));
    },
    async stop() {
      const signal = (name: Deno.Signal) => {
        try {
          child.kill(name);
        } catch {
          // It has ended by itself.
        }
      };
      const timer = setTimeout(() => signal("SIGKILL"), STOP_MS);
      await input.close().catch(() => {});
      signal("SIGTERM");
      if (!draining) void output.cancel().catch(() => {});
      await child.status;
      clearTimeout(timer);
    },
  };
}
