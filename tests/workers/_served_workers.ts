// `deno task serve --workers N` as an operator starts it, over an embedded backend whose sync service a test can hold up.
import { z } from "zod";
import { type DenoProcess, startDeno } from "../../scripts/stack/deno_process.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { startBackend } from "../../scripts/stack/start_stack.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

/** A running task with its backend. */
export interface ServedWorkers extends AsyncDisposable {
  readonly task: ServeTask;
  readonly url: string;
  /** Where each worker answers alone, in their order. */
  readonly probeUrls: readonly string[];
  /** Of the first person of the backend. */
  readonly token: string;
  /** From now on requests to the sync service wait; `arrived` resolves with the first of them. */
  holdSync(): { readonly arrived: Promise<void>; release(): void };
}

/** Starts it and waits until each worker listens. */
export async function startServedWorkers(count: number): Promise<ServedWorkers> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const backend = startBackend({
    data: folder.path,
    firstPerson: "demo@mana.test",
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" },
  });
  started.defer(async () => void await backend.stop());
  const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
  const door = createDoor(sync);
  started.defer(async () => {
    door.release(); // a test that failed has left the door shut
    await door.server.shutdown();
  });
  const [port, probes] = [freePort(), freePorts(count)];
  const task = startServe(["--workers", String(count)], {
    PORT: String(port),
    METRICS_PORT: String(probes),
    MANA_AUTH_URL: auth,
    MANA_SYNC_URL: `http://127.0.0.1:${door.server.addr.port}`,
    JWT_ISSUER: issuer,
  });
  started.defer(async () => void await task.process.stop());
  await task.said("listening", count);
  const { email, password } = await readFirstPerson(folder.path);
  const token = await signIn(auth, email, password);
  const running = started.move();
  return {
    task,
    url: `http://127.0.0.1:${port}/mcp`,
    probeUrls: Array.from({ length: count }, (_, index) => `http://127.0.0.1:${probes + index}`),
    token,
    holdSync: door.hold,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** `deno task serve` as a process. */
export interface ServeTask {
  readonly process: DenoProcess;
  /** Resolves when the workers and the supervisor have said this event so often. Rejects when the task ends before. */
  said(event: string, times: number): Promise<void>;
}

/** Starts the task, with nothing of our environment but these settings. */
export function startServe(args: readonly string[], env: Readonly<Record<string, string>>): ServeTask {
  let wake = Promise.withResolvers<void>();
  const process = startDeno({
    name: "serve",
    subcommand: "task",
    args: ["serve", ...args],
    env: { ...env, NO_COLOR: "1" },
    onLine() {
      wake.resolve();
      wake = Promise.withResolvers();
    },
  });
  const ended = process.exited.then((code) => {
    throw new Error(`serve ended with ${code}:\n${process.lines().join("\n")}`);
  });
  ended.catch(() => {});
  return {
    process,
    async said(event, times) {
      while (eventsOf(process, event).length < times) await Promise.race([wake.promise, ended]);
    },
  };
}

/** The lines of one event, as they came. */
export function eventsOf(process: DenoProcess, event: string): readonly z.infer<typeof Line>[] {
  const lines = process.lines().filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  return lines.map((line) => Line.parse(line)).filter((line) => line.event === event);
}

/** The first of as many ports in a row that are free. */
export function freePorts(count: number): number {
  for (;;) {
    const first = freePort();
    try {
      for (let index = 1; index < count; index++) {
        Deno.listen({ hostname: "127.0.0.1", port: first + index }).close();
      }
      return first;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });
const Line = z.looseObject({
  event: z.string(),
  problem: z.string().optional(),
  reason: z.string().optional(),
});

/** A door before the sync service that can be held shut. */
function createDoor(sync: string) {
  let gate = Promise.resolve();
  let onArrival = () => {};
  let release = () => {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    onArrival();
    await gate;
    const { pathname, search } = new URL(request.url);
    const { method, headers, body } = request;
    return await fetch(sync + pathname + search, { method, headers, body });
  });
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    gate = promise;
    onArrival = arrived.resolve;
    release = resolve;
    return { arrived: arrived.promise, release: resolve };
  };
  return { server, hold, release: () => release() };
}
