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
    userId: `id-${name}`,
    email: `persona.${name}@mana.test`,
    archetype: "adhd-student",
    moduleMix: { notes: 0.2, todo: 0.5, journal: 0.3 },
    tickCadence: "daily",
    lastActiveAt: null,
    createdAt: "2026-11-01T08:00:00.000Z",
    tickCount: given.ticks?.length ?? 0,
    ticks: [],
    calls: [],
    ...given,
  };
}

/** A day that went well, so many days ago. */
export function tick(daysAgo: number, given: Partial<ReportedTick> = {}): ReportedTick {
  const startedAt = Date.parse("2026-11-28T09:12:00.000Z") - daysAgo * 24 * 60 * 60 * 1000;
  return {
    tickId: `tick-${daysAgo}`,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(startedAt + 4_000).toISOString(),
    ending: "done",
    claimedUntil: null,
    tools: [
      { toolName: "todo_create", ok: 3, error: 1 },
      { toolName: "journal_add", ok: 1, error: 0 },
      { toolName: "runner.tick", ok: 1, error: 0 },
    ],
    ratings: [
      { module: "todo", rating: 5 - daysAgo % 3, notes: "one refusal that nobody provoked" },
      { module: "journal", rating: 4, notes: null },
    ],
    ...given,
  };
}

/** Everything at once: a good week, a broken check, an interruption, somebody at work, somebody new, endings of every kind. */
export function everything(): Report {
  const week = [0, 1, 2, 3, 4, 5, 6].map((daysAgo) => tick(daysAgo));
  const calls: ReportedPersona["calls"] = [
    { toolName: "todo_create", result: "ok", errorMessage: null, latencyMs: 12 },
    { toolName: "journal_add", result: "ok", errorMessage: null, latencyMs: 9 },
    { toolName: "todo_create", result: "error", errorMessage: "rate-limit-exceeded", latencyMs: 3 },
    { toolName: "runner.tick", result: "ok", errorMessage: "done", latencyMs: 4000 },
  ];
  const endings = ["turns", "deadline", "sign-in", "gateway", "model", "interrupted", "of-tomorrow"];
  return report([
    persona("tom", { tickCadence: "weekdays" }),
    persona("anna", { ticks: week, calls }),
    persona("maya", {
      ticks: [broken(), ...week.slice(1)],
      calls: [...calls, {
        toolName: "runner.check.read-back",
        result: "error",
        errorMessage: "title differs",
        latencyMs: null,
      }],
    }),
    persona("kai", {
      ticks: [tick(0, { endedAt: null, ending: null, claimedUntil: "2026-11-28T09:22:00.000Z" })],
    }),
    persona("ben", {
      ticks: [tick(0, { endedAt: null, ending: null, claimedUntil: "2026-11-28T12:04:00.000Z" })],
    }),
    persona("julia", {
      moduleMix: { newsResearch: 0.2, articles: 0.8 },
      ticks: [
        tick(0, { tools: [...tick(0).tools, { toolName: "runner.absent.newsResearch", ok: 1, error: 0 }] }),
      ],
    }),
    ...endings.map((ending, index) =>
      persona(`end${"abcdefgh"[index]}`, { ticks: [tick(0, { ending, ratings: [] })] })
    ),
  ], [
    module("todo", [4.8, 4.5, 4.1, 3.6]),
    module("notes", [3, 3.5, 4.25]),
    module("journal", [4, 4.02]),
    module("mood", [5]),
  ]);
}

function broken(): ReportedTick {
  const day = tick(0);
  return { ...day, tools: [...day.tools, { toolName: "runner.check.read-back", ok: 0, error: 2 }] };
}

/** A module's weeks, the last of them the week of {@link NOON}. */
export function module(name: string, averages: readonly number[]): Report["modules"][number] {
  const monday = Date.parse("2026-11-23");
  return {
    module: name,
    weeks: averages.map((avgRating, index) => ({
      week: new Date(monday - (averages.length - 1 - index) * 7 * 24 * 60 * 60 * 1000).toISOString().slice(
        0,
        10,
      ),
      avgRating,
      ratings: 12,
    })),
  };
}
