import { type Backend, createBackend } from "./backend.ts";
import { ensureSecrets } from "./ensure_secrets.ts";
import { ensureFirstPerson } from "./first_person.ts";
import { lockFolder } from "./lock_folder.ts";
import { parseSettings, SETTING_NAMES, type Settings } from "./settings.ts";
import { SetupFault } from "./setup_fault.ts";

/** sysexits: the configuration is wrong. */
const EX_CONFIG = 78;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** How long open requests may take after a stop signal. */
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
  const secrets = await ensureSecrets(settings.data, randomBytes);

  // The ports come first, because the issuer follows the real port; requests wait until the services are there.
  const started = Promise.withResolvers<Backend>();
  started.promise.catch(() => {}); // a failure ends the process below; it must not end it twice
  const auth = listen(
    settings.host,
    settings.port,
    "BACKEND_PORT",
    async (r) => (await started.promise).auth.fetch(r),
  );
  const sync = listen(
    settings.host,
    settings.syncPort,
    "BACKEND_SYNC_PORT",
    async (r) => (await started.promise).sync.fetch(r),
  );
  const issuer = settings.issuer ?? `http://localhost:${auth.addr.port}`;
  const backend = await createBackend({
    data: settings.data,
    issuer,
    audience: settings.audience,
    serviceKey: settings.serviceKey,
    origins: settings.origins,
    resources: settings.resources,
    clientHosts: settings.clientHosts,
    fetch,
    authSecret: secrets.authSecret,
    kek: settings.kek ?? secrets.kek,
    now: Date.now,
    randomBytes,
    randomUUID: () => crypto.randomUUID(),
    every(ms, tick) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
    log: (entry) => print(Deno.stderr, entry),
  });
  if (settings.firstPerson !== undefined) {
    const { email, data } = { email: settings.firstPerson, data: settings.data };
    await ensureFirstPerson({ fetch: backend.auth.fetch, issuer, data, email, randomBytes });
  }
  started.resolve(backend);
  stopOnSignal([auth, sync], {
    ...backend,
    close() {
      backend.close();
      lock.close();
    },
  });
  print(Deno.stdout, {
    event: "listening",
    auth: urlOf(settings.host, auth.addr.port),
    sync: urlOf(settings.host, sync.addr.port),
    issuer,
    data: settings.data === ":memory:" ? settings.data : await Deno.realPath(settings.data),
  });
}

function listen(
  hostname: string,
  port: number,
  variable: string,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname, port, onListen() {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new SetupFault(`Cannot listen on port ${port}: it is taken; set ${variable} to a free port`);
  }
}

function stopOnSignal(servers: readonly Deno.HttpServer<Deno.NetAddr>[], backend: Backend): void {
  const stop = async () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, stop); // a second signal ends it at once
    const stopped = Promise.all(servers.map((server) => server.shutdown()));
    backend.endStreams();
    const drained = await Promise.race([
      stopped.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), DRAIN_MS)),
    ]);
    backend.close();
    print(Deno.stdout, { event: "stopped", drained: String(drained) });
    Deno.exit(0);
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, stop);
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
