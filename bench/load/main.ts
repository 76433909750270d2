/**
 * The load generator: a process of its own, so that it shares no thread with whoever steers it. Takes one JSON line per
 * step on its input (`job.ts`) and answers each with one. An answer of a server that is not as expected ends the step
 * with `fail`: a number that was measured over errors is worse than none.
 */
import { print } from "../../scripts/print.ts";
import { Command, type Reply } from "./job.ts";
import { type PreparedRun, prepareRun } from "./run.ts";
import type { z } from "zod";

const reply = (message: z.infer<typeof Reply>) => print(JSON.stringify(message));
let prepared: PreparedRun | null = null;

async function obey(line: string): Promise<void> {
  const command = Command.parse(JSON.parse(line));
  if (command.do === "prepare") {
    prepared = await prepareRun(command.job);
    return reply({ did: "prepare" });
  }
  if (prepared === null) throw new TypeError("Cannot run: nothing is prepared");
  if (command.do === "run") return reply({ did: "run", result: await prepared.run() });
  await prepared.finish();
  prepared = null;
  reply({ did: "finish" });
}

let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    try {
      await obey(line);
    } catch (error) {
      reply({ did: "fail", problem: error instanceof Error ? `${error.name}: ${error.message}` : "unknown" });
    }
  }
}
