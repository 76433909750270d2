// Backend, gateway and runner as processes, as `deno task personas` starts them, with people of the catalogue; and what a test sees of
// them: rows behind the personas API, the runner's report, the gateway's counts.
import assert from "node:assert/strict";
import { PERSONAS_FILE } from "../../../backend/data_folder/ensure_persona_secrets.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { type PersonasStack, startPersonasStack } from "../../../scripts/personas/personas_stack.ts";
import { createRunnerDoor } from "../../../scripts/personas/runner_door.ts";
import type { RunnerProcess } from "../../../scripts/personas/runner_process.ts";
import { readTickLine, type TickLine } from "../../../scripts/personas/tick_lines.ts";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { countsOf, Reported, type ReportedPersona } from "../_support/town.ts";

/** Starts backend and gateway on a fresh folder, with nobody there and no runner. */
export async function startPeople(env: Readonly<Record<string, string>> = {}): Promise<People> {
  const folder = await temporaryFolder();
  // The same secrets in every folder: hashes of arguments are made under a key that follows from them.
  await Deno.writeTextFile(`${folder.path}/${PERSONAS_FILE}`, JSON.stringify(SECRETS), { mode: 0o600 });
  const ticks: TickLine[] = [];
  const waiting = new Set<() => void>();
  const stack = await startPersonasStack({
    data: folder.path,
    env: { PORT: "0", BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", PERSONAS_PORT: "0", ...env },
    onLine(source, line) {
      const tick = source === "runner" ? readTickLine(line) : null;
      if (tick === null) return;
      ticks.push(tick);
      for (const wake of waiting) wake();
    },
  });
  const runners: RunnerProcess[] = [];
  const startRunner = async (settings: Readonly<Record<string, string>> = {}) => {
    // It asks by itself at its start, and not again in a test's time.
    const runner = await stack.startRunner({ PERSONA_TICK_INTERVAL_MS: NEVER_MS, ...settings });
    runners.push(runner);
    return runner;
  };
  return {
    stack,
    data: folder.path,
    ticks,
    startRunner,
    async make(names) {
      for (const persona of readCatalogue()) {
        if (names.includes(persona.name)) await stack.operator.make(persona);
      }
    },
    play: async ({ url }, names) => await createRunnerDoor(url, stack.key).play(names),
    async until(isReached) {
      for (;;) {
        if (isReached(ticks)) return;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    async rows() {
      const answer = await fetch(`${stack.authUrl}/api/v1/personas/internal/report?ticks=30`, {
        headers: { "x-service-key": stack.key },
      });
      assert.equal(answer.status, 200);
      return Reported.parse(await answer.json()).personas;
    },
    async counts() {
      const answer = await fetch(`${new URL(stack.mcpUrl).origin}/metrics`);
      return countsOf(await answer.text());
    },
    async [Symbol.asyncDispose]() {
      await stack.stop();
      for (const runner of runners) await runner.process.stop("SIGKILL");
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The processes, and everybody in them. */
export interface People extends AsyncDisposable {
  readonly stack: PersonasStack;
  /** The backend's folder. */
  readonly data: string;
  /** Attempts that have ended, of every runner. */
  readonly ticks: readonly TickLine[];
  startRunner(settings?: Readonly<Record<string, string>>): Promise<RunnerProcess>;
  /** Makes these people. A runner that starts plays whoever is there and due. */
  make(names: readonly string[]): Promise<void>;
  /** Has these people work now, due or not. */
  play(runner: RunnerProcess, names: readonly string[]): Promise<void>;
  /** Resolves when the attempts that have ended are what a test waits for. */
  until(isReached: (ticks: readonly TickLine[]) => boolean): Promise<void>;
  /** What the personas API has of everybody, internally. */
  rows(): Promise<readonly ReportedPersona[]>;
  /** Calls of each tool that the gateway has counted, whatever came of them. */
  counts(): Promise<ReadonlyMap<string, number>>;
}

const NEVER_MS = "86400000";

/** Secrets for tests. */
export const SECRETS = {
  seedSecret: "0123456789abcdef0123456789abcdef",
  key: "a personas key for tests, long enough",
  operatorPassword: "an operator's password for tests",
};
