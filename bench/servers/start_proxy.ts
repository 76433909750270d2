import type { RunningServer } from "./running_server.ts";
import { startListening } from "./start_listening.ts";

const PROGRAMS = { "proxy": "fetch_proxy.ts", "least-proxy": "least_proxy.ts" } as const;

/** Starts one of the two proxies in front of the stub. */
export function startProxy(name: keyof typeof PROGRAMS, upstreamUrl: string): Promise<RunningServer> {
  return startListening({
    name,
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      "--allow-env=PORT,UPSTREAM",
      new URL(`./${PROGRAMS[name]}`, import.meta.url).href,
    ],
    env: { UPSTREAM: upstreamUrl },
  });
}
