import { type Command, type Job, type JobResult, Reply } from "./job.ts";
import { startProcess } from "../servers/process.ts";
import type { z } from "zod";

/** Steers the load generator's process, one job at a time. */
export interface Generator {
  /** Opens the job's connections and warms up. Throws Error with what a server answered wrongly. */
  prepare(job: Job): Promise<void>;
  /** Sends what counts. Throws as {@link prepare} does. */
  run(): Promise<JobResult>;
  /** Closes the connections of the job. */
  finish(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the load generator: it may connect to this machine and nothing else. */
export function startGenerator(): Generator {
  const child = startProcess({
    name: "The load generator",
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      new URL("./main.ts", import.meta.url).href,
    ],
  });
  const ask = async (command: z.infer<typeof Command>): Promise<z.infer<typeof Reply>> => {
    await child.write(`${JSON.stringify(command)}\n`);
    const reply = Reply.parse(JSON.parse(await child.line()));
    if (reply.did === "fail") throw new Error(reply.problem);
    return reply;
  };
  return {
    async prepare(job) {
      await ask({ do: "prepare", job });
    },
    async run() {
      const reply = await ask({ do: "run" });
      if (reply.did !== "run") throw new TypeError(`The load generator did ${reply.did} instead of running`);
      return reply.result;
    },
    async finish() {
      await ask({ do: "finish" });
    },
    stop: () => child.stop(),
  };
}
