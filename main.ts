import manifest from "./deno.json" with { type: "json" };
import { parseSettings } from "./lib/settings/settings.ts";
import { SETTINGS } from "./lib/settings/settings_table.ts";
import { judgeConfinement } from "./lib/settings/confinement.ts";
import { createGateway, type Gateway, SettingsError } from "./lib/gateway.ts";
import { createLog } from "./lib/observe/log.ts";
import { createClock } from "./lib/kit/clock.ts";
import { STOP_FLUSH_MS } from "./lib/kit/limits.ts";
import { createLineWriter } from "./lib/observe/line_writer.ts";
import { createOtelTrace } from "./lib/observe/otel.ts";
import type { Module } from "./lib/tool/define_module.ts";
import { createListener } from "./process/listener.ts";
import { MODULES } from "./tools/modules.ts";

/** Exit code for unusable settings (sysexits.h, EX_CONFIG). */
const EX_CONFIG = 78;
/** Exit code where the operating system gives us no listener any more (sysexits.h, EX_OSERR). */
const EX_OSERR = 71;

/** The only place that touches the environment, the permissions, the listener, signals and the exit code. */
export function main(modules: readonly Module[]): void {
  const parsed = parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
  const clock = createClock({ calendar: Date.now, elapsed: () => performance.now() });
  const lines = createLineWriter({ sink: Deno.stdout, clock });
  const { write } = lines;
  // However the process ends, short of being killed: no tool can take its last lines along.
  addEventListener("unload", lines.flush);
  if (!parsed.ok) {
    const report = createLog({ level: "error", clock, write });
    for (const problem of parsed.problems) report.error("settings", { problem });
    Deno.exit(EX_CONFIG);
  }
  const { settings } = parsed;
  const log = createLog({ level: settings.logLevel, clock, write });
  // Said at every level: whoever started the gateway has to learn where it listens.
  const announce = createLog({ level: "info", clock, write });
  const confinement = judgeConfinement(
    settings,
    (probe) => Deno.permissions.querySync(probe).state === "granted",
  );
  for (const problem of confinement.excesses) {
    announce[settings.allowUnconfined ? "warn" : "error"]("unconfined", { problem });
  }
  for (const problem of confinement.missing) announce.error("settings", { problem });
  if (confinement.missing.length > 0 || !(confinement.confined || settings.allowUnconfined)) {
    Deno.exit(EX_CONFIG);
  }
  const trace = createOtelTrace({ api: Deno.telemetry, version: manifest.version, fetch });
  if (trace?.hasAutomaticSpans()) {
    announce.error("settings", {
      problem:
        "OTEL_DENO exports addresses as sent, with the ids and whatever else is in them: set OTEL_DENO_TRACING=false as well",
    });
    Deno.exit(EX_CONFIG);
  }
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
      void stop({}, EX_OSERR);
    },
  });
  let gateway: Gateway;
  try {
    gateway = createGateway({
      settings,
      modules,
      version: manifest.version,
      log,
      fetch,
      clock,
      newId: () => crypto.randomUUID(),
      random: Math.random,
      confinement,
      listener,
      ...(trace === null ? {} : { trace }),
    });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    announce.error("settings", { problem: error.message });
    Deno.exit(EX_CONFIG);
  }
  let stopping = false;
  const stop = async (why: { readonly signal?: Deno.Signal }, code: number) => {
    if (stopping) return;
    stopping = true;
    log.info("stopping", why);
    await gateway.stop();
    // A client that does not read its answer must not keep the process.
    await Promise.race([listener.close(), clock.wait(STOP_FLUSH_MS)]);
    log.info("stopped");
    Deno.exit(code);
  };
  // Before the first request can come: a signal right after "listening" has to find somebody.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop({ signal }, 0));
  }
  try {
    const { hostname, port } = listener.open(settings.port);
    announce.info("listening", {
      url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/mcp`,
      version: manifest.version,
      tools: modules.flatMap(({ tools }) => tools).length,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    log.error("settings", {
      problem: `PORT ${settings.port} is taken by another program: set PORT to a free one, or 0`,
    });
    Deno.exit(EX_CONFIG);
  }
  // A promise that one call left behind must not end everybody's session: Deno would exit.
  const stray = (event: Event, thrown: unknown) => {
    event.preventDefault();
    log.error("stray", { error: thrown instanceof Error ? thrown.constructor.name : typeof thrown });
  };
  addEventListener("unhandledrejection", (event) => stray(event, event.reason));
  addEventListener("error", (event) => stray(event, event.error));
}

if (import.meta.main) main(MODULES);
