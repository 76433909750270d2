// The engine that is the Claude Agent SDK: one child process and one conversation a day, with the SDK's own loop and its own connection to
// the gateway. THE CHILD IS NOT CONFINED BY DENO: README.md says what that means.
import {
  createSdkMcpServer,
  type McpServerStatus,
  query,
  type SDKUserMessage,
  tool,
} from "@anthropic-ai/claude-agent-sdk";
import { z } from "zod";
import { BrainFault, type Day, type Turn } from "../brain/brain.ts";
import type { Engine, EngineDay } from "../brain/engine.ts";
import { type Budget, createBudget } from "../brains/model/budget.ts";
import { GOOD_MORNING, writeInstructions } from "../brains/model/instructions.ts";
import { offerTools } from "../brains/model/offered_tools.ts";
import { RATING_TOOL, RATING_WORDS, readRatingEntries, usedModules } from "../brains/model/rating_tool.ts";
import type { ModelCounts, TokenKind } from "../brains/model.ts";
import { createChildren } from "./child.ts";
import { chooseOptions, RATING_SERVER } from "./query_options.ts";
import { MessageReader, SERVER, type Told } from "./turns_of_messages.ts";

/** What the engine is made of. */
export interface AgentSdkDeps {
  /** The gateway's endpoint, which ends with `/mcp`. */
  readonly manaUrl: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** Of all personas together in one UTC day of this process; looked at after each answer to a message, so that a day can pass it. */
  readonly budgetTokens: number;
  readonly counts: ModelCounts;
  readonly now: () => number;
  readonly elapsed: () => number;
  /** The SDK's program. */
  readonly program: string;
  /** Folder in which each day gets an empty home. */
  readonly homes: string;
  /** Turns of a day; 15 by default. */
  readonly maxTurns?: number;
}

const MAX_TURNS = 15;

/** Makes the engine. Starts nothing yet. */
export function createAgentSdkEngine(deps: AgentSdkDeps): Engine {
  const budget = createBudget({ tokensPerDay: deps.budgetTokens, now: deps.now });
  return {
    name: "agent-sdk",
    async *play(day, token, signal) {
      const reservation = budget.reserve(1);
      if (reservation === null) throw new BrainFault("budget", "the day's budget of tokens is spent");
      reservation.settle(0);
      const home = await Deno.makeTempDir({ dir: deps.homes, prefix: "day-" });
      try {
        return yield* playDay(deps, { day, budget, home, token: await token(), signal });
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    },
  };
}

interface OneDay {
  readonly day: Day;
  readonly budget: Budget;
  readonly home: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

async function* playDay(deps: AgentSdkDeps, one: OneDay): AsyncGenerator<Turn, EngineDay, void> {
  const { day, signal } = one;
  const children = createChildren([one.token, deps.apiKey]);
  const stop = new AbortController();
  const end = () => {
    stop.abort();
    children.kill();
  };
  signal.addEventListener("abort", end, { once: true });
  const prompts = new Prompts();
  const given: unknown[] = [];
  const turns: Turn[] = [];
  const options = chooseOptions({
    ...deps,
    ...one,
    timeZone: day.persona.timeZone,
    systemPrompt: writeInstructions(day, offerTools(day)),
    maxTurns: deps.maxTurns ?? MAX_TURNS,
  });
  try {
    signal.throwIfAborted();
    const messages = query({
      prompt: prompts.sent(),
      options: {
        ...options,
        mcpServers: { ...options.mcpServers, [RATING_SERVER]: createRatingServer(given) },
        pathToClaudeCodeExecutable: deps.program,
        spawnClaudeCodeProcess: (start) => children.start(start),
        abortController: stop,
      },
    });
    // Without the gateway the SDK would go on, and a model would be paid for a day that it makes up.
    if (!isConnected(await messages.mcpServerStatus())) {
      throw new BrainFault("model", "the Agent SDK has no connection to the gateway");
    }
    prompts.send(GOOD_MORNING);
    let isRating = false;
    for await (const told of readAll(messages, new MessageReader(deps.elapsed))) {
      if (told.kind === "turn") {
        turns.push(told.turn);
        yield told.turn;
        signal.throwIfAborted();
      } else {
        spend(deps, one.budget, told);
        if (isRating || told.ending === "turns") break;
        if (told.ending === "failed") {
          throw new BrainFault("model", "the Agent SDK got no answer of the model");
        }
        if (turns.length === 0) break;
        isRating = true;
        prompts.send(RATING_WORDS);
      }
    }
    signal.throwIfAborted();
    return finish(deps, day, turns, given, isRating);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BrainFault) throw error;
    // Its words may hold texts of the conversation.
    throw new BrainFault("model", "the Agent SDK ended before the day did");
  } finally {
    signal.removeEventListener("abort", end);
    prompts.end();
    stop.abort();
    await children.end();
  }
}

function isConnected(servers: readonly McpServerStatus[]): boolean {
  return servers.some(({ name, status }) => name === SERVER && status === "connected");
}

/** What the messages tell, until they end; the SDK ends them with an error where no turn is left. */
async function* readAll(messages: AsyncIterable<unknown>, reader: MessageReader): AsyncGenerator<Told> {
  try {
    for await (const message of messages) yield* reader.read(message);
  } catch (error) {
    yield* reader.end();
    throw error;
  }
  yield* reader.end();
}

function finish(
  { counts }: AgentSdkDeps,
  day: Day,
  turns: readonly Turn[],
  given: readonly unknown[],
  isDone: boolean,
): EngineDay {
  const modules = usedModules(day.tools, turns);
  const { ratings, broken } = readRatingEntries(given.at(-1), modules);
  for (let count = 0; count < broken; count++) counts.countBrokenRating();
  return { ending: isDone || turns.length === 0 ? "done" : "turns", ratings };
}

function spend({ counts }: AgentSdkDeps, budget: Budget, { usage }: Extract<Told, { kind: "result" }>): void {
  if (usage === null) return;
  const kinds: readonly TokenKind[] = ["input", "output", "cache_write", "cache_read"];
  for (const kind of kinds) counts.countTokens(kind, usage[kind]);
  budget.spend(usage.input + usage.output + usage.cache_write + usage.cache_read);
}

/** Takes the ratings in this process: nothing of them goes to the gateway. */
function createRatingServer(given: unknown[]) {
  const rating = z.object({ module: z.string(), rating: z.int().min(1).max(5), notes: z.string() });
  return createSdkMcpServer({
    name: RATING_SERVER,
    alwaysLoad: true,
    tools: [
      tool(
        RATING_TOOL,
        "Says what you think of the parts of the app that you used today. Only to be used when you are asked for it.",
        { ratings: z.array(rating) },
        ({ ratings }) => {
          given.push(ratings);
          return Promise.resolve({ content: [{ type: "text" as const, text: "Thank you." }] });
        },
      ),
    ],
  });
}

/** What the SDK is told, message by message, in one conversation. */
class Prompts {
  readonly #waiting: (string | null)[] = [];
  #arrived = Promise.withResolvers<void>();

  send(words: string): void {
    this.#waiting.push(words);
    this.#arrived.resolve();
  }

  end(): void {
    this.#waiting.push(null);
    this.#arrived.resolve();
  }

  async *sent(): AsyncGenerator<SDKUserMessage, void, void> {
    for (;;) {
      await this.#arrived.promise;
      this.#arrived = Promise.withResolvers<void>();
      for (const words of this.#waiting.splice(0)) {
        if (words === null) return;
        yield { type: "user", message: { role: "user", content: words }, parent_tool_use_id: null };
      }
    }
  }
}
