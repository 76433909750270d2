// Runs the public load generator wrk once over requests that were written to a file, and reads what it counted.
// A run in which any answer failed is an error: a rate that was measured over refusals is worse than none.
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Runs wrk with one thread and one request under way per connection. Throws Error when any request failed. */
export async function runWrk({ host, file, connections, seconds, pauseMs }: WrkRun) {
  const script = fileURLToPath(new URL("./requests.lua", import.meta.url));
  const how = ["--threads=1", `--connections=${connections}`, `--duration=${seconds}s`, "--timeout=10s"];
  const args = [...how, `--script=${script}`, `http://${host}/`, "--", file, String(pauseMs)];
  const { success, stdout, stderr } = await new Deno.Command("wrk", { args, stdin: "null" }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const last = lines.at(-1) ?? "";
  if (success && last.startsWith("{")) return readCount(last);
  throw new Error(`wrk did not run: ${new TextDecoder().decode(stderr).trim() || lines.join("; ")}`);
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
  /** Each connection waits before each request for a random time up to this, which is not measured; 0 for none. */
  readonly pauseMs: number;
}

/** Reads the line that `requests.lua` prints. Throws Error when it tells of a request that failed, or of no answer. */
export function readCount(line: string) {
  const { refused, broken, late, seconds, ...count } = Count.parse(JSON.parse(line));
  const { requests, bytes } = count;
  if (refused + broken + late > 0) {
    throw new Error(
      `of ${requests} answers ${refused} had a status of an error, ${broken} broke off, ${late} were late`,
    );
  }
  if (requests === 0) throw new Error("wrk was answered nothing");
  return { ...count, requestsPerSecond: requests / seconds, bytesPerAnswer: bytes / requests };
}

/** Latencies are of single requests, as the client sees them; bytes are with heads. */
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
