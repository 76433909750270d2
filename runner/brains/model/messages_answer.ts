// An answer of the Messages API: parsed, and brought into what the next request may hold of it.
import { z } from "zod";

/** A block of a message, as the API has it. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** A call that the model asks for. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** null where it is no object. */
  readonly input: Readonly<Record<string, unknown>> | null;
}

/** An answer that holds. */
export interface Answer {
  /** Its blocks as the next request repeats them; empty where the model said nothing. */
  readonly content: readonly Block[];
  readonly toolUses: readonly ToolUse[];
  /** The texts, in their order. */
  readonly words: string;
  /** null where the host did not tell it. */
  readonly usage: Usage | null;
  /** Whether the model declined to answer. */
  readonly isRefused: boolean;
}

/** Tokens of one request. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cache_write: number;
  readonly cache_read: number;
}

/** An answer out of the body of a response with status 200; null where it does not hold. */
export function parseAnswer(text: string): Answer | null {
  const { data } = MESSAGE.safeParse(parseJson(text));
  if (data === undefined) return null;
  const blocks = withoutCutCall(data.content, data.stop_reason);
  const toolUses: ToolUse[] = [];
  const content: Block[] = [];
  for (const block of blocks) {
    if (block.type === "tool_use") {
      const use = TOOL_USE.safeParse(block).data;
      // Two calls of one id cannot be told apart by their results.
      if (use === undefined || toolUses.some(({ id }) => id === use.id)) return null;
      const { success, data: input } = OBJECT.safeParse(use.input);
      toolUses.push({ id: use.id, name: use.name, input: success ? input : null });
      content.push({ type: "tool_use", id: use.id, name: use.name, input: success ? input : {} });
    } else if (block.type === "text") {
      const said = TEXT.safeParse(block).data;
      if (said === undefined) return null;
      if (said.text.trim() !== "") content.push({ type: "text", text: said.text });
    } else if (REPEATED.includes(block.type)) content.push(block);
  }
  return {
    content,
    toolUses,
    words: content.flatMap((block) => TEXT.safeParse(block).data?.text ?? []).join("\n"),
    usage: data.usage ?? null,
    isRefused: data.stop_reason === "refusal",
  };
}

/** The API's word for an error, such as ` overloaded_error`; empty where the body holds none. Its message is not looked at. */
export function readErrorType(text: string | undefined): string {
  const type = ERROR.safeParse(text === undefined ? undefined : parseJson(text)).data?.error.type;
  return type === undefined ? "" : ` ${type}`;
}

/** What an answer that ran out of its tokens ends with may be half a call: it is not made. */
function withoutCutCall(content: readonly Block[], stopReason: unknown): readonly Block[] {
  const isCut = stopReason === "max_tokens" || stopReason === "model_context_window_exceeded";
  return isCut && content.at(-1)?.type === "tool_use" ? content.slice(0, -1) : content;
}

const OBJECT = z.record(z.string(), z.unknown());
const TOOL_USE = z.object({
  id: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  input: z.unknown(),
});
const TEXT = z.object({ type: z.literal("text"), text: z.string() });
/** Blocks that the API wants back as they were. */
const REPEATED: readonly string[] = ["thinking", "redacted_thinking"];
const COUNT = z.int().nonnegative();
const CACHED_COUNT = COUNT.nullish().transform((count) => count ?? 0);
const MESSAGE = z.object({
  type: z.literal("message"),
  role: z.literal("assistant"),
  content: z.array(z.looseObject({ type: z.string() })).max(200),
  stop_reason: z.unknown(),
  usage: z.object({
    input_tokens: COUNT,
    output_tokens: COUNT,
    cache_creation_input_tokens: CACHED_COUNT,
    cache_read_input_tokens: CACHED_COUNT,
  }).transform((usage): Usage => ({
    input: usage.input_tokens,
    output: usage.output_tokens,
    cache_write: usage.cache_creation_input_tokens,
    cache_read: usage.cache_read_input_tokens,
  })).optional().catch(undefined),
});
const ERROR = z.object({ error: z.object({ type: z.string().regex(/^[a-z_]{1,40}$/) }) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
