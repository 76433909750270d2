// Starts the stub of the three services (bench/upstream); it may listen on this machine and do nothing else.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { nameOf, type Population } from "../upstream/population.ts";
import type { Caller } from "../wrk/write_requests.ts";
import { startProcess } from "./process.ts";
import type { RunningServer } from "./running_server.ts";

/** The stub, running. */
export interface Upstream extends RunningServer {
  readonly url: string;
  /** The first `count` people of a population, each by the header with their token. */
  callers(population: Population, count: number): Promise<Caller[]>;
}

/** Starts the stub. Throws Error when it does not come up. */
export async function startUpstream(): Promise<Upstream> {
  const started = performance.now();
  const main = fileURLToPath(new URL("../upstream/main.ts", import.meta.url));
  const args = ["run", "--no-prompt", "--cached-only", "--allow-net=127.0.0.1", main];
  const child = startProcess("The upstream stub", Deno.execPath(), { args });
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await child.line()));
  const startMs = performance.now() - started;
  child.drain();
  const { pid, stop } = child;
  return {
    ...{ name: "upstream", host: new URL(url).host, pid, startMs, url, stop },
    async callers(population, count) {
      const response = await fetch(`${url}/bench/tokens?name=${nameOf(population)}&count=${count}`);
      const tokens = z.array(z.string()).parse(await response.json());
      return tokens.map((token) => ({ authorization: `Bearer ${token}` }));
    },
  };
}
