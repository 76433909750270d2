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
import { judgeConfinement } from "./lib/settings/confinement.ts";
import { parseSettings, type Settings } from "./lib/settings/settings.ts";
import { SETTINGS } from "./lib/settings/settings_table.ts";
import type { Offered } from "./lib/tool/offered.ts";
import { addressOf } from "./process/address.ts";
import type { Confinement } from "./process/confinement.ts";
import { EX_CONFIG, EX_OSERR } from "./process/exit_codes.ts";
import { createListener, type Listener } from "./process/listener.ts";
import { MODULES } from "./tools/modules.ts";
import { PROFILES } from "./tools/profiles.ts";
import { PROMPTS } from "./tools/prompts.ts";

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
  const trace = openTrace(announce);
  const process: Process = { log, clock, isStopping: false };
  const listener = createListener({
    listen: (port, onRequest) =>
      Deno.serve({ port, hostname: settings.host, onListen() {} }, (request, connection) => {
        onRequest();
        return gateway.fetch(request, connection);
      }),
    delay: clock.wait,
    monotonic: clock.elapsed,
    onFailure: ({ problem, pauseMs }) => log.error("listener-failed", { problem, ms: pauseMs }),
    onReturn: () => log.warn("listener-back"),
    onLost: () => {
      log.error("listener-lost");
      void stop(process, gateway, listener, {}, EX_OSERR);
    },
  });
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
      ...(trace === null ? {} : { trace }),
      ...(valkey === null ? {} : { sharedStore: createValkeyStore({ valkey, clock, log }) }),
    });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return endForSettings(announce, error.message);
  }
  // Before the first request can come: a signal right after "listening" has to find somebody.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop(process, gateway, listener, { signal }, 0));
  }
  const { hostname, port } = openListener(listener, settings, log);
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

function openTrace(announce: Log): OtelTrace | null {
  const trace = createOtelTrace({ api: Deno.telemetry, version: manifest.version, fetch });
  if (!trace?.hasAutomaticSpans()) return trace;
  return endForSettings(
    announce,
    "OTEL_DENO exports addresses as sent, with the ids and whatever else is in them: set OTEL_DENO_TRACING=false as well",
  );
}

function openListener(listener: Listener, settings: Settings, log: Log) {
  try {
    return listener.open(settings.port);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return endForSettings(
      log,
      `PORT ${settings.port} is taken by another program: set PORT to a free one, or 0`,
    );
  }
}

interface Process {
  readonly log: Log;
  readonly clock: Clock;
  isStopping: boolean;
}

/** Stops the gateway, then ends the process with `code`. A second call does nothing. */
async function stop(
  process: Process,
  gateway: Gateway,
  listener: Listener,
  why: { readonly signal?: Deno.Signal },
  code: number,
): Promise<void> {
  if (process.isStopping) return;
  process.isStopping = true;
  process.log.info("stopping", why);
  await gateway.stop();
  // A client that does not read its answer must not keep the process.
  await Promise.race([listener.close(), process.clock.wait(STOP_FLUSH_MS)]);
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

if (import.meta.main) main({ modules: MODULES, prompts: PROMPTS, profiles: PROFILES });
