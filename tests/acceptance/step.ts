// A step of acceptance, and the run of all steps: what failed, what was left out and why, and the table at the end.
import { type Installation, LEFT_OUT } from "./installation.ts";
import { createVisit, MissingPower, type Visit } from "./visit.ts";

/** Something that an operator's people do. */
export interface Step {
  /** What holds, in a sentence. */
  readonly says: string;
  /** Rejects where it does not hold, or where the installation lacks a power ({@link MissingPower}), before anything is done. */
  readonly run: (visit: Visit) => Promise<void>;
}

/** How a step ended: `passed`, why it was left out, or what went wrong. */
export interface StepResult {
  readonly says: string;
  readonly leftOut?: string;
  readonly error?: unknown;
}

/** Takes the steps one after another, each from where the one before it ended. `onStep` wraps each, as a test's own step. */
export async function takeSteps(
  installation: Installation,
  steps: readonly Step[],
  onStep: (says: string, run: () => Promise<void>) => Promise<unknown> = (_says, run) => run(),
): Promise<readonly StepResult[]> {
  const visit = createVisit(installation);
  const results: StepResult[] = [];
  for (const { says, run } of steps) {
    let result: StepResult = { says };
    await onStep(says, async () => {
      try {
        await run(visit);
      } catch (error) {
        const isMissing = error instanceof MissingPower;
        result = isMissing ? { says, leftOut: LEFT_OUT[error.power] } : { says, error };
      }
      if (result.error !== undefined) throw result.error;
    }).catch(() => {}); // it stands in the results
    results.push(result);
  }
  return results;
}

/** Whether nothing went wrong. */
export function hasPassed(results: readonly StepResult[]): boolean {
  return results.every(({ error }) => error === undefined);
}

/** The table: a line for each step, and how many passed. */
export function tableOf(results: readonly StepResult[]): string {
  const lines = results.map(({ says, leftOut, error }, at) => {
    const mark = error !== undefined ? "✗" : leftOut === undefined ? "✓" : "–";
    return `${mark} ${String(at + 1).padStart(2)}  ${says}${
      leftOut === undefined ? "" : ` (left out: ${leftOut})`
    }`;
  });
  const taken = results.filter(({ leftOut }) => leftOut === undefined);
  const passed = taken.filter(({ error }) => error === undefined).length;
  const left = results.length - taken.length;
  const end = `${passed} of ${taken.length} steps${left === 0 ? "" : `, ${left} left out`}`;
  return [...lines, end].join("\n");
}
