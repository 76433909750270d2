// The whole runner, as main.ts puts it together, over the whole product in one process: everybody of the catalogue with the embedded
// backend's own personas API, the pages and the gateway. Days pass when a test says so; nobody waits for anything.
import assert from "node:assert/strict";
import { z } from "zod";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { createScriptedBrain } from "../../../runner/brains/scripted.ts";
import { createChecks } from "../../../runner/checks/checks.ts";
import type { Clock } from "../../../runner/kit/clock.ts";
import { createRunner, type Runner, type RunnerDeps } from "../../../runner/runner.ts";
import { parseSettings } from "../../../runner/settings/settings.ts";
import { createOperator } from "../../../scripts/personas/operator.ts";
import { ISSUER, RESOURCE } from "../../_support/oauth_flow.ts";
import { SERVICE_KEY } from "../../_support/test_backend.ts";
import { createWorld, GATEWAY_URL, type World, type WorldOptions } from "../../_support/world.ts";
import { tokenOf } from "../../backend/personas/_personas.ts";

/** Creates it, with everybody of the catalogue. */
export async function createTown(options: TownOptions = {}): Promise<Town> {
  const world = await createWorld({
    hasPages: true,
    isStill: true,
    env: { MANA_SERVICE_KEY: SERVICE_KEY },
    backend: {
      issuer: ISSUER,
      gatewayAddresses: [RESOURCE],
      personas: { key: KEY, operatorPassword: OPERATOR.password },
    },
    ...options.world,
  });
  const requests: Request[] = [];
  const log: Readonly<Record<string, string | number>>[] = [];
  let elapsed = 0;
  let underWay = 0;
  const answerTo = async (request: Request): Promise<Response> => {
    const said = await town.answer(request.clone());
    if (said !== undefined) return said;
    request.signal.throwIfAborted();
    const { origin } = new URL(request.url);
    assert.ok(origin === ISSUER || origin === GATEWAY_URL, `nobody is at ${origin}`);
    return await (origin === ISSUER ? world.backend.auth : world.gateway).fetch(request);
  };
  const town: Town = {
    world,
    requests,
    log,
    answer: () => undefined,
    clock: options.clock?.(world) ?? passing(world, () => elapsed),
    sleep(ms) {
      world.clock.now += ms;
      elapsed += ms;
    },
    underWay: () => underWay,
    async fetch(input, init) {
      const request = new Request(input, init);
      requests.push(request);
      underWay += 1;
      try {
        return await answerTo(request);
      } finally {
        underWay -= 1;
      }
    },
    start: (changes = {}) =>
      createRunner({
        settings: settingsOf(changes.env ?? {}),
        version: "0.0.0-test",
        brain: createScriptedBrain(),
        checks: createChecks(),
        catalogue: readCatalogue(),
        fetch: town.fetch,
        clock: town.clock,
        newTickId: () => crypto.randomUUID(),
        log: (entry) => void log.push(entry),
        ...changes,
      }),
    async rows(ticks = 30) {
      const answer = await world.auth(`/api/v1/personas/internal/report?ticks=${ticks}`, {
        headers: { "x-service-key": KEY },
      });
      return Reported.parse(await answer.json()).personas;
    },
    async counts() {
      const answer = await world.gateway.fetch(
        new Request(`${GATEWAY_URL}/metrics`, { headers: { host: new URL(GATEWAY_URL).host } }),
      );
      return countsOf(await answer.text());
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
  const operator = createOperator({
    url: ISSUER,
    token: await tokenOf(world, OPERATOR),
    seedSecret: SEED_SECRET,
    fetch: (input, init) => world.backend.auth.fetch(new Request(input, init)),
  });
  for (const persona of readCatalogue()) await operator.make(persona);
  return town;
}

/** What differs. */
export interface TownOptions {
  readonly world?: WorldOptions;
  /** The runner's time; by default waiting takes none, and deadlines never come. */
  readonly clock?: (world: World) => Clock;
}

/** Everybody, and what a test sees of them. */
export interface Town extends AsyncDisposable {
  readonly world: World;
  /** Every request of the runner. */
  readonly requests: Request[];
  /** Every line of the runner's log. */
  readonly log: Readonly<Record<string, string | number>>[];
  /** Looks at each request of the runner first; what it returns is the answer. */
  answer: (request: Request) => Response | undefined | Promise<Response | undefined>;
  readonly clock: Clock;
  /** How many requests of the runner have no answer yet. */
  underWay(): number;
  /** Nobody does anything for so long. */
  sleep(ms: number): void;
  readonly fetch: typeof fetch;
  /** A runner that starts: it knows nothing of those before. */
  start(changes?: Partial<RunnerDeps> & { readonly env?: Readonly<Record<string, string>> }): Runner;
  /** What the personas API has of everybody, internally. */
  rows(ticks?: number): Promise<readonly ReportedPersona[]>;
  /** Calls of each tool that the gateway has counted, whatever came of them. */
  counts(): Promise<ReadonlyMap<string, number>>;
}

/** Everybody of the catalogue. */
export const EVERYBODY: readonly string[] = readCatalogue().map(({ name }) => name);

/** Secrets of tests. */
export const KEY = "a personas key for tests, long enough";
export const SEED_SECRET = "0123456789abcdef0123456789abcdef";
export const OPERATOR = { email: "operator@mana.test", password: "an operator's password for tests" };

/** Calls of each tool that a gateway has counted, by the names that rows have: a model's name of a tool knows no dots. */
export function countsOf(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, tool = "", count] of metrics.matchAll(INVOCATIONS)) {
    const name = tool.replaceAll(".", "_");
    counts.set(name, (counts.get(name) ?? 0) + Number(count));
  }
  return counts;
}

