// What is logged and counted of an attempt: who, how it ended, how much was done. Fixed words, names and numbers, never content.
import type { AttemptReport } from "../attempt/attempt.ts";
import type { Metrics } from "./metrics.ts";

/** Notes what came of an attempt. */
export function noteReport({ log, metrics }: NoteDeps, report: AttemptReport): void {
  const { persona, tickId } = report;
  if (report.kind !== "played") {
    metrics.error(report.kind === "lost" ? "personas-api" : report.kind);
    log({ event: "tick-not-begun", persona, reason: report.kind });
    return;
  }
  const { ending, fault, calls, ratings, ms, isPosted } = report;
  metrics.tick(ending);
  if (fault !== null) metrics.error(ending);
  if (!isPosted) metrics.error("not-stored");
  for (const { module, rating } of ratings) metrics.rating(module, rating);
  log({
    event: "tick",
    persona,
    tick: tickId,
    ending,
    ...(fault === null ? {} : { problem: fault.words }),
    calls,
    ratings: ratings.length,
    ms: Math.round(ms),
    stored: String(isPosted),
  });
}

/** Where it goes. */
export interface NoteDeps {
  /** A line of the log. */
  readonly log: (entry: Readonly<Record<string, string | number>>) => void;
  readonly metrics: Metrics;
}
