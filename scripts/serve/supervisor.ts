// Keeps workers running: starts each, starts it again after a growing pause when it ends, stops all of them together. Starts no
// process itself; worker_process.ts does.
import type { Clock } from "../../lib/kit/clock.ts";
import type { Log } from "../../lib/observe/log.ts";
import { EX_CONFIG } from "../../process/exit_codes.ts";

/** Workers that are kept running. */
export interface Supervisor {
  /** Asks every worker to stop; no other is started. A second call does nothing. */
  stop(): void;
  /** Resolves with the code to end with, when no worker runs any more and none is to be started. */
  readonly ended: Promise<number>;
}

/** Starts the workers at once. */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const state: State = {
    stopping: new AbortController(),
    running: new Set(),
    codes: deps.starts.map(() => null),
    isUnusable: false,
  };
  const ended = Promise.all(deps.starts.map((_, index) => keepRunning(deps, state, index)))
    .then(() => state.isUnusable ? EX_CONFIG : state.codes.find((code) => code !== 0) ?? 0);
  return {
    ended,
    stop() {
      if (state.stopping.signal.aborted) return;
      state.stopping.abort();
      for (const worker of state.running) end(deps, worker);
    },
  };
}

/** Dependencies of {@link createSupervisor}. */
export interface SupervisorDeps {
  /** Starts each worker. */
  readonly starts: readonly (() => WorkerProcess)[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A process that was started. */
export interface WorkerProcess {
  readonly ended: Promise<WorkerEnd>;
  /** Sends a signal; does nothing to a worker that has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

interface State {
  readonly stopping: AbortController;
  readonly running: Set<WorkerProcess>;
  /** How each worker ended last; null while it runs, and before. */
  readonly codes: (number | null)[];
  /** Every worker said that its settings cannot be used: starting again changes nothing. */
  isUnusable: boolean;
}

/** First pause before a worker is started again; doubled each time. The others answer meanwhile. */
const FIRST_PAUSE_MS = 250;
/** Longest pause. */
const MAX_PAUSE_MS = 30_000;
/** A worker that ran this long was well: the next pause is the first one again. */
const STEADY_MS = 60_000;
/** A gateway ends by itself within 12 seconds, and systemd waits 20. */
const STOP_MS = 15_000;

async function keepRunning(deps: SupervisorDeps, state: State, index: number): Promise<void> {
  const { signal } = state.stopping;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const since = deps.clock.elapsed();
    const last = await runOnce(deps, state, index);
    if (signal.aborted) return;
    if (state.codes.every((code) => code === EX_CONFIG)) {
      state.isUnusable = true;
      return state.stopping.abort();
    }
    if (deps.clock.elapsed() - since >= STEADY_MS) pauseMs = FIRST_PAUSE_MS;
    deps.log.error("worker-ended", { problem: problemOf(index, deps.starts.length, last), ms: pauseMs });
    try {
      await deps.clock.wait(pauseMs, signal);
    } catch {
      state.codes[index] = 0; // stopped meanwhile: its end was told of before
      return;
    }
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  }
}

async function runOnce(deps: SupervisorDeps, state: State, index: number): Promise<WorkerEnd> {
  const worker = start(deps, index);
  state.running.add(worker);
  state.codes[index] = null;
  const last = await worker.ended;
  state.running.delete(worker);
  // Ended by the signal that it was sent, before it could hear it: as if it had stopped by itself.
  const isStopped = state.stopping.signal.aborted && STOP_SIGNALS.has(last.signal);
  state.codes[index] = isStopped ? 0 : last.code;
  return last;
}

/** A terminal sends SIGINT to the workers too. */
const STOP_SIGNALS: ReadonlySet<Deno.Signal | null> = new Set(["SIGTERM", "SIGINT"]);

/** Without memory or processes for it no worker starts, and the next attempt may succeed. */
function start({ starts }: SupervisorDeps, index: number): WorkerProcess {
  try {
    return starts[index]?.() ?? NOT_STARTED;
  } catch {
    return NOT_STARTED;
  }
}

const NOT_STARTED: WorkerProcess = Object.freeze({
  ended: Promise.resolve({ code: 1, signal: null }),
  kill: () => {},
});

function end({ clock }: SupervisorDeps, worker: WorkerProcess): void {
  worker.kill("SIGTERM");
  const disarm = clock.after(STOP_MS, () => worker.kill("SIGKILL"));
  void worker.ended.then(disarm);
}

function problemOf(index: number, count: number, { code, signal }: WorkerEnd): string {
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  return `worker ${index + 1} of ${count} ${how}: it is started again, the others go on`;
}
