import type { RunningServer } from "./running_server.ts";
import { startListening } from "./start_listening.ts";

/** Starts `proxy.ts` in front of the stub. */
export function startBareProxy(upstreamUrl: string): Promise<RunningServer> {
  return startListening({
    name: "proxy",
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      "--allow-env=PORT,UPSTREAM",
      new URL("./proxy.ts", import.meta.url).pathname,
    ],
    env: { UPSTREAM: upstreamUrl },
  });
}
