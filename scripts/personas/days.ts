// What came of the days of `--once`, added up by person, and the table of it.
import type { ShortReport } from "./runner_door.ts";

/** Adds the last tick of everybody in `names` to what came before. Somebody who did not work is there with nothing done. */
export function addDays(before: readonly Days[], { people }: ShortReport, names: readonly string[]): Days[] {
  return names.map((name) => {
    const sum = before.find((days) => days.name === name) ?? NOTHING;
    const person = people.find((one) => one.name === name);
    const last = person?.last ?? null;
    if (person === undefined || last === null || sum.tickId === last.tickId) {
      return { ...sum, name, endings: [...sum.endings, "nothing"] };
    }
    return {
      name,
      tickId: last.tickId,
      ok: sum.ok + last.ok,
      refused: sum.refused + last.refused,
      brokenChecks: [...sum.brokenChecks, ...last.brokenChecks],
      endings: [...sum.endings, last.ending],
      ratings: person.ratings,
      absentModules: person.absentModules,
    };
  });
}

/** One person's days. */
export interface Days {
  readonly name: string;
  /** The newest tick that was added. */
  readonly tickId: string | null;
  readonly ok: number;
  readonly refused: number;
  readonly brokenChecks: readonly string[];
  /** One for each day; `nothing`: there was none. */
  readonly endings: readonly string[];
  readonly ratings: readonly { readonly module: string; readonly rating: number }[];
  readonly absentModules: readonly string[];
}

const NOTHING: Omit<Days, "name"> = {
  tickId: null,
  ok: 0,
  refused: 0,
  brokenChecks: [],
  endings: [],
  ratings: [],
  absentModules: [],
};

/** How many days went well: each ended as it should, and no check of such a person broke. */
export function countGood(all: readonly Days[]): { readonly good: number; readonly bad: number } {
  const good = all.reduce(
    (sum, { endings, brokenChecks }) =>
      sum + (brokenChecks.length > 0 ? 0 : endings.filter((ending) => ending === "done").length),
    0,
  );
  return { good, bad: all.reduce((sum, { endings }) => sum + endings.length, 0) - good };
}

/** The table, line by line. */
export function tableOf(all: readonly Days[]): readonly string[] {
  const rows = all.map(({ name, ok, refused, brokenChecks, endings, ratings, absentModules }) => [
    name,
    String(ok),
    String(refused),
    brokenChecks.length === 0 ? "none" : [...new Set(brokenChecks)].join(" "),
    endings.find((ending) => ending !== "done") ?? "done",
    ratings.map(({ module, rating }) => `${module} ${rating}`).join(", ") +
    (absentModules.length === 0 ? "" : ` (not offered: ${absentModules.join(", ")})`),
  ]);
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}

const HEADINGS = ["persona", "calls ok", "refused", "broken checks", "ending", "ratings"];
