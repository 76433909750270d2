// What the pages and /report.json tell, made of what the personas API reports: one persona after the other, and each module over time.
// Names, counts and ratings only.
import { ABSENT_ROW, CHECK_ROW, RUNNER_ROW } from "../personas_api/rows.ts";
import type { Report, ReportedPersona, ReportedTick } from "../personas_api/report.ts";
import { type ModuleView, viewModule } from "./module_weeks.ts";

/** Makes the view. People stand in the order of their names. */
export function viewReport({ serverTime, personas, modules }: Report): ReportView {
  const people = personas.map(viewPersona)
    .toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const sum = (count: (persona: PersonaView) => number) =>
    people.reduce((total, one) => total + count(one), 0);
  return {
    serverTime,
    people,
    modules: modules.map(viewModule).toSorted((a, b) => a.module < b.module ? -1 : 1),
    totals: {
      people: people.length,
      worked: people.filter(({ last }) => last !== null).length,
      ok: sum(({ last }) => last?.ok ?? 0),
      refused: sum(({ last }) => last?.refused ?? 0),
      brokenChecks: sum(({ last }) => last?.brokenChecks.length ?? 0),
      unfinished: people.filter(({ last }) => last !== null && !["done", "running"].includes(last.ending))
        .length,
    },
  };
}

/** The whole report. */
export interface ReportView {
  readonly serverTime: string;
  readonly people: readonly PersonaView[];
  readonly modules: readonly ModuleView[];
  /** Of everybody's last tick together. */
  readonly totals: {
    readonly people: number;
    /** How many of them have had a tick. */
    readonly worked: number;
    readonly ok: number;
    readonly refused: number;
    readonly brokenChecks: number;
    /** Whose last tick ended in another way than `done`. */
    readonly unfinished: number;
  };
}

/** One persona. */
export interface PersonaView {
  /** Such as `anna`: of the address, and of the page's path. */
  readonly name: string;
  readonly archetype: string;
  readonly cadence: string;
  /** Modules of the mix, the heaviest first. */
  readonly mix: readonly string[];
  /** Modules of the mix that the gateway did not offer in the last tick: notes and to-dos stood in for them. */
  readonly absentModules: readonly string[];
  readonly tickCount: number;
  /** Null: has not worked yet. */
  readonly last: TickView | null;
  /** The last seven, oldest first. */
  readonly ticks: readonly TickView[];
  /** Calls of these ticks by tool. */
  readonly tools: readonly ToolView[];
  /** Ratings of these ticks by module. */
  readonly ratings: readonly RatingView[];
  /** The last tick's calls in their order. */
  readonly calls: readonly CallView[];
}

/** One tick. */
export interface TickView {
  readonly tickId: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** As it was posted; `running` or `interrupted` where nothing was. */
  readonly ending: string;
  readonly ok: number;
  readonly refused: number;
  /** Names of the checks that did not hold, each as often as it broke. */
  readonly brokenChecks: readonly string[];
  /** Average of its ratings; null without any. */
  readonly rating: number | null;
}

/** Calls of one tool. */
export interface ToolView {
  readonly tool: string;
  readonly ok: number;
  readonly refused: number;
}

/** What a persona thinks of one module. */
export interface RatingView {
  readonly module: string;
  /** The newest. */
  readonly rating: number;
  readonly notes: string | null;
  /** All of the last seven ticks, oldest first. */
  readonly trend: readonly number[];
}

/** One call, by name. */
export interface CallView {
  readonly tool: string;
  readonly isOk: boolean;
  /** The reason code of a refusal. */
  readonly reason: string | null;
  readonly latencyMs: number | null;
}

function viewPersona(persona: ReportedPersona): PersonaView {
  const ticks = persona.ticks.map(viewTick).toReversed();
  const lastRows = persona.ticks[0]?.actions ?? [];
  const absent = lastRows.flatMap(({ toolName }) =>
    toolName.startsWith(ABSENT_ROW) ? [toolName.slice(ABSENT_ROW.length)] : []
  );
  return {
    name: nameOf(persona.email),
    archetype: persona.archetype,
    cadence: persona.tickCadence,
    mix: Object.entries(persona.moduleMix).toSorted(([, a], [, b]) => b - a).map(([module]) => module),
    absentModules: [...new Set(absent)],
    tickCount: persona.ticksEver,
    last: ticks.at(-1) ?? null,
    ticks,
    tools: viewTools(persona.ticks),
    ratings: viewRatings(persona.ticks),
    calls: lastRows.filter(isCall).map(({ toolName, result, errorMessage, latencyMs }) => ({
      tool: toolName,
      isOk: result === "ok",
      reason: result === "ok" ? null : errorMessage,
      latencyMs,
    })),
  };
}

function isCall({ toolName }: { readonly toolName: string }): boolean {
  return !toolName.startsWith(RUNNER_ROW);
}

function nameOf(email: string): string {
  return /^persona\.([a-z]{2,20})@/.exec(email)?.[1] ?? email.split("@", 1)[0] ?? email;
}

function viewTick({ tickId, startedAt, endedAt, ending, actions, feedback }: ReportedTick): TickView {
  const calls = actions.filter(isCall);
  const ok = calls.filter(({ result }) => result === "ok").length;
  return {
    tickId,
    startedAt,
    endedAt,
    ending,
    ok,
    refused: calls.length - ok,
    brokenChecks: actions.flatMap(({ toolName, result }) =>
      toolName.startsWith(CHECK_ROW) && result === "error" ? [toolName.slice(CHECK_ROW.length)] : []
    ),
    rating: feedback.length === 0
      ? null
      : feedback.reduce((sum, { rating }) => sum + rating, 0) / feedback.length,
  };
}

function viewTools(ticks: readonly ReportedTick[]): readonly ToolView[] {
  const calls = ticks.flatMap(({ actions }) => actions.filter(isCall));
  return [...Map.groupBy(calls, ({ toolName }) => toolName)].toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([tool, rows]) => {
      const ok = rows.filter(({ result }) => result === "ok").length;
      return { tool, ok, refused: rows.length - ok };
    });
}

function viewRatings(newestFirst: readonly ReportedTick[]): readonly RatingView[] {
  const modules = new Map<string, { rating: number; notes: string | null; trend: number[] }>();
  for (const { feedback } of newestFirst) {
    for (const { module, rating, notes } of feedback) {
      const known = modules.get(module);
      if (known === undefined) modules.set(module, { rating, notes, trend: [rating] });
      else known.trend.unshift(rating);
    }
  }
  return [...modules].toSorted(([a], [b]) => a < b ? -1 : 1).map(([module, view]) => ({ module, ...view }));
}
