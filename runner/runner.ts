// Puts the runner together: the way to each service, who thinks the days, what must hold, the schedule, and the door. Read it first.
// Reads no environment, clock or port by itself: main.ts hands everything in. Design: docs/personas.md.
import { derivePersonaPassword } from "../process/derive_persona_password.ts";
import { attempt, type AttemptReport } from "./attempt/attempt.ts";
import { createInputHash } from "./attempt/input_hash.ts";
import type { Brain } from "./brain/brain.ts";
import type { Engine } from "./brain/engine.ts";
import type { Persona } from "./catalogue/read_catalogue.ts";
import type { Checks } from "./checks/check.ts";
import { askService, type ServiceWay } from "./kit/ask_service.ts";
import type { Clock } from "./kit/clock.ts";
import { createTurns } from "./kit/turns.ts";
import { createMetrics, type Metrics } from "./observe/metrics.ts";
import { noteReport } from "./observe/note_report.ts";
import { createReadiness } from "./observe/readiness.ts";
import { createReportRoutes } from "./pages/report_routes.tsx";
import { askReport } from "./personas_api/ask_report.ts";
import { createKeyCheck } from "./personas_api/key_check.ts";
import { createPersonasApi, type PersonasApi } from "./personas_api/personas_api.ts";
import { createSchedule, type Schedule } from "./schedule/schedule.ts";
import type { Settings } from "./settings/settings.ts";
import { createAppAccess } from "./sign_in/app_access.ts";
import { chooseAccess } from "./sign_in/choose_access.ts";
import { createOwnAccess } from "./sign_in/own_access.ts";
import { createSharedSpaces } from "./sign_in/shared_spaces.ts";
import { createRunnerDoor } from "./web/runner_door.ts";

/** Creates the runner. It does nothing until it is started or told to tick. */
export function createRunner(deps: RunnerDeps): Runner {
  const { settings, brain, clock, log } = deps;
  const metrics = deps.metrics ?? createMetrics();
  const way = { fetch: deps.fetch, clock };
  const sessions = { ...way, turns: createTurns(), authUrl: settings.authUrl };
  const app = createAppAccess({
    ...way,
    turns: sessions.turns,
    mcpUrl: settings.mcpUrl,
    signInOrigins: [new URL(settings.signInUrl).origin],
    passwordOf: ({ email }) => derivePersonaPassword(settings.seedSecret, email),
  });
  const api = createPersonasApi({ ...way, url: settings.apiUrl, key: settings.personasKey });
  const access = chooseAccess({
    own: createOwnAccess({
      ...sessions,
      secret: settings.seedSecret,
      spacesOf: createSharedSpaces({
        personas: deps.catalogue,
        sessions,
        secret: settings.seedSecret,
        onRefused: ({ name }, words) => log({ event: "shared-space-refused", persona: name, problem: words }),
      }),
    }),
    app,
  });
  const attemptDeps = {
    ...way,
    api,
    access,
    mana: { ...way, url: settings.mcpUrl, version: deps.version },
    brain,
    checks: deps.checks,
    hash: createInputHash(settings.seedSecret),
    newTickId: deps.newTickId,
    seed: settings.seed,
    events: eventsOf(metrics),
  };
  const schedule = createSchedule({
    api,
    play: (player, signals) => attempt(attemptDeps, player, signals),
    catalogue: deps.catalogue,
    clock,
    concurrency: settings.concurrency,
    intervalMs: settings.intervalMs,
    ...(deps.isWanted === undefined ? {} : { isWanted: deps.isWanted }),
    onReport: (report) => noteReport({ log, metrics }, report),
  });
  const report = createReportRoutes({
    askReport: (signal) => askReport({ ...way, url: settings.apiUrl, key: settings.personasKey }, signal),
    describeRunner: () => ({ brain: brain.name, seed: settings.seed, isPaused: schedule.status().isPaused }),
  });
  const door = createRunnerDoor({
    ...deps,
    report: (request) => report.fetch(request),
    schedule,
    metrics,
    brain: brain.name,
    readiness: createReadiness({ clock, places: placesOf(settings, way, api) }),
    hasKey: createKeyCheck(settings.personasKey),
  });
  return Object.freeze({
    ...schedule,
    metrics,
    fetch: door,
    async stop() {
      await schedule.stop();
      await app.end(AbortSignal.any([]));
    },
  });
}

/** The runner: its schedule, and its door. */
export interface Runner extends Schedule {
  readonly metrics: Metrics;
  /** Answers a request to the runner's port. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** What the runner is made of. */
export interface RunnerDeps {
  readonly settings: Settings;
  readonly version: string;
  readonly brain: Brain | Engine;
  readonly checks: Checks;
  readonly catalogue: readonly Persona[];
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly newTickId: () => string;
  /** A line of the log. */
  readonly log: (entry: Readonly<Record<string, string | number>>) => void;
  /** Where it is counted; its own by default. */
  readonly metrics?: Metrics;
  /** Whether a persona is played at all; everybody by default. */
  readonly isWanted?: (persona: Persona) => boolean;
}

/** What came of one persona's turn. */
export type { AttemptReport };

function eventsOf(metrics: Metrics) {
  return {
    called: (tool: string, { result, latencyMs }: { readonly result: string; readonly latencyMs: number }) =>
      metrics.call(tool, result, latencyMs),
    violated: ({ check }: { readonly check: string }) => metrics.violation(check),
  };
}

/** What readiness asks. None of these questions costs money, and none needs a right that the runner has not. */
function placesOf({ authUrl, mcpUrl, model }: Settings, way: ServiceWay, api: PersonasApi) {
  const never = AbortSignal.any([]);
  const answers = (url: string, isFine: (status: number) => boolean) => async () =>
    isFine((await askService(way, url, {}, never)).status);
  const isOk = (status: number) => status === 200;
  return {
    auth: answers(`${authUrl}/api/auth/jwks`, isOk),
    gateway: answers(`${new URL(mcpUrl).origin}/health`, isOk),
    api: () => api.due(never).then(() => true, () => false),
    // Any answer will do: a question with the key could be a paid one.
    ...(model === undefined ? {} : { model: answers(model.url, (status) => status !== 0) }),
  };
}
