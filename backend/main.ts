// The backend's process: environment, data folder, two ports, signals and exit codes. The services are backend.ts.
// Nothing else in this folder reads the environment, listens or exits.
import { type Backend, createBackend } from "./backend.ts";
import { ensureSecrets } from "./data_folder/ensure_secrets.ts";
import { ensureFirstPerson } from "./data_folder/ensure_first_person.ts";
import { lockFolder } from "../sign_in/data_folder/lock_folder.ts";
import { createListener, type Listener } from "../process/listener.ts";
import { parseSettings, SETTING_NAMES, type Settings } from "./settings.ts";
import type { ServiceLog } from "../sign_in/kit/service_log.ts";
import { onlySecret } from "../sign_in/secrets/secrets.ts";
import { SetupFault } from "../sign_in/kit/setup_fault.ts";

/** sysexits: the configuration is wrong. */
const EX_CONFIG = 78;
/** sysexits: the operating system gives us no listener any more. */
const EX_OSERR = 71;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** Time for open requests after a stop signal. */
const DRAIN_MS = 5000;

async function main(): Promise<void> {
  const parsed = parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])));
  if (!parsed.ok) return fail(parsed.problems, EX_CONFIG);
  try {
    await serve(parsed.settings);
  } catch (error) {
    fail(
      [error instanceof Error ? error.message : "Cannot start"],
      error instanceof SetupFault ? EX_CONFIG : 1,
    );
  }
}

async function serve(settings: Settings): Promise<void> {
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const lock = lockFolder(settings.data); // first of all: two first starts at once must not make two sets of secrets
  const stored = await ensureSecrets(settings.data, randomBytes);

  // The ports come first, because the issuer follows the real port; requests wait until the services are there.
  const started = Promise.withResolvers<Backend>();
  started.promise.catch(() => {}); // a failure ends the process below; it must not end it twice
  const onLost = () => void started.promise.then((backend) => stop(doors, backend, EX_OSERR));
  const { host } = settings;
  const createServiceDoor = (service: "auth" | "sync") =>
    createDoor(
      service,
      host,
      async (request, peer) => (await started.promise)[service].fetch(request, peer),
      onLost,
    );
  const doors = [createServiceDoor("auth"), createServiceDoor("sync")] as const;
  const [auth, sync] = doors;
  const authPort = open(auth, settings.port, "BACKEND_PORT");
  const syncPort = open(sync, settings.syncPort, "BACKEND_SYNC_PORT");
  const issuer = settings.issuer ?? `http://localhost:${authPort}`;
  const backend = await createBackend({
    ...settings,
    ...world(randomBytes),
    issuer,
    secrets: settings.secrets ?? onlySecret(stored.authSecret),
    kek: settings.kek ?? stored.kek,
    listeners: {
      isListening: () => doors.every((door) => door.isListening()),
      failures: () => doors.reduce((sum, door) => sum + door.failures(), 0),
    },
  });
  if (settings.firstPerson !== undefined) {
    const { email, data } = { email: settings.firstPerson, data: settings.data };
    await ensureFirstPerson({ fetch: backend.auth.fetch, issuer, data, email, randomBytes });
  }
  const locked = {
    ...backend,
    async close() {
      await backend.close();
      lock.close();
    },
  };
  started.resolve(locked);
  stopOnSignal(doors, locked);
  print(Deno.stdout, {
    event: "listening",
    auth: urlOf(host, authPort),
    sync: urlOf(host, syncPort),
    issuer,
    data: settings.data === ":memory:" ? settings.data : await Deno.realPath(settings.data),
  });
}

/** The outside world that the services get: network, clock, randomness, timers and the log. */
function world(randomBytes: (length: number) => Uint8Array<ArrayBuffer>) {
  return {
    fetch,
    now: Date.now,
    randomBytes,
    randomUUID: () => crypto.randomUUID(),
    every(ms: number, tick: () => void) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    log: (entry: Parameters<ServiceLog>[0]) => print(Deno.stderr, entry),
  };
}

/** The listener of one service, with its events in the log. */
function createDoor(
  service: "auth" | "sync",
  hostname: string,
  handler: (request: Request, peer: string) => Promise<Response>,
  onLost: () => void,
): Listener {
  const log = (event: string, fields: Readonly<Record<string, string | number>> = {}) =>
    print(Deno.stderr, { event, service, ...fields });
  return createListener({
    listen: (port, onRequest) =>
      Deno.serve({ hostname, port, onListen() {} }, (request, { remoteAddr }) => {
        onRequest();
        return handler(request, remoteAddr.hostname);
      }),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    monotonic: () => performance.now(),
    onFailure: ({ problem, pauseMs }) => log("listener-failed", { problem, ms: pauseMs }),
    onReturn: () => log("listener-back"),
    onLost: () => {
      log("listener-lost");
      onLost();
    },
  });
}

/** Opens a door and returns its port. */
function open(door: Listener, port: number, variable: string): number {
  try {
    return door.open(port).port;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new SetupFault(`Cannot listen on port ${port}: it is taken; set ${variable} to a free port`);
  }
}

/** Ends the process, after open requests had their time. */
async function stop(doors: readonly Listener[], backend: Backend, code: number): Promise<void> {
  const stopped = Promise.all(doors.map((door) => door.close()));
  backend.endStreams();
  const drained = await Promise.race([
    stopped.then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), DRAIN_MS)),
  ]);
  await backend.close();
  print(Deno.stdout, { event: "stopped", drained: String(drained) });
  Deno.exit(code);
}

function stopOnSignal(doors: readonly Listener[], backend: Backend): void {
  const stopped = () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, stopped); // a second signal ends it at once
    void stop(doors, backend, 0);
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, stopped);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function fail(problems: readonly string[], code: number): never {
  for (const problem of problems) Deno.stderr.writeSync(new TextEncoder().encode(`${problem}\n`));
  Deno.exit(code);
}

function print(to: typeof Deno.stdout, entry: Readonly<Record<string, string | number>>): void {
  to.writeSync(new TextEncoder().encode(`${JSON.stringify(entry)}\n`));
}

if (import.meta.main) await main();
