import { freePort } from "./free_port.ts";
import { startProcess } from "./process.ts";
import type { RunningServer, ServerName } from "./running_server.ts";

/** A server that listens on PORT of its environment and says so by the line `listening`. */
export interface ListeningServer {
  readonly name: ServerName;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts it on a free port; resolves when it listens. Throws Error when it ends before, with what it said. */
export async function startListening({ name, command, args, env }: ListeningServer): Promise<RunningServer> {
  const port = freePort();
  const started = performance.now();
  const child = startProcess({ name, command, args, env: { ...env, PORT: String(port) } });
  while (await child.line() !== "listening");
  const startMs = performance.now() - started;
  child.drain();
  return { name, host: `127.0.0.1:${port}`, pid: child.pid, startMs, stop: () => child.stop() };
}
