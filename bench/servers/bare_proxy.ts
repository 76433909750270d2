import { freePort } from "./free_port.ts";
import { startProcess } from "./process.ts";
import type { RunningServer } from "./running_server.ts";

/** Starts `proxy.ts` in front of the stub. */
export async function startBareProxy(upstreamUrl: string): Promise<RunningServer> {
  const port = freePort();
  const started = performance.now();
  const child = startProcess({
    name: "The bare proxy",
    command: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--allow-net=127.0.0.1",
      "--allow-env=PORT,UPSTREAM",
      new URL("./proxy.ts", import.meta.url).pathname,
    ],
    env: { PORT: String(port), UPSTREAM: upstreamUrl },
  });
  while (await child.line() !== "listening");
  const startMs = performance.now() - started;
  child.drain();
  return { name: "proxy", host: `127.0.0.1:${port}`, pid: child.pid, startMs, stop: () => child.stop() };
}
