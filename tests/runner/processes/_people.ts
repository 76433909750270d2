// Backend, gateway and runner as processes, as `deno task personas` starts them, with everybody of the catalogue; and what a test sees of
// them: rows behind the personas API, the runner's report, the gateway's counts.
import assert from "node:assert/strict";
import { z } from "zod";
import { PERSONAS_FILE } from "../../../backend/data_folder/ensure_persona_secrets.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { type PersonasStack, startPersonasStack } from "../../../scripts/personas/personas_stack.ts";
import { createRunnerDoor } from "../../../scripts/personas/runner_door.ts";
import type { RunnerProcess } from "../../../scripts/personas/runner_process.ts";
import { readTickLine, type TickLine } from "../../../scripts/personas/tick_lines.ts";
import { temporaryFolder } from "../../_support/temporary_folder.ts";

/** Starts backend and gateway on a fresh folder and makes everybody. The runner is started by {@link People.startRunner}. */
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
  for (const persona of readCatalogue()) await stack.operator.make(persona);
  const startRunner = (settings: Readonly<Record<string, string>> = {}) =>
    // It asks by itself at its start, and not again in a test's time.
    stack.startRunner({ PERSONA_TICK_INTERVAL_MS: "86400000", ...settings });
  return {
    stack,
    data: folder.path,
    ticks,
    startRunner,
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
      return Report.parse(await answer.json()).personas;
    },
    async counts() {
      const answer = await fetch(`${new URL(stack.mcpUrl).origin}/metrics`);
      const counts = new Map<string, number>();
      for (const [, tool = "", count] of (await answer.text()).matchAll(INVOCATIONS)) {
        // A model's name of a tool, which rows have, knows no dots.
        const name = tool.replaceAll(".", "_");
        counts.set(name, (counts.get(name) ?? 0) + Number(count));
      }
      return counts;
    },
    async [Symbol.asyncDispose]() {
      await stack.stop();
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
  /** Has these people work now, due or not. */
  play(runner: RunnerProcess, names: readonly string[]): Promise<void>;
  /** Resolves when the attempts that have ended are what a test waits for. */
  until(isReached: (ticks: readonly TickLine[]) => boolean): Promise<void>;
  /** What the personas API has of everybody, internally. */
  rows(): Promise<readonly ReportedPersona[]>;
  /** Calls of each tool that the gateway has counted, whatever came of them. */
  counts(): Promise<ReadonlyMap<string, number>>;
}

/** Everybody of the catalogue. */
export const EVERYBODY: readonly string[] = readCatalogue().map(({ name }) => name);

/** Secrets for tests. */
export const SECRETS = {
  seedSecret: "0123456789abcdef0123456789abcdef",
  key: "a personas key for tests, long enough",
  operatorPassword: "an operator's password for tests",
};

const INVOCATIONS = /^mana_mcp_tool_invocations_total\{[^}]*tool="([^"]+)"[^}]*\} (\d+)$/gm;

const Report = z.object({
  personas: z.array(z.object({
    userId: z.string(),
    name: z.string(),
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
      })),
      feedback: z.array(z.object({ module: z.string(), rating: z.number(), notes: z.string().nullable() })),
    })),
  })),
});

/** Somebody, with the newest ticks first. */
export type ReportedPersona = z.infer<typeof Report>["personas"][number];
