// Starts the stub of the three services (bench/upstream); it may listen on this machine and do nothing else.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { nameOf, type Population } from "../upstream/population.ts";
import type { ClientGrant } from "../upstream/tokens.ts";
import type { Caller } from "../wrk/write_requests.ts";
import { startProcess } from "./process.ts";
import type { RunningServer } from "./running_server.ts";

/** The stub, running. */
export interface Upstream extends RunningServer {
  readonly url: string;
  /** The first `count` people of a population, each by the header with their token. */
  callers(population: Population, count: number): Promise<Caller[]>;
  /** The same people, each by the header with the token of an app that they connected. The gateway needs {@link SERVICE_KEY}. */
  apps(population: Population, count: number, client: ClientGrant): Promise<Caller[]>;
}

/** By which a gateway may ask about the tokens of apps. The stub takes any. */
export const SERVICE_KEY = "of-a-stub-that-asks-nobody-who-they-are";

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
    callers: (population, count) => callersOf(url, population, { count: String(count) }),
    apps: (population, count, { grant, resource }) =>
      callersOf(url, population, { count: String(count), grant, resource }),
  };
}

async function callersOf(
  url: string,
  population: Population,
  query: Readonly<Record<string, string>>,
): Promise<Caller[]> {
  const response = await fetch(
    `${url}/bench/tokens?${new URLSearchParams({ name: nameOf(population), ...query })}`,
  );
  const tokens = z.array(z.string()).parse(await response.json());
  return tokens.map((token) => ({ authorization: `Bearer ${token}` }));
}
