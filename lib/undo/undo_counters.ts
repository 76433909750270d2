// Counters that go with other records: the uses of a symbol, the questions of a quiz. What several writers have added to cannot be put back
// to an earlier number, so an undo takes off what its own calls have added. Only pure sums are here: a number by which something else is
// chosen (a level, the next invoice) is a field like any other, and stays as soon as somebody else has written it. Pure.

import { type JudgedChange, writtenValues } from "./judged_change.ts";
import type { WriteOwners } from "./write_owners.ts";

/** The counters of a table (`app/table`); none for most. */
export function countersOf(table: string): ReadonlySet<string> {
  return COUNTERS.get(table) ?? NONE;
}

/** What the chosen changes have added to a counter. */
export interface CounterUndo {
  readonly path: string;
  /** The number as it is. */
  readonly count: number;
  /** What a new number has to win over. */
  readonly stamp: string;
  /** What each call has added, by its id; null for the changes that name no call. */
  readonly added: ReadonlyMap<string | null, number>;
}

/** What each chosen call has added to a counter, by the numbers that won. */
export function addedTo(
  log: readonly JudgedChange[],
  owners: WriteOwners,
  path: string,
): ReadonlyMap<string | null, number> {
  const added = new Map<string | null, number>();
  let winner: { readonly value: unknown; readonly stamp: string } | null = null;
  log.forEach(({ change, call }, place) => {
    const write = writtenValues(change).find((one) => one.path === path);
    if (write === undefined || (winner !== null && write.stamp < winner.stamp)) return;
    const { value, stamp } = write;
    const before: unknown = winner?.value;
    if (owners.of(place, path) === "chosen" && typeof value === "number" && typeof before === "number") {
      added.set(call, (added.get(call) ?? 0) + value - before);
    }
    winner = { value, stamp };
  });
  return added;
}

/** The number without what the calls have added that are undone. */
export function countWithout(
  { count, added }: CounterUndo,
  isUndone: (call: string | null) => boolean,
): number {
  let rest = count;
  for (const [call, number] of added) if (isUndone(call)) rest -= number;
  return Math.max(0, rest);
}

const NONE: ReadonlySet<string> = new Set();
const COUNTERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["dreams/dreamSymbols", new Set(["count"])],
  ["period/periodSymptoms", new Set(["count"])],
  ["quiz/quizzes", new Set(["questionCount"])],
]);
