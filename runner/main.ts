// The runner's process: environment, permissions, port, signals and exit codes. What it is made of stands in runner.ts. Nothing else in
// this folder reads the environment, listens or exits.
import manifest from "./deno.json" with { type: "json" };
import { createServiceProcess, type ServiceProcess } from "../process/service_process.ts";
import type { Confinement, PermissionQuery } from "../process/confinement.ts";
import type { Brain } from "./brain/brain.ts";
import type { Engine } from "./brain/engine.ts";
import { createModelBrain } from "./brains/model.ts";
import { createScriptedBrain } from "./brains/scripted.ts";
import { readCatalogue } from "./catalogue/read_catalogue.ts";
import { createChecks } from "./checks/checks.ts";
import { type Clock, wait } from "./kit/clock.ts";
import { createMetrics, type Metrics } from "./observe/metrics.ts";
import { createRunner, type Runner } from "./runner.ts";
import { judgeRunnerConfinement, LISTEN_HOST } from "./settings/permissions.ts";
import { parseSettings, type Settings } from "./settings/settings.ts";
import { SETTING_NAMES } from "./settings/settings_table.ts";

/** Runs the process; what differs is who plays the days, and the rights that this takes. */
export function runRunner(choice: RunnerChoice): void {
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
  demandConfinement(system, choice.judge, parsed.settings);
  serve(system, choice, parsed.settings);
}

/** Who plays, and what the process may do. */
export interface RunnerChoice {
  createBrain(settings: Settings, clock: Clock, metrics: Metrics): Brain | Engine;
  /** Compares what the process may do with what it needs. */
  judge(settings: Settings, query: PermissionQuery): Confinement;
}

function serve(system: ServiceProcess, choice: RunnerChoice, settings: Settings): void {
  const clock: Clock = {
    calendar: Date.now,
    elapsed: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
  const metrics = createMetrics();
  const brain = choice.createBrain(settings, clock, metrics);
  const runner = createRunner({
    settings,
    version: manifest.version,
    brain,
    checks: createChecks(),
    catalogue: readCatalogue(),
    fetch,
    clock,
    newTickId: () => crypto.randomUUID(),
    log: system.log,
    metrics,
  });
  const door = system.createDoor({
    service: "runner",
    hostname: LISTEN_HOST,
    handler: (request) => runner.fetch(request),
    onLost: (code) => void system.stop(work, code),
  });
  const stopping: { ended?: Promise<void> } = {};
  const work = {
    doors: [door],
    // First of all: nothing new begins while open requests have their time.
    endStreams: () => void (stopping.ended = stopWithin(runner, clock)),
    close: async () => await stopping.ended,
  };
  const port = system.open(door, settings.port, "PERSONAS_PORT");
  system.stopOnSignal(work);
  system.announce({ event: "listening", url: door.urlOf(port), brain: brain.name, seed: settings.seed });
  runner.start();
}

/** How long attempts have for the call that they are in. */
const GRACE_MS = 10_000;
/** And then for their last row. */
const LAST_ROW_MS = 3_000;

/** Stops the runner; attempts that do not end by themselves are ended. */
async function stopWithin(runner: Runner, clock: Clock): Promise<void> {
  const never = new AbortController().signal;
  const stopped = runner.stop();
  await Promise.race([stopped, wait(clock, GRACE_MS, never)]);
  runner.abort();
  await Promise.race([stopped, wait(clock, LAST_ROW_MS, never)]);
}

function createBrain({ brain, model }: Settings, clock: Clock, metrics: Metrics): Brain {
  if (brain === "scripted" || model === undefined) return createScriptedBrain();
  return createModelBrain({
    baseUrl: model.url,
    apiKey: model.key,
    model: model.name,
    budgetTokens: model.budgetTokens,
    fetch,
    now: clock.calendar,
    wait: (ms, signal) => wait(clock, ms, signal),
    counts: {
      countTokens: (kind, tokens) => metrics.tokens(kind, tokens),
      countBrokenRating: () => metrics.error("broken-rating"),
    },
  });
}

/** Ends the process where it may do less or more than it needs. There is no setting that allows more: a runner has no reason for it. */
function demandConfinement(system: ServiceProcess, judge: RunnerChoice["judge"], settings: Settings): void {
  const query = (probe: Deno.PermissionDescriptor) => Deno.permissions.querySync(probe).state === "granted";
  const { excesses, missing } = judge(settings, query);
  for (const problem of excesses) system.log({ event: "unconfined", problem });
  if (missing.length > 0 || excesses.length > 0) system.fail(missing);
}

if (import.meta.main) runRunner({ createBrain, judge: judgeRunnerConfinement });
