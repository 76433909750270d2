// What can be asked of the runner itself: health, readiness, metrics, and three switches for whoever has the personas key. Everything
// else is the report's. It listens on this computer alone.
import type { Metrics } from "../observe/metrics.ts";
import type { Readiness } from "../observe/readiness.ts";
import { refuseForeignHost } from "../pages/host_check.ts";
import type { Schedule } from "../schedule/schedule.ts";

/** Creates the answer to every request. */
export function createRunnerDoor(deps: RunnerDoorDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const refusal = refuseForeignHost(request);
    if (refusal !== undefined) return refusal;
    const { pathname } = new URL(request.url);
    if (pathname in SWITCHES) return await turnSwitch(deps, request, pathname);
    const read = READS[pathname];
    if (read === undefined) return await deps.report(request);
    if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET");
    return await read(deps);
  };
}

/** What is asked. */
export interface RunnerDoorDeps {
  readonly schedule: Schedule;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  /** Whether a request has the personas key. */
  readonly hasKey: (request: Request) => Promise<boolean>;
  /** The pages. */
  readonly report: (request: Request) => Response | Promise<Response>;
  readonly version: string;
  readonly brain: string;
}

const SERVICE = "mana-persona-runner";
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

const READS: Readonly<Record<string, (deps: RunnerDoorDeps) => Response | Promise<Response>>> = {
  "/health": ({ version, brain, schedule }) => {
    const { isPaused, running, queued, waiting } = schedule.status();
    return json({
      status: "ok",
      service: SERVICE,
      version,
      brain,
      paused: isPaused,
      running,
      queued,
      waiting: waiting.length,
    });
  },
  "/ready": async ({ readiness }) => {
    const { isReady, places } = await readiness();
    return json({ ready: isReady, ...places }, isReady ? 200 : 503);
  },
  "/metrics": ({ metrics }) =>
    new Response(metrics.text(), {
      headers: { ...HEADERS, "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    }),
};

const SWITCHES: Readonly<Record<string, (schedule: Schedule, names: readonly string[]) => void>> = {
  // `?persona=anna&persona=ben`: these two, due or not; without a name whoever is due.
  "/tick": (schedule, names) => void (names.length > 0 ? schedule.play(names) : schedule.tick()),
  "/pause": (schedule) => schedule.pause(),
  "/resume": (schedule) => schedule.resume(),
};

async function turnSwitch(deps: RunnerDoorDeps, request: Request, pathname: string): Promise<Response> {
  if (request.method !== "POST") return notAllowed("POST");
  if (!await deps.hasKey(request)) {
    return json({ error: "key-needed", message: "X-Service-Key has to be the personas key." }, 401);
  }
  if (pathname === "/tick" && deps.schedule.status().isPaused) {
    return json({ error: "paused", message: "The runner is paused: POST /resume first." }, 409);
  }
  const names = new URL(request.url).searchParams.getAll("persona");
  if (pathname === "/tick" && !names.every(deps.schedule.knows)) {
    const message =
      "No persona is called like that, or it is not played here: the report has the names. Nobody was started.";
    return json({ error: "persona-unknown", message }, 404);
  }
  SWITCHES[pathname]?.(deps.schedule, names);
  return json({ ok: true, paused: deps.schedule.status().isPaused }, pathname === "/tick" ? 202 : 200);
}

function notAllowed(allow: string): Response {
  const body = JSON.stringify({ error: "method-not-allowed", message: `Use ${allow}.` });
  return new Response(body, {
    status: 405,
    headers: { ...HEADERS, allow, "content-type": "application/json" },
  });
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...HEADERS, "content-type": "application/json" },
  });
}