const INVOCATIONS = /^mana_mcp_tool_invocations_total\{[^}]*tool="([^"]+)"[^}]*\} ([1-9]\d*)$/gm;

/** The report of the personas API. */
export const Reported = z.object({
  personas: z.array(z.object({
    userId: z.string(),
    name: z.string(),
    timeZone: z.string().nullable(),
    ticksEver: z.number(),
    heldUntil: z.string().nullable(),
    ticks: z.array(z.object({
      tickId: z.string(),
      number: z.number(),
      ending: z.string(),
      actions: z.array(z.object({
        id: z.string(),
        toolName: z.string(),
        inputHash: z.string().nullable(),
        result: z.string(),
        errorMessage: z.string().nullable(),
        latencyMs: z.number().nullable(),
      })),
      feedback: z.array(z.object({ module: z.string(), rating: z.number(), notes: z.string().nullable() })),
    })),
  })),
});

/** Somebody, with the newest ticks first. */
export type ReportedPersona = z.infer<typeof Reported>["personas"][number];

/** One row. */
export type ReportedRow = ReportedPersona["ticks"][number]["actions"][number];

function settingsOf(env: Readonly<Record<string, string>>) {
  const parsed = parseSettings({
    MANA_AUTH_URL: ISSUER,
    MANA_MCP_URL: RESOURCE,
    MANA_PERSONAS_KEY: KEY,
    PERSONA_SEED_SECRET: SEED_SECRET,
    ...env,
  });
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}

/** Who waits, waits no time, and that time has passed then. Deadlines of requests and attempts never come. */
function passing({ clock }: World, elapsed: () => number): Clock {
  return {
    calendar: () => clock.now,
    // Within a day nothing is slow.
    elapsed,
    after(ms, run) {
      let isTaken = DEADLINES.includes(ms);
      if (!isTaken) {
        queueMicrotask(() => {
          if (isTaken) return;
          if (ms > HANG_UP_MS) clock.now += ms;
          run();
        });
      }
      return () => void (isTaken = true);
    },
  };
}

/** Of a request to a service, and of an attempt. */
const DEADLINES = [20_000, 300_000];
/** A client that hangs up: no time passes. */
const HANG_UP_MS = 5;
