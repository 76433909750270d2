// The turns of one day: the mind wishes, the calls are made, checks look at them, rows are posted; until the mind ends it, or a limit does.
import {
  type Called,
  MAX_CALLS,
  MAX_TURNS,
  type Mind,
  type OfferedTool,
  type Turn,
  type Violation,
  type Wish,
} from "../brain/brain.ts";
import type { DayChecks } from "../checks/check.ts";
import { type Clock, wait } from "../kit/clock.ts";
import type { Mana } from "../mana/mana.ts";
import type { Outcome } from "../mana/outcome.ts";
import type { Ending } from "./ending.ts";
import { rowName, type TickRows } from "./tick_rows.ts";
import { until } from "./until.ts";

/** Plays a day. Throws what ends it early: {@link BrainFault}, a fault of sign-in, a signal's reason. */
export async function playDay(day: DayDeps): Promise<Ending> {
  const state: DayState = { calls: 0, lost: 0 };
  for (;;) {
    day.soft.throwIfAborted();
    if (day.turns.length === MAX_TURNS || state.calls >= MAX_CALLS || day.rows.isFull()) return "turns";
    const move = await until(day.soft, day.mind.next(day.turns, day.soft));
    if ("end" in move) return "done";
    const calls: Called[] = [];
    day.turns.push({ calls });
    for (const group of groupsOf(move.calls.slice(0, MAX_CALLS - state.calls), day.tools)) {
      if (day.soft.aborted || day.rows.isFull() || state.lost >= MAX_LOST) break;
      calls.push(...await callGroup(day, state, group));
    }
    await day.rows.postAll();
    const fault = day.mana.fault();
    if (fault !== undefined) throw fault;
    if (state.lost >= MAX_LOST) return "gateway";
  }
}

/** What a day is made of. */
export interface DayDeps {
  readonly mind: Mind;
  readonly checks: DayChecks;
  readonly mana: Pick<Mana, "call" | "fault">;
  readonly tools: readonly OfferedTool[];
  readonly rows: TickRows;
  readonly clock: Clock;
  readonly events: DayEvents;
  /** All turns so far; the day adds to it, and whoever looks after the day's end finds what was done. */
  readonly turns: Turn[];
  /** Ends calls under way: the deadline, or a runner that cannot wait any longer. */
  readonly hard: AbortSignal;
  /** Ends thinking, and the day after the calls under way: `hard`, or a runner that is being stopped. */
  readonly soft: AbortSignal;
}

/** What is told of a day while it goes on. */
export interface DayEvents {
  /** A request was made for a tool. */
  called(tool: string, outcome: Outcome): void;
  violated(violation: Violation): void;
}

/** Calls in a row without any answer: the gateway is gone. */
const MAX_LOST = 3;
/** The longest that a persona waits because it called too often. */
const MAX_RATE_WAIT_S = 60;

interface DayState {
  calls: number;
  lost: number;
}

/** Reads that follow each other are made at once; every other call waits for those before it. */
function groupsOf(wishes: readonly Wish[], tools: readonly OfferedTool[]): readonly (readonly Wish[])[] {
  const reads = new Set(tools.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name));
  const groups: Wish[][] = [];
  let isOpen = false;
  for (const wish of wishes) {
    const isRead = reads.has(wish.tool) && wish.mischief === undefined;
    if (isRead && isOpen) groups.at(-1)?.push(wish);
    else groups.push([wish]);
    isOpen = isRead;
  }
  return groups;
}

async function callGroup(day: DayDeps, state: DayState, group: readonly Wish[]): Promise<readonly Called[]> {
  const answers = await Promise.all(
    group.map(async (wish) => ({ wish, ...await day.mana.call(wish, day.hard) })),
  );
  state.calls += group.length;
  // In the order of the wishes, whichever answer came first: the same seed leaves the same rows.
  for (const { wish, legs } of answers) await note(day, state, wish, legs);
  const called: Called[] = [];
  for (const { wish, outcome } of answers) {
    const violations = day.hard.aborted ? [] : await check(day, state, wish, outcome);
    for (const violation of violations) {
      day.rows.addViolation(violation);
      day.events.violated(violation);
    }
    called.push({ wish, outcome, violations });
    await waitForRate(day, wish, outcome);
  }
  return called;
}

async function note(
  day: DayDeps,
  state: DayState,
  wish: Wish,
  legs: Awaited<ReturnType<Mana["call"]>>["legs"],
) {
  await day.rows.addCall(wish, legs);
  for (const { outcome } of legs) {
    const isLost = outcome.code === "no-answer";
    if (wish.mischief === undefined) state.lost = isLost ? state.lost + 1 : 0;
    day.events.called(rowName(wish.tool), outcome);
  }
}

async function check(
  day: DayDeps,
  state: DayState,
  wish: Wish,
  outcome: Outcome,
): Promise<readonly Violation[]> {
  const look = async (looked: Wish): Promise<Outcome> => {
    day.hard.throwIfAborted();
    const { outcome, legs } = await day.mana.call(looked, day.hard);
    await note(day, state, looked, legs);
    return outcome;
  };
  return await until(day.hard, day.checks.after({ wish, outcome }, look));
}

/** A persona that called too often waits as it is told, unless it did so on purpose. */
async function waitForRate(
  { clock, soft }: DayDeps,
  { expects }: Wish,
  { code, text }: Outcome,
): Promise<void> {
  if (code !== "rate-limit-exceeded" || expects !== undefined && expects.result !== "ok") return;
  const seconds = Number(/wait (\d{1,3}) second/.exec(text)?.[1] ?? MAX_RATE_WAIT_S);
  await wait(clock, Math.min(seconds, MAX_RATE_WAIT_S) * 1000, soft);
}
