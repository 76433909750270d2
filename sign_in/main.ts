// The sign-in server's process: environment, permissions, data folder, port, signals and exit codes. The server is
// sign_in_server.ts. Nothing else in this folder reads the environment, listens or exits.
import { createServiceProcess, type ServiceProcess } from "../process/service_process.ts";
import { lockFolder } from "./data_folder/lock_folder.ts";
import { DATABASE_FILE, ensureSignInSecrets } from "./data_folder/ensure_sign_in_secrets.ts";
import { demandUsable } from "./database/demand_usable.ts";
import { migrateSignIn } from "./database/migrate_sign_in.ts";
import { logDatabase, openSignInDatabase } from "./database/open_sign_in_database.ts";
import type { SignInDatabase } from "./database/sign_in_database.ts";
import { clientAddress } from "./http/client_address.ts";
import { SetupFault } from "./kit/setup_fault.ts";
import { createRemotePeople, type RemotePeople } from "./people/remote/remote_people.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { judgeSignInConfinement } from "./settings/permissions.ts";
import { parseSettings, type Settings } from "./settings/settings.ts";
import { SETTING_NAMES } from "./settings/settings_table.ts";
import { createSignInApp, SERVICE } from "./sign_in_app.ts";
import { createSignInServer } from "./sign_in_server.ts";

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
  demandConfinement(system, settings);
  // Before anything is made: two first starts at once must not make two sets of secrets.
  const lock = settings.database === undefined
    ? lockFolder(settings.data, "SIGN_IN_DATA", "sign-in server")
    : undefined;
  const store = await openStore(system, settings);
  // The port comes first, because the issuer follows the real port; requests wait until the server is there.
  const started = Promise.withResolvers<Started>();
  started.promise.catch(() => {}); // a failure ends the process in main(); it must not end it twice
  const door = system.createDoor({
    service: SERVICE,
    hostname: settings.host,
    handler: async (request, peer) =>
      (await started.promise).app.fetch(request, { address: clientAddress(request.headers, peer) }),
    onLost: (code) => void started.promise.then((running) => system.stop(toWork(running), code)),
  });
  const toWork = ({ people }: Started) => ({
    doors: [door],
    async close() {
      await people.stop();
      await store.signIn.close();
      lock?.close();
    },
  });
  const port = system.open(door, settings.port, "SIGN_IN_PORT");
  const issuer = settings.issuer ?? `http://localhost:${port}`;
  const { server, people } = await createServer(system, settings, store, issuer);
  const app = createSignInApp({
    server,
    signIn: store.signIn,
    listener: door,
    now: Date.now,
    log: system.log,
  });
  started.resolve({ app, people });
  system.stopOnSignal(toWork({ app, people }));
  system.announce({
    event: "listening",
    url: door.urlOf(port),
    issuer,
    ...(settings.database === undefined ? { data: await Deno.realPath(settings.data) } : {}),
  });
}

/** What runs. */
interface Started {
  readonly app: ReturnType<typeof createSignInApp>;
  readonly people: RemotePeople;
}

/** The open database and the secrets that open what it holds. */
interface Store {
  readonly signIn: SignInDatabase;
  readonly secrets: Secrets;
}

async function openStore(system: ServiceProcess, { database, data, secrets }: Settings): Promise<Store> {
  const opened = {
    secrets: secrets ?? await ensureSignInSecrets(data, randomBytes),
    signIn: openSignInDatabase(database ?? `${data}/${DATABASE_FILE}`, logDatabase(system.log, SERVICE)),
  };
  if (database !== undefined) await demandUsable(opened.signIn, database);
  await migrateSignIn(opened.signIn);
  return opened;
}

async function createServer(system: ServiceProcess, settings: Settings, store: Store, issuer: string) {
  const world = { fetch, now: Date.now, randomBytes, randomUUID: () => crypto.randomUUID(), log: system.log };
  const made = Promise.withResolvers<RemotePeople>();
  const server = await createSignInServer({
    ...settings,
    ...store,
    ...world,
    issuer,
    async createPeople(parts) {
      const people = await createRemotePeople({ ...parts, ...settings, ...store, ...world, issuer, every });
      made.resolve(people);
      return people;
    },
  });
  return { server, people: await made.promise };
}

/** Ends the process where it may do less than it needs, or more and the operator has not said that this is meant. */
function demandConfinement(system: ServiceProcess, settings: Settings): void {
  const query = (probe: Deno.PermissionDescriptor) => Deno.permissions.querySync(probe).state === "granted";
  const place = {
    data: realPathOf(settings.data),
    cwd: query({ name: "read", path: "." }) ? Deno.cwd() : undefined,
  };
  const { excesses, missing } = judgeSignInConfinement(settings, place, query);
  for (const problem of excesses) system.log({ event: "unconfined", problem });
  if (missing.length > 0 || (excesses.length > 0 && !settings.allowUnconfined)) system.fail(missing);
}

/** The absolute path of a folder; before the first start, what the settings say. */
function realPathOf(folder: string): string {
  try {
    return Deno.realPathSync(folder);
  } catch {
    return folder.includes("/") ? folder : `./${folder}`;
  }
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

function every(ms: number, tick: () => Promise<void>): () => void {
  const timer = setInterval(() => void tick(), ms);
  return () => clearInterval(timer);
}

if (import.meta.main) await main();
