import { z } from "zod";
import { Fact } from "../result.ts";
import { startProcess } from "../servers/process.ts";
import type { Stage } from "./stage.ts";

/** Heap per cached row and per idle session, time to fold: measured from inside, in a process without any right. */
export async function measureHeap({ result, say }: Stage): Promise<void> {
  say("heap: what rows and sessions hold");
  const child = startProcess({
    name: "The heap measurement",
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--v8-flags=--expose-gc",
      new URL("../heap_main.ts", import.meta.url).href,
    ],
  });
  try {
    result.facts.push(...z.array(Fact).parse(JSON.parse(await child.line())));
  } finally {
    await child.stop();
  }
}
