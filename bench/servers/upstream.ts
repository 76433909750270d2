import { z } from "zod";
import { nameOf, type Population } from "../upstream/population.ts";
import { startProcess } from "./process.ts";
import type { RunningServer } from "./running_server.ts";

/** The stub of the three services, running. */
export interface Upstream extends RunningServer {
  readonly url: string;
  /** The key that its tokens are signed with: `x` of a JWK. */
  readonly publicKey: string;
  /** Tokens of the first `count` people of a population, from the one numbered `from`. */
  tokens(population: Population, count: number): Promise<string[]>;
}

const Listening = z.object({ event: z.literal("listening"), url: z.string(), publicKey: z.string() });

/** Starts the stub; it may listen on this machine and nothing else. */
export async function startUpstream(): Promise<Upstream> {
  const started = performance.now();
  const child = startProcess({
    name: "The upstream stub",
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      new URL("../upstream/main.ts", import.meta.url).href,
    ],
  });
  const { url, publicKey } = Listening.parse(JSON.parse(await child.line()));
  const startMs = performance.now() - started;
  child.drain();
  return {
    name: "upstream",
    host: new URL(url).host,
    pid: child.pid,
    startMs,
    url,
    publicKey,
    async tokens(population, count) {
      const response = await fetch(`${url}/bench/tokens?name=${nameOf(population)}&count=${count}`);
      return z.array(z.string()).parse(await response.json());
    },
    stop: () => child.stop(),
  };
}
