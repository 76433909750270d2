// Who takes part only where there are several gateways: people who say yes in a client's form, and callers who try a limit.
import type { Processes } from "../processes.ts";
import type { Person } from "../people.ts";
import type { Random } from "../random.ts";
import type { SoakReport } from "../soak_report.ts";
import { type Confirmer, createConfirmer } from "./confirmer.ts";
import { createLimitProbe, LIMIT_CHECK } from "./limit_probe.ts";
import type { Shared } from "./shared.ts";
import { missesOf } from "./store_misses.ts";

/** Who takes part besides the others. */
export interface NodeCast {
  readonly confirmers: readonly Confirmer[];
  /** In calm: what a short run has not come to, so that each check has something to look at. */
  complete(): Promise<void>;
  close(): Promise<void>;
}

/** What {@link createNodeCast} needs. */
export interface NodeCastDeps {
  /** Those who say yes; nobody, where there is one gateway. */
  readonly people: readonly Person[];
  readonly processes: Processes;
  readonly shared: Shared;
  readonly report: SoakReport;
  readonly random: Random;
  readonly http: Deno.HttpClient;
  /** Sends somebody on the stage. */
  readonly play: (name: string, thinkingMs: number, step: () => Promise<void>) => void;
}

/** Between two things that one client does. */
const THINKING_MS = 120;
/** Tries to have a check look at something after all, at the end. */
const LAST_TRIES = 6;

/** Creates them, and sends them on the stage. */
export async function createNodeCast(deps: NodeCastDeps): Promise<NodeCast> {
  const { people, processes, shared, http, play } = deps;
  const { verdicts, answers, deeds } = deps.report;
  const misses = () => missesOf(processes.gatewayUrls);
  const confirmers = people.map((person, index) => {
    const name = `confirmer-${index}`;
    const told = { verdicts, answers, deeds, random: deps.random.fork(name) };
    const confirmer = createConfirmer({ name, person, url: processes.mcpUrl, http, misses, ...told });
    play(name, THINKING_MS, confirmer.step);
    return confirmer;
  });
  const probe = await createLimitProbe({ processes, shared, http, verdicts, deeds });
  if (probe !== null) play("limit probe", 0, probe.step);
  return {
    confirmers,
    async complete() {
      // The store may miss its time in calm, too: some yes has to be judged.
      const isUnjudged = () => confirmers.every(({ deletions }) => deletions.at(-1)?.isAlone !== false);
      for (const { step } of confirmers) await step();
      for (let left = LAST_TRIES; left > 0 && probe !== null && isUnjudged(); left--) {
        for (const { step } of confirmers) await step();
      }
      const isMissing = () => probe !== null && verdicts.of(LIMIT_CHECK).passed === 0;
      for (let left = LAST_TRIES; left > 0 && isMissing(); left--) await probe?.step();
    },
    close: async () => await probe?.close(),
  };
}
