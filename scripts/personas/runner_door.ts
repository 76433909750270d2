// What the task asks of a running runner: to play somebody now, and how it went.
import { z } from "zod";

/** Creates the way to the runner at `url`. */
export function createRunnerDoor(url: string, key: string): RunnerDoor {
  return {
    async play(names) {
      const query = new URLSearchParams(names.map((name) => ["persona", name]));
      const response = await fetch(`${url}/tick?${query}`, {
        method: "POST",
        headers: { "x-service-key": key },
      });
      await response.body?.cancel();
      if (response.status !== 202) {
        throw new Error(`The runner takes no order: it answered ${response.status}`);
      }
    },
    async report() {
      const response = await fetch(`${url}/report.json`);
      const text = await response.text();
      if (!response.ok) throw new Error(`There is no report: the runner answered ${response.status}`);
      return ShortReport.parse(JSON.parse(text));
    },
  };
}

/** What can be asked. */
export interface RunnerDoor {
  /** Has these people work now, due or not. Somebody who works or waits already is left to it. */
  play(names: readonly string[]): Promise<void>;
  report(): Promise<ShortReport>;
}

const ShortReport = z.object({
  people: z.array(z.object({
    name: z.string(),
    tickCount: z.number(),
    last: z.object({
      tickId: z.string(),
      ending: z.string(),
      ok: z.number(),
      refused: z.number(),
      brokenChecks: z.array(z.string()),
    }).nullable(),
    absentModules: z.array(z.string()),
    ratings: z.array(z.object({ module: z.string(), rating: z.number() })),
  })),
});

/** What the task reads of `/report.json`. */
export type ShortReport = z.infer<typeof ShortReport>;
