// The process: the only place that touches the environment, the permissions, the listener, signals and the exit code. What the
// gateway is made of stands in lib/gateway.ts.
import manifest from "./deno.json" with { type: "json" };
import { createGateway, type Gateway, SettingsError } from "./lib/gateway.ts";
import { type Clock, createClock } from "./lib/kit/clock.ts";
import { STOP_FLUSH_MS } from "./lib/kit/limits.ts";
import { createValkeyStore } from "./lib/nodes/valkey_store.ts";
import { createLineWriter } from "./lib/observe/line_writer.ts";
import { createLog, type Log } from "./lib/observe/log.ts";
import { createOtelTrace, type OtelTrace } from "./lib/observe/otel.ts";
import type { ProcessFacts } from "./lib/observe/process_facts.ts";
import { judgeConfinement } from "./lib/settings/confinement.ts";
import { parseSettings, type Settings } from "./lib/settings/settings.ts";
import { SETTINGS } from "./lib/settings/settings_table.ts";
import type { Offered } from "./lib/tool/offered.ts";
import { addressOf } from "./process/address.ts";
import type { Confinement } from "./process/confinement.ts";
import { EX_CONFIG, EX_OSERR } from "./process/exit_codes.ts";
import { createListener, type Listener, type ListenerDeps } from "./process/listener.ts";
import { supervisorIsGone } from "./process/supervision.ts";
import { MODULES } from "./tools/modules.ts";
import { PROFILES } from "./tools/profiles.ts";
import { PROMPTS } from "./tools/prompts.ts";
import { VIEWS } from "./tools/views.ts";
import { SKILLS } from "./tools/skills/skills.ts";

/** Reads the settings, looks what the process may do, builds the gateway and serves it until a signal comes. */
export function main(offered: Offered): void {
  const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
  const { write, flush } = createLineWriter({ sink: Deno.stdout, clock });
  // However the process ends, short of being killed: no tool can take its last lines along.
  addEventListener("unload", flush);
  // Said at every level: whoever started the gateway has to learn where it listens.
  const announce = createLog({ level: "info", clock, write });
  const settings = readSettings(announce);
  const { valkey } = settings;
  const log = createLog({ level: settings.logLevel, clock, write });
  const confinement = demandConfinement(settings, announce);
  demandSharedPorts(settings, announce);
  const trace = openTrace(announce);
  const process: Process = { log, clock, isStopping: false };
  const tell = listenerLines(log, clock);
  const listener = createListener({
    ...tell,
    listen: (port, onRequest) =>
      Deno.serve({ ...sharedPort(settings, port), onListen() {} }, (request, connection) => {
        onRequest();
        return gateway.fetch(request, connection);
      }),
    onLost: () => {
      log.error("listener-lost");
      void stop(process, gateway, doors, {}, EX_OSERR);
    },
  });
  const probes = createListener({
    ...tell,
    listen: (port, onRequest) =>
      Deno.serve({ port, hostname: settings.host, onListen() {} }, (request) => {
        onRequest();
        return gateway.probe(request);
      }),
    // People are still answered.
    onLost: () => log.error("listener-lost", { problem: "METRICS_PORT is not listened on any more" }),
  });
  const doors: Doors = { listener, probes, isPortShared: settings.worker !== null };
  let gateway: Gateway;
  try {
    gateway = createGateway({
      settings,
      ...offered,
      version: manifest.version,
      log,
      fetch,
      clock,
      newId: () => crypto.randomUUID(),
      random: Math.random,
      confinement,
      listener,
      processFacts: PROCESS_FACTS,
      ...(trace === null ? {} : { trace }),
      ...(valkey === null ? {} : { sharedStore: createValkeyStore({ valkey, clock, log }) }),
    });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return endForSettings(announce, error.message);
  }
  // Before the first request can come: a signal right after "listening" has to find somebody.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop(process, gateway, doors, { signal }, 0));
  }
  if (settings.worker !== null) {
    void supervisorIsGone(Deno.stdin.readable)
      .then(() => stop(process, gateway, doors, { reason: "supervisor-gone" }, 0));
  }
  if (settings.metricsPort !== null) {
    const { hostname, port } = openListener(probes, settings.metricsPort, "METRICS_PORT", log);
    announce.info("metrics-listening", { url: `http://${addressOf(hostname, port)}/metrics` });
  }
  const { hostname, port } = openListener(listener, settings.port, "PORT", log);
  announce.info("listening", {
    url: `http://${addressOf(hostname, port)}/mcp`,
    version: manifest.version,
    tools: offered.modules.flatMap(({ tools }) => tools).length,
  });
  surviveStrays(log);
}

