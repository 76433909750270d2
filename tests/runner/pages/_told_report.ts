// Reports as the personas API tells them, so that every mark and every word of the pages is on some page.
import type { Report, ReportedPersona, ReportedTick } from "../../../runner/personas_api/report.ts";

/** When the report is made. */
export const NOON = "2026-11-28T12:00:00.000Z";

/** A report of these people, and of modules that get worse, get better, stay and begin. */
export function report(personas: readonly ReportedPersona[], modules: Report["modules"] = []): Report {
  return { serverTime: NOON, personas: [...personas], modules };
}

/** A persona who has not worked yet. */
export function persona(name: string, given: Partial<ReportedPersona> = {}): ReportedPersona {
  return {
    email: `persona.${name}@mana.test`,
    archetype: "adhd-student",
    moduleMix: { notes: 0.2, todo: 0.5, journal: 0.3 },
    tickCadence: "daily",
    ticksEver: given.ticks?.length ?? 0,
    ticks: [],
    ...given,
  };
}

/** A day that went well, so many days ago. */
export function tick(daysAgo: number, given: Partial<ReportedTick> = {}): ReportedTick {
  const startedAt = Date.parse("2026-11-28T09:12:00.000Z") - daysAgo * DAY_MS;
  return {
    tickId: `tick-${daysAgo}`,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(startedAt + 4_000).toISOString(),
    ending: "done",
    actions: [
      ok("todo_create"),
      ok("todo_create"),
      ok("journal_add"),
      { ...ok("todo_create"), result: "error", errorMessage: "rate-limit-exceeded" },
      ok("todo_list"),
      { ...ok("runner.tick"), errorMessage: "done" },
    ],
    feedback: [
      { module: "todo", rating: 5 - daysAgo % 3, notes: "one refusal that nobody provoked" },
      { module: "journal", rating: 4, notes: null },
    ],
    ...given,
  };
}

/** A row of something that went well. */
export function ok(toolName: string): ReportedTick["actions"][number] {
  return { toolName, result: "ok", errorMessage: null, latencyMs: 12 };
}

/** Everything at once: a good week, a broken check, an interruption, somebody at work, somebody new, endings of every kind. */
export function everything(): Report {
  const week = [0, 1, 2, 3, 4, 5, 6].map((daysAgo) => tick(daysAgo));
  const today = tick(0);
  const broken: ReportedTick["actions"][number] = {
    ...ok("runner.check.read-back"),
    result: "error",
    errorMessage: "title differs",
  };
  const endings = ["turns", "deadline", "sign-in", "gateway", "model", "of-tomorrow"];
  return report([
    persona("tom", { tickCadence: "weekdays" }),
    persona("anna", { ticks: week }),
    persona("maya", { ticks: [{ ...today, actions: [...today.actions, broken, broken] }, ...week.slice(1)] }),
    persona("kai", { ticks: [{ ...today, endedAt: null, ending: "interrupted" }] }),
    persona("ben", { ticks: [{ ...today, endedAt: null, ending: "running", feedback: [] }] }),
    persona("julia", {
      moduleMix: { newsResearch: 0.2, articles: 0.8 },
      ticks: [{ ...today, actions: [ok("runner.absent.newsResearch"), ...today.actions] }],
    }),
    ...endings.map((ending, index) =>
      persona(`end${"abcdef"[index]}`, { ticks: [{ ...today, ending, feedback: [] }] })
    ),
  ], [
    module("todo", [4.8, 4.5, 4.1, 3.6]),
    module("notes", [3, 3.5, 4.25]),
    module("journal", [4, 4.02]),
    module("mood", [5]),
  ]);
}

/** A module with a rated Monday and a rated Sunday in each week, the last of them the week of {@link NOON}. */
export function module(name: string, averages: readonly number[]): Report["modules"][number] {
  const monday = Date.parse("2026-11-23");
  return {
    module: name,
    days: averages.flatMap((avgRating, index) =>
      [0, 6].map((day) => ({
        day: new Date(monday + day * DAY_MS - (averages.length - 1 - index) * 7 * DAY_MS).toISOString().slice(
          0,
          10,
        ),
        avgRating,
        ratings: 6,
      }))
    ),
  };
}

const DAY_MS = 24 * 3600_000;
