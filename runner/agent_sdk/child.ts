// The Agent SDK's child process, started here and not by the SDK: so that nothing secret is on its command line, and so that it is certain to
// have ended when a day has.
import { type ChildProcess, spawn } from "node:child_process";

/** How the SDK wants it started. */
export interface ChildStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Children of one day. */
export interface Children {
  /** Starts one. Throws where a secret is among its arguments. */
  start(start: ChildStart): ReturnType<typeof startChild>;
  /** Ends those that still run, at once. */
  kill(): void;
  /** Ends those that still run, and waits for their end. */
  end(): Promise<void>;
}

/** Starts with none. `secrets` must never be on a command line. */
export function createChildren(secrets: readonly string[]): Children {
  const running = new Map<ChildProcess, Promise<void>>();
  const kill = () => {
    for (const child of running.keys()) child.kill("SIGKILL");
  };
  return {
    start(start) {
      if (secrets.some((secret) => start.args.some((arg) => arg.includes(secret)))) {
        throw new Error("the Agent SDK would put a secret on its child's command line");
      }
      const child = startChild(start);
      const { promise, resolve } = Promise.withResolvers<void>();
      child.once("close", () => resolve());
      child.once("error", () => resolve());
      running.set(child, promise);
      return child;
    },
    kill,
    async end() {
      kill();
      await Promise.all(running.values());
      running.clear();
    },
  };
}

function startChild({ command, args, cwd, env }: ChildStart) {
  const known = Object.entries(env).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]);
  return spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: Object.fromEntries(known),
    // Its stderr may hold what a persona wrote: nobody reads it.
    stdio: ["pipe", "pipe", "ignore"],
  });
}
