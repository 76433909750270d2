// A child process whose output is read line by line until it is ready, and thrown away from then on.

/** A child process. */
export interface ChildProcess {
  readonly pid: number;
  /** The next line of its output. Throws Error when the process ends first, with what it said. */
  line(): Promise<string>;
  /** Reads on and throws away what comes: a full pipe would stop the process. */
  drain(): void;
  /** Asks it to stop, and ends it when it has not after {@link STOP_MS}. */
  stop(): Promise<void>;
}

const STOP_MS = 5_000;

/** Starts a process; `name` is for error messages. What it writes to stderr is shown. */
export function startProcess(name: string, command: string, options: Deno.CommandOptions): ChildProcess {
  const child = new Deno.Command(command, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    pid: child.pid,
    async line() {
      while (!text.includes("\n")) {
        const { done, value } = await output.read();
        if (done) throw new Error(`${name} ended with code ${(await child.status).code} ${text}`.trim());
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    drain() {
      void (async () => {
        while (!(await output.read()).done);
      })();
    },
    async stop() {
      const ended = child.status;
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
      await ended.finally(() => clearTimeout(timer));
      await output.cancel().catch(() => {});
    },
  };
}
