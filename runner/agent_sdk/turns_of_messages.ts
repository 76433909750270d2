// Turns of a day, out of the messages of the Agent SDK: each tool_use is paired with its tool_result by their id. It imports nothing of the
// SDK, so that it is tested where the SDK is not installed.
import { z } from "zod";
import { reasonCode } from "../mana/reason_code.ts";
import type { Called, Turn } from "../brain/brain.ts";
import type { Usage } from "../brains/model/messages_answer.ts";

/** Name of the gateway among the SDK's servers: its tools are `mcp__mana__<tool>`. */
export const SERVER = "mana";
const PREFIX = `mcp__${SERVER}__`;

/** What a message says. */
export type Told =
  | { readonly kind: "turn"; readonly turn: Turn }
  | {
    readonly kind: "result";
    /** `turns`: none is left; the SDK ends its stream with an error after that. `failed`: the model gave no proper answer. */
    readonly ending: "done" | "turns" | "failed";
    /** Tokens since the result before; null where the SDK does not tell. */
    readonly usage: Usage | null;
  };

/** Reads the messages of one day in their order. Made once per day. */
export class MessageReader {
  readonly #elapsed: () => number;
  #answerId: string | null = null;
  #open: OpenCall[] = [];

  /** `elapsed`: milliseconds of a clock that never goes back. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** What `message` says, in its order; nothing where it is of a kind that tells nothing of the day. */
  read(message: unknown): readonly Told[] {
    const { data } = MESSAGE.safeParse(message);
    if (data === undefined) return [];
    if (data.type === "result") {
      const ending = data.subtype === "error_max_turns"
        ? "turns"
        : data.subtype === "success" && !data.is_error
        ? "done"
        : "failed";
      return [...this.end(), { kind: "result", ending, usage: data.usage ?? null }];
    }
    if (data.type === "user") {
      this.#takeResults(data.message.content);
      return [];
    }
    // The SDK tells an answer with several blocks in several messages of one id.
    const before = data.message.id === this.#answerId ? [] : this.end();
    this.#answerId = data.message.id;
    this.#takeCalls(data.message.content);
    return before;
  }

  /** The turn that is still open, if any: what has no result by now was not answered. */
  end(): readonly Told[] {
    const calls = this.#open.map(({ called, tool, args }) => called ?? toCalled(tool, args, LOST));
    this.#open = [];
    return calls.length === 0 ? [] : [{ kind: "turn", turn: { calls } }];
  }

  #takeCalls(content: readonly unknown[]): void {
    for (const block of content) {
      const use = TOOL_USE.safeParse(block).data;
      if (use === undefined || !use.name.startsWith(PREFIX)) continue;
      const tool = use.name.slice(PREFIX.length);
      this.#open.push({ id: use.id, tool, args: use.input, since: this.#elapsed(), called: null });
    }
  }

  #takeResults(content: readonly unknown[]): void {
    for (const block of content) {
      const result = TOOL_RESULT.safeParse(block).data;
      const call = this.#open.find(({ id, called }) => id === result?.tool_use_id && called === null);
      if (result === undefined || call === undefined) continue;
      const text = typeof result.content === "string"
        ? result.content
        : result.content.map(({ text }) => text ?? "").join("\n");
      const isRefused = result.is_error === true;
      call.called = toCalled(call.tool, call.args, {
        result: isRefused ? "refused" : "ok",
        // The engine does not tell it; a tool result came, so that an answer of MCP did.
        status: 200,
        code: isRefused ? reasonCode(text) : null,
        text,
        structured: undefined,
        latencyMs: this.#elapsed() - call.since,
      });
    }
  }
}

interface OpenCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly since: number;
  called: Called | null;
}

/** A call that was asked for and has no result: the day was broken off. */
const LOST: Called["outcome"] = {
  result: "failed",
  status: 0,
  code: "no-answer",
  text: "",
  structured: undefined,
  latencyMs: 0,
};

function toCalled(tool: string, args: Readonly<Record<string, unknown>>, outcome: Called["outcome"]): Called {
  return { wish: { tool, args }, outcome, violations: [] };
}

const TOOL_USE = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()).catch({}),
});
const TOOL_RESULT = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).default(""),
  is_error: z.boolean().optional(),
});
const CONTENT = z.union([z.string().transform((): unknown[] => []), z.array(z.unknown())]);
const COUNT = z.int().nonnegative();
const USAGE = z.object({
  input_tokens: COUNT,
  output_tokens: COUNT,
  cache_creation_input_tokens: COUNT.nullish(),
  cache_read_input_tokens: COUNT.nullish(),
}).transform((usage): Usage => ({
  input: usage.input_tokens,
  output: usage.output_tokens,
  cache_write: usage.cache_creation_input_tokens ?? 0,
  cache_read: usage.cache_read_input_tokens ?? 0,
}));
const MESSAGE = z.discriminatedUnion("type", [
  z.object({ type: z.literal("assistant"), message: z.object({ id: z.string(), content: CONTENT }) }),
  z.object({ type: z.literal("user"), message: z.object({ content: CONTENT }) }),
  z.object({
    type: z.literal("result"),
    subtype: z.string(),
    is_error: z.boolean().default(false),
    usage: USAGE.optional().catch(undefined),
  }),
]);
