// What a check is given: one call and what came of it, whose it was, and how to look again.
import { RECORD_KINDS, type RecordKind } from "../behaviours/record_kinds.ts";
import type { Called, Day, Violation, Wish } from "../brain/brain.ts";
import type { Outcome } from "../mana/outcome.ts";
import type { Look } from "./check.ts";

/** One call, as checks see it. */
export interface Seen {
  readonly day: Day;
  readonly wish: Wish;
  readonly outcome: Outcome;
  /** Whether the tool only reads. */
  readonly isReading: boolean;
  /** The kind of record that the tool works on; null where none is known. */
  readonly kind: RecordKind | null;
  /** Asks again, in the space of the call. */
  readonly look: Look;
  /** Asks in another space; in the personal one where none is named. */
  readonly lookIn: (space: string | undefined) => Look;
  /** Whether a tool is offered, with this argument where one is named. */
  readonly offers: (tool: string, argument?: string) => boolean;
}

/** Creates what checks are given. */
export function createSeen(day: Day, { wish, outcome }: Omit<Called, "violations">, look: Look): Seen {
  const toolOf = (name: string) => day.tools.find((tool) => tool.name === name);
  const module = toolOf(wish.tool)?.module;
  const lookIn = (space: string | undefined): Look => (wish) =>
    look({ ...wish, ...(space === undefined ? {} : { space }) });
  return {
    day,
    wish,
    outcome,
    isReading: toolOf(wish.tool)?.isReadOnly === true,
    kind: RECORD_KINDS.find((kind) => kind.module === module) ?? null,
    look: lookIn(wish.space),
    lookIn,
    offers: (name, argument) => {
      const tool = toolOf(name);
      if (tool === undefined) return false;
      return argument === undefined || argument in membersOf(tool.inputSchema.properties);
    },
  };
}

/** A violation of a check by this call. */
export function violation({ wish }: Seen, check: string, words: string): Violation {
  return { check, tool: wish.tool, words };
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The rows of an answer of a list. */
export function rowsOf(kind: RecordKind, structured: unknown): readonly Readonly<Record<string, unknown>>[] {
  const rows = membersOf(structured)[kind.rows];
  return Array.isArray(rows) ? rows.map(membersOf) : [];
}

/** Whether the persona wanted the call to be done and knows what it did: a call that was cut off, or is one of a flood, tells nothing. */
export function isPlain({ wish, outcome }: Seen): boolean {
  return outcome.result === "ok" && wish.mischief === undefined && wish.expects?.result !== "any";
}
