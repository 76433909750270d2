// The backend's process: environment, data folder, two ports, signals and exit codes. The services are backend.ts.
// Nothing else in this folder reads the environment, listens or exits.
import { type Backend, createBackend } from "./backend.ts";
import { ensureSecrets } from "./data_folder/ensure_secrets.ts";
import { ensurePersonaSecrets } from "./data_folder/ensure_persona_secrets.ts";
import { ensureFirstPerson } from "./data_folder/ensure_first_person.ts";
import { lockFolder } from "../sign_in/data_folder/lock_folder.ts";
import { createServiceProcess, type ServiceProcess } from "../process/service_process.ts";
import { parseSettings, SETTING_NAMES, type Settings } from "./settings.ts";
import { onlySecret } from "../sign_in/secrets/secrets.ts";
import { SetupFault } from "../sign_in/kit/setup_fault.ts";

async function main(): Promise<void> {
  const system = createServiceProcess({
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    exit: Deno.exit,
    serve: Deno.serve,
    addSignalListener: Deno.addSignalListener,
    removeSignalListener: Deno.removeSignalListener,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    monotonic: () => performance.now(),
  });
  const parsed = parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])));
  if (!parsed.ok) return system.fail(parsed.problems);
  try {
    await serve(system, parsed.settings);
  } catch (error) {
    const problem = error instanceof Error ? error.message : "Cannot start";
    system.fail([problem], error instanceof SetupFault ? undefined : 1);
  }
}

async function serve(system: ServiceProcess, settings: Settings): Promise<void> {
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  // First of all: two first starts at once must not make two sets of secrets.
  const lock = lockFolder(settings.data, "BACKEND_DATA", "backend");
  const stored = await ensureSecrets(settings.data, randomBytes);
  const { data, wantedPersonas: wanted } = settings;
  const personas = wanted && await ensurePersonaSecrets({ data, wanted, randomBytes });

  // The ports come first, because the issuer follows the real port; requests wait until the services are there.
  const started = Promise.withResolvers<Backend>();
  started.promise.catch(() => {}); // a failure ends the process below; it must not end it twice
  const createServiceDoor = (service: "auth" | "sync") =>
    system.createDoor({
      service,
      hostname: settings.host,
      handler: async (request, peer) => (await started.promise)[service].fetch(request, peer),
      onLost: (code) => void started.promise.then((backend) => system.stop(toWork(backend), code)),
    });
  const [auth, sync] = [createServiceDoor("auth"), createServiceDoor("sync")];
  const doors = [auth, sync];
  const toWork = (backend: Backend) => ({
    doors,
    endStreams: backend.endStreams,
    async close() {
      await backend.close();
      lock.close();
    },
  });
  const authPort = system.open(auth, settings.port, "BACKEND_PORT");
  const syncPort = system.open(sync, settings.syncPort, "BACKEND_SYNC_PORT");
  const issuer = settings.issuer ?? `http://localhost:${authPort}`;
  const backend = await createBackend({
    ...settings,
    ...world(system, randomBytes),
    issuer,
    secrets: settings.secrets ?? onlySecret(stored.authSecret),
    kek: settings.kek ?? stored.kek,
    personas,
    listeners: {
      isListening: () => doors.every((door) => door.isListening()),
      failures: () => doors.reduce((sum, door) => sum + door.failures(), 0),
    },
  });
  if (settings.firstPerson !== undefined) {
    const email = settings.firstPerson;
    await ensureFirstPerson({ fetch: backend.auth.fetch, issuer, data, email, randomBytes });
  }
  started.resolve(backend);
  system.stopOnSignal(toWork(backend));
  system.announce({
    event: "listening",
    auth: auth.urlOf(authPort),
    sync: sync.urlOf(syncPort),
    issuer,
    data: settings.data === ":memory:" ? settings.data : await Deno.realPath(settings.data),
  });
}

/** The outside world that the services get: network, clock, randomness, timers and the log. */
function world(
  system: ServiceProcess,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
) {
  return {
    fetch,
    now: Date.now,
    randomBytes,
    randomUUID: () => crypto.randomUUID(),
    every(ms: number, tick: () => void) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    log: system.log,
  };
}

if (import.meta.main) await main();
