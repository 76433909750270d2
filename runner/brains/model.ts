// The brain that is a model: a persona's day as one conversation with the Messages API. It knows tools, what came of calls, and the key of
// the model; it never sees a persona's token, and what it asks for goes through the same gateway as everybody's calls.
import {
  type Brain,
  BrainFault,
  type Day,
  type Mind,
  type Move,
  type Rating,
  type Turn,
} from "../brain/brain.ts";
import { type BudgetDeps, createBudget } from "./model/budget.ts";
import { Conversation } from "./model/conversation.ts";
import { writeInstructions } from "./model/instructions.ts";
import { createMessagesApi, type MessagesApi, type MessagesApiDeps } from "./model/messages_api.ts";
import { offerTools } from "./model/offered_tools.ts";
import { askForRatings, readRatings, usedModules } from "./model/rating_tool.ts";

/** What the brain is made of. */
export interface ModelBrainDeps
  extends Omit<MessagesApiDeps, "budget" | "onTokens">, Omit<BudgetDeps, "tokensPerDay"> {
  /** `PERSONA_BUDGET_TOKENS`: of all personas together, in one UTC day of this process. */
  readonly budgetTokens: number;
  /** What the metrics are told; nothing of a conversation. */
  readonly counts: ModelCounts;
}

/** What is counted of the model. */
export interface ModelCounts {
  /** For `persona_model_tokens_total{kind}`. The API's prices are unknown here. */
  countTokens(kind: TokenKind, tokens: number): void;
  /** A rating that was asked for and not given, or that does not hold. */
  countBrokenRating(): void;
}

/** Tokens as the API counts them. */
export type TokenKind = "input" | "output" | "cache_write" | "cache_read";

/** Makes the brain. Asks nobody yet. */
export function createModelBrain(deps: ModelBrainDeps): Brain {
  const { counts, budgetTokens, now } = deps;
  const api = createMessagesApi({
    ...deps,
    budget: createBudget({ tokensPerDay: budgetTokens, now }),
    onTokens: (kind, tokens) => counts.countTokens(kind, tokens),
  });
  return { name: "model", begin: (day) => new ModelMind(api, counts, day) };
}

/**
 * Answers of the model in a row that call nothing but tools that do not exist. The words of the correction are cheap; a model that does
 * not take them in is not.
 */
const MAX_CORRECTIONS = 2;

/** One persona's day: made once per tick. */
class ModelMind implements Mind {
  readonly #api: MessagesApi;
  readonly #counts: ModelCounts;
  readonly #day: Day;
  readonly #system: string;
  readonly #conversation: Conversation;

  constructor(api: MessagesApi, counts: ModelCounts, day: Day) {
    const tools = offerTools(day);
    this.#api = api;
    this.#counts = counts;
    this.#day = day;
    this.#system = writeInstructions(day, tools);
    this.#conversation = new Conversation(tools);
  }

  async next(turns: readonly Turn[], signal: AbortSignal): Promise<Move> {
    this.#conversation.takeIn(turns);
    for (let corrections = 0; corrections <= MAX_CORRECTIONS; corrections++) {
      const request = { system: this.#system, ...this.#conversation.soFar() };
      const { calls, words, isCorrected } = this.#conversation.add(await this.#api.ask(request, signal));
      if (calls.length > 0) return { calls };
      if (!isCorrected) return { end: words };
      this.#conversation.takeIn([]);
    }
    throw new BrainFault("model", "the model goes on calling tools that do not exist");
  }

  async rate(turns: readonly Turn[], signal: AbortSignal): Promise<readonly Rating[]> {
    const modules = usedModules(this.#day.tools, turns);
    if (modules.length === 0) return [];
    this.#conversation.takeIn(turns);
    try {
      const request = askForRatings({ system: this.#system, ...this.#conversation.soFar() }, modules);
      const { ratings, broken } = readRatings(await this.#api.ask(request, signal), modules);
      for (let count = 0; count < broken; count++) this.#counts.countBrokenRating();
      return ratings;
    } catch (error) {
      if (!(error instanceof BrainFault)) throw error;
      // The day is done and its rows stand: a model that is away costs the ratings, not the day's ending.
      this.#counts.countBrokenRating();
      return [];
    }
  }
}
