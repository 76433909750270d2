// One day's conversation, as the Messages API wants it: every tool_use of an answer has exactly one tool_result in the next message, by
// its id, also where the call was never made. It lives as long as the day and is written nowhere.
import type { Called, Turn, Wish } from "../../brain/brain.ts";
import type { Answer, Block, Message, ModelRequest, ToolUse } from "./messages_api.ts";
import { GOOD_MORNING } from "./instructions.ts";
import type { OfferedTools } from "./offered_tools.ts";

/** What an answer of the model asks for. */
export interface Step {
  readonly calls: readonly Wish[];
  /** What the persona said. */
  readonly words: string;
  /** Whether calls were answered here because no tool could take them. */
  readonly isCorrected: boolean;
}

/** A tool_use that has no result yet: the wish it became, or the words that it is refused with. */
type Pending = { readonly id: string } & ({ readonly wish: Wish } | { readonly refusal: string });

/** Characters of one result that a model is shown. A whole day of results has to fit into its window. */
const RESULT_LENGTH = 50_000;

/** Starts with the first message. Made once per day. */
export class Conversation {
  readonly #tools: OfferedTools;
  readonly #messages: Message[] = [{ role: "user", content: [{ type: "text", text: GOOD_MORNING }] }];
  #pending: readonly Pending[] = [];

  constructor(tools: OfferedTools) {
    this.#tools = tools;
  }

  /** What a request holds of it. */
  soFar(): Pick<ModelRequest, "tools" | "messages"> {
    return { tools: this.#tools.definitions, messages: [...this.#messages] };
  }

  /** Adds what came of the calls that the last answer asked for. Does nothing where no call waits for its result. */
  takeIn(turns: readonly Turn[]): void {
    if (this.#pending.length === 0) return;
    const made = new Map(turns.at(-1)?.calls.map((called) => [called.wish, called]));
    this.#messages.push({
      role: "user",
      content: this.#pending.map((pending) =>
        "refusal" in pending
          ? toRefusal(pending.id, pending.refusal)
          : toResult(pending.id, made.get(pending.wish))
      ),
    });
    this.#pending = [];
  }

  /** Adds an answer of the model. */
  add({ content, toolUses, words }: Answer): Step {
    if (content.length > 0) this.#messages.push({ role: "assistant", content });
    this.#pending = toolUses.map((use) => this.#toPending(use));
    return {
      calls: this.#pending.flatMap((pending) => "wish" in pending ? [pending.wish] : []),
      words,
      isCorrected: toolUses.length > 0,
    };
  }

  /** A model reaches the tools that it was offered and nothing else: another name never leaves this file. */
  #toPending({ id, name, input }: ToolUse): Pending {
    const tool = this.#tools.byName.get(name);
    if (tool === undefined) {
      return { id, refusal: "There is no tool of this name. Use one of the tools you were given." };
    }
    if (input === null) return { id, refusal: "The arguments of a tool are an object. Nothing was called." };
    return { id, wish: { tool: tool.name, args: input } };
  }
}

function toResult(id: string, called: Called | undefined): Block {
  if (called === undefined) return toRefusal(id, "This call was not made: the day has no calls left.");
  const { result, text, status } = called.outcome;
  if (result === "ok") return { type: "tool_result", tool_use_id: id, content: shorten(text) };
  return toRefusal(id, text === "" ? `The app gave no proper answer (status ${status}).` : shorten(text));
}

function toRefusal(id: string, words: string): Block {
  return { type: "tool_result", tool_use_id: id, content: words, is_error: true };
}

function shorten(text: string): string {
  if (text === "") return "(no text)";
  if (text.length <= RESULT_LENGTH) return text;
  const leftOut = `(${text.length - RESULT_LENGTH} more characters are left out here)`;
  return `${text.slice(0, RESULT_LENGTH).toWellFormed()}\n${leftOut}`;
}
