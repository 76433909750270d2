// All wishes, one after the other, each in a world of its own: a table of hits and misses, the sum, the tokens, and what is to be
// recorded. Knows no environment and no file.
import { BrainFault } from "../../../runner/brain/brain.ts";
import { createBudget } from "../../../runner/brains/model/budget.ts";
import { createMessagesApi, type MessagesApi } from "../../../runner/brains/model/messages_api.ts";
import { createWishWorld } from "../fixtures.ts";
import { faultsOf } from "../judge.ts";
import type { Choice, Recorded, Wish } from "../requests.ts";
import { askForWish } from "./ask_for_wish.ts";

/** What a run is made of. */
export interface EvalsDeps {
  readonly apiKey: string;
  readonly model: string;
  /** Tokens that the whole run may take. */
  readonly tokens: number;
  readonly wishes: readonly Wish[];
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly print: (line: string) => void;
}

/** What came of a run. */
export interface EvalsOutcome {
  /** With what the process ends: 0 each wish was a hit, 1 some were not, 2 the run came to no end. */
  readonly exitCode: 0 | 1 | 2;
  /** What the model chose for each wish, where all were asked. */
  readonly chosen: ReadonlyMap<Wish, Judged> | null;
}

/** What a model chose for a wish, and what is wrong with it. */
export interface Judged {
  readonly choices: readonly Choice[];
  readonly faults: readonly string[];
}

/** Asks for each wish. Never throws where the model's host refuses: it says so, and what to do. */
export async function runEvals(deps: EvalsDeps, signal: AbortSignal): Promise<EvalsOutcome> {
  const { model, print, wishes } = deps;
  const spent = { input: 0, output: 0, cache_write: 0, cache_read: 0 };
  const api = createMessagesApi({
    ...deps,
    baseUrl: "https://api.anthropic.com",
    budget: createBudget({ tokensPerDay: deps.tokens, now: () => 0 }),
    onTokens: (kind, tokens) => void (spent[kind] += tokens),
  });
  const chosen = new Map<Wish, Judged>();
  const fault = await askForAll(api, deps, chosen, signal);
  const hits = [...chosen.values()].filter(({ faults }) => faults.length === 0).length;
  print(`${model}: ${hits} of ${chosen.size} wishes are hits`);
  print(
    `tokens: ${spent.input} read, ${spent.cache_read} read from the cache, ${spent.cache_write} written to it, ${spent.output} answered`,
  );
  if (fault !== null) {
    print(`Stopped after ${chosen.size} of ${wishes.length} wishes: ${fault.message}. ${adviceOn(fault)}`);
    return { exitCode: 2, chosen: null };
  }
  return { exitCode: hits === wishes.length ? 0 : 1, chosen };
}

async function askForAll(
  api: MessagesApi,
  { print, wishes }: EvalsDeps,
  chosen: Map<Wish, Judged>,
  signal: AbortSignal,
): Promise<BrainFault | null> {
  for (const wish of wishes) {
    try {
      const judged = await judge(api, wish, signal);
      chosen.set(wish, judged);
      const calls = judged.choices.map(({ tool }) => tool).join(", ");
      print(`${judged.faults.length === 0 ? "✓" : "✗"} ${wish.says}  ${calls === "" ? "no call" : calls}`);
      for (const words of judged.faults) print(`    ${words}`);
    } catch (error) {
      if (error instanceof BrainFault) return error;
      throw error;
    }
  }
  return null;
}

/** The choices are judged in a second world, as CI does it. */
async function judge(api: MessagesApi, wish: Wish, signal: AbortSignal): Promise<Judged> {
  await using asked = await createWishWorld();
  const choices = await askForWish(api, asked, wish, signal);
  await using world = await createWishWorld();
  return { choices, faults: await faultsOf(world, wish, choices) };
}

function adviceOn({ kind, message }: BrainFault): string {
  if (kind === "budget") return "Allow more with --tokens=N.";
  if (/ 40[13]\b/.test(message)) {
    return "Look whether ANTHROPIC_API_KEY is a key that is allowed to use the model.";
  }
  if (/ 404\b/.test(message)) return "Look at the name of the model.";
  if (/ (429|529)\b/.test(message)) return "It was asked again and stayed so: try later.";
  return "Nothing was recorded.";
}

/** What CI is to check from now on: the model's choices where they are right, what was recorded before where they are not. */
export function toRecord(
  model: string,
  day: string,
  chosen: ReadonlyMap<Wish, Judged>,
  before: Recorded,
): Recorded {
  const all = [...chosen];
  const missed = all.filter(([, { faults }]) => faults.length > 0).map(([{ says }]) => says);
  const kept = missed.length === 0
    ? ""
    : `; it missed ${
      missed.map((says) => JSON.stringify(says)).join(", ")
    }, which stand as before (${before.recordedBy})`;
  return {
    recordedBy: `${model} on ${day}${kept}`,
    choices: Object.fromEntries(
      all.map(([{ says }, { choices, faults }]) => [
        says,
        faults.length === 0 ? [...choices] : before.choices[says] ?? [],
      ]),
    ),
  };
}
