// One worker: the gateway's main.ts as a process with its own flags. The end of this process closes the worker's input, by which the
// worker knows (process/supervision.ts).
import { SUPERVISED_LINE } from "../../process/supervision.ts";
import { type Output, passLines } from "./output.ts";
import type { WorkerStart } from "./prepare_workers.ts";
import type { WorkerProcess } from "./supervisor.ts";

/** Starts a worker. */
export function startWorker({ flags, env, stdout, stderr }: WorkerStart & Outputs): WorkerProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, MAIN],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  // A worker that has ended already is told of by its status.
  input.write(new TextEncoder().encode(SUPERVISED_LINE)).catch(() => {});
  const ended = Promise.all([child.status, passLines(child.stdout, stdout), passLines(child.stderr, stderr)])
    .then(async ([{ code, signal }]) => {
      await input.close().catch(() => {});
      return { code, signal };
    });
  return {
    ended,
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // The worker ended in between.
      }
    },
  };
}

interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

const MAIN = new URL("../../main.ts", import.meta.url).href;
