// A day for a model brain alone: tools, outcomes, and a brain whose waits pass at once.
import type { Called, Day, OfferedTool, Turn, Wish } from "../../../runner/brain/brain.ts";
import { createModelBrain, type TokenKind } from "../../../runner/brains/model.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import type { Outcome } from "../../../runner/mana/outcome.ts";
import type { PlayedMessages } from "./_played_messages.ts";

/** The key that must be in no error and no prompt. */
export const KEY = "sk-ant-api03-not-to-be-told";
/** Midday of a Saturday. */
export const NOON = Date.UTC(2026, 10, 28, 12);

/** A tool of `module`. */
export function tool(module: string, verb: string, isReadOnly = false): OfferedTool {
  return {
    name: `${module}_${verb}`,
    module,
    description: `${verb} of ${module}`,
    inputSchema: { type: "object", properties: { title: { type: "string" } } },
    outputSchema: null,
    isReadOnly,
  };
}

/** Anna's day. */
export function dayOf(changes: Partial<Day> = {}): Day {
  const [persona] = readCatalogue();
  if (persona === undefined) throw new Error("the catalogue is empty");
  return {
    persona,
    tick: 0,
    seed: 1,
    today: "2026-11-28",
    tools: [
      tool("todo", "create"),
      tool("todo", "list", true),
      tool("journal", "add"),
      tool("habits", "log"),
    ],
    sharedSpaces: [],
    ...changes,
  };
}

/** What came of `wish`. */
export function called(wish: Wish, outcome: Partial<Outcome> = {}): Called {
  return {
    wish,
    outcome: {
      result: "ok",
      status: 200,
      code: null,
      text: `done: ${wish.tool}`,
      structured: undefined,
      latencyMs: 1,
      ...outcome,
    },
    violations: [],
  };
}

/** A turn in which each wish was carried out. */
export function turnOf(...calls: readonly Called[]): Turn {
  return { calls };
}

/** A brain over `model`, with what it counted and waited. */
export function brainOver(
  model: PlayedMessages,
  { budgetTokens = 10_000_000, answerMs, clock = { now: NOON } }: {
    readonly budgetTokens?: number;
    readonly answerMs?: number;
    readonly clock?: { now: number };
  } = {},
) {
  const tokens: Partial<Record<TokenKind, number>> = {};
  const counted = { tokens, brokenRatings: 0 };
  const waits: number[] = [];
  const brain = createModelBrain({
    baseUrl: "https://model.test/",
    apiKey: KEY,
    model: "stand-in",
    fetch: model.fetch,
    now: () => clock.now,
    wait(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      return Promise.resolve();
    },
    ...(answerMs === undefined ? {} : { answerMs }),
    budgetTokens,
    counts: {
      countTokens: (kind, count) => void (tokens[kind] = (tokens[kind] ?? 0) + count),
      countBrokenRating: () => void counted.brokenRatings++,
    },
  });
  return { brain, counted, waits };
}

/** The calls of a move; throws where it is an end. */
export function callsOf(
  move: { readonly calls: readonly Wish[] } | { readonly end: string },
): readonly Wish[] {
  if ("end" in move) throw new Error(`the day ended: ${move.end}`);
  return move.calls;
}

/** A signal that never ends. */
export const forever = new AbortController().signal;
