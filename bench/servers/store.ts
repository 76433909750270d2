// The store that several gateways share: a Redis or Valkey server of this computer, started for a run. It writes nothing to the disk.
import { startProcess } from "./process.ts";
import { freePort } from "./running_server.ts";

/** A running store. */
export interface RunningStore {
  /** For `VALKEY_URL`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on a free port; null where no server is installed. Throws Error when it ends before it listens, with what it said. */
export async function startStore(): Promise<RunningStore | null> {
  const port = String(freePort());
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  try {
    const { line, drain, stop } = startProcess("redis-server", "redis-server", { args });
    while (!/Ready to accept connections/.test(await line()));
    drain();
    return { url: `redis://127.0.0.1:${port}`, stop };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