function readSettings(announce: Log): Settings {
  const parsed = parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
  return parsed.ok ? parsed.settings : endForSettings(announce, ...parsed.problems);
}

function endForSettings(announce: Log, ...problems: readonly string[]): never {
  for (const problem of problems) announce.error("settings", { problem });
  Deno.exit(EX_CONFIG);
}

/** Ends the process where it may do less than it needs, or more and the operator has not said that this is meant. */
function demandConfinement(settings: Settings, announce: Log): Confinement {
  const confinement = judgeConfinement(
    settings,
    (probe) => Deno.permissions.querySync(probe).state === "granted",
  );
  for (const problem of confinement.excesses) {
    announce[settings.allowUnconfined ? "warn" : "error"]("unconfined", { problem });
  }
  if (confinement.missing.length > 0 || !(confinement.confined || settings.allowUnconfined)) {
    endForSettings(announce, ...confinement.missing);
  }
  return confinement;
}

/** Without the flag Deno ends the process as soon as a port is to be shared, in words that name no setting. */
function demandSharedPorts(settings: Settings, announce: Log): void {
  if (settings.worker === null || "listenDatagram" in Deno) return;
  endForSettings(announce, "WORKER needs a flag: start with what `deno task permissions` prints for it");
}

function openTrace(announce: Log): OtelTrace | null {
  const trace = createOtelTrace({ api: Deno.telemetry, version: manifest.version, fetch });
  if (!trace?.hasAutomaticSpans()) return trace;
  return endForSettings(
    announce,
    "OTEL_DENO exports addresses as sent, with the ids and whatever else is in them: set OTEL_DENO_TRACING=false as well",
  );
}

/** Where to listen for people. Workers share the port, and the system hands each connection to one of them. */
function sharedPort({ host, worker }: Settings, port: number): Deno.ServeTcpOptions {
  return worker === null ? { port, hostname: host } : { port, hostname: host, reusePort: true };
}

function openListener(listener: Listener, port: number, name: "PORT" | "METRICS_PORT", log: Log) {
  try {
    return listener.open(port);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const way = name === "PORT" ? "a free one, or 0" : "a free one";
    return endForSettings(log, `${name} ${port} is taken by another program: set ${name} to ${way}`);
  }
}

/** What every listener tells the log. */
function listenerLines(
  log: Log,
  clock: Clock,
): Pick<ListenerDeps, "delay" | "monotonic" | "onFailure" | "onReturn"> {
  return {
    delay: clock.wait,
    monotonic: clock.elapsed,
    onFailure: ({ problem, pauseMs, failures }) =>
      log.error("listener-failed", { problem, ms: pauseMs, failures }),
    onReturn: () => log.warn("listener-back"),
  };
}

const PROCESS_FACTS: ProcessFacts = {
  startedAt: (Date.now() - performance.now()) / 1000,
  residentBytes: () => Deno.memoryUsage().rss,
};

interface Process {
  readonly log: Log;
  readonly clock: Clock;
  isStopping: boolean;
}

/** What is listened on. */
interface Doors {
  readonly listener: Listener;
  /** Open where METRICS_PORT is set. */
  readonly probes: Listener;
  /** Whether other workers accept what this process does not. */
  readonly isPortShared: boolean;
}

/** Stops the gateway, then ends the process with `code`. A second call does nothing. */
async function stop(
  process: Process,
  gateway: Gateway,
  { listener, probes, isPortShared }: Doors,
  why: { readonly signal?: Deno.Signal; readonly reason?: string },
  code: number,
): Promise<void> {
  if (process.isStopping) return;
  process.isStopping = true;
  process.log.info("stopping", why);
  // Where others accept, new connections go to them at once instead of being refused here.
  const isClosed = isPortShared ? listener.close() : undefined;
  await gateway.stop();
  // A client that does not read its answer must not keep the process.
  await Promise.race([
    Promise.all([isClosed ?? listener.close(), probes.close()]),
    process.clock.wait(STOP_FLUSH_MS),
  ]);
  process.log.info("stopped");
  Deno.exit(code);
}

/** Deno would exit for a promise that one call left behind, and end everybody's session. */
function surviveStrays(log: Log): void {
  const stray = (event: Event, thrown: unknown) => {
    event.preventDefault();
    log.error("stray", { error: thrown instanceof Error ? thrown.constructor.name : typeof thrown });
  };
  addEventListener("unhandledrejection", (event) => stray(event, event.reason));
  addEventListener("error", (event) => stray(event, event.error));
}

if (import.meta.main) {
  main({ modules: MODULES, prompts: PROMPTS, skills: SKILLS, profiles: PROFILES, views: VIEWS });
}
