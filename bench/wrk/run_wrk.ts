// Runs the public load generator wrk once over requests that were written to a file, and reads what it counted.
// A run in which any answer failed is an error: a rate that was measured over refusals is worse than none.
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Runs wrk with one thread and one request under way per connection. Throws Error when any request failed. */
export async function runWrk({ host, file, connections, seconds }: WrkRun): Promise<WrkCount> {
  const script = fileURLToPath(new URL("./requests.lua", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command("wrk", {
    args: [
      "--threads=1",
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      "--timeout=10s",
      `--script=${script}`,
      `http://${host}/`,
      "--",
      file,
    ],
    stdin: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const words = new TextDecoder().decode(stderr).trim();
  const last = lines.at(-1) ?? "";
  if (!success || !last.startsWith("{")) throw new Error(`wrk did not run: ${words || lines.join("; ")}`);
  const count = Count.parse(JSON.parse(last));
  const { requests, refused, broken, late } = count;
  if (refused + broken + late > 0) {
    throw new Error(
      `of ${requests} answers ${refused} had a status of an error, ${broken} broke off, ${late} were late`,
    );
  }
  if (requests === 0) throw new Error("wrk was answered nothing");
  return {
    requestsPerSecond: requests / count.seconds,
    requests,
    bytesPerAnswer: count.bytes / requests,
    p50Ms: count.p50Ms,
    p99Ms: count.p99Ms,
  };
}

/** What one run of wrk sends, and how. */
export interface WrkRun {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Path of a file that `writeRequests` wrote. */
  readonly file: string;
  /** Requests under way at once, each on a connection of its own. */
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
}

/** What wrk counted. Latencies are of single requests, as the client sees them. */
export interface WrkCount {
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** With the head of the answer. */
  readonly bytesPerAnswer: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The line that `requests.lua` prints. */
const Count = z.object({
  requests: z.int(),
  seconds: z.number().positive(),
  bytes: z.int(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Answers with a status from 400. */
  refused: z.int(),
  /** Connections that could not be opened, read or written. */
  broken: z.int(),
  /** Answers that did not come within wrk's timeout. */
  late: z.int(),
});
