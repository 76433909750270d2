/** The Messages API of Anthropic, as far as Claude Code uses it (platform.claude.com: Messages, streaming). */
import { z } from "zod";
import type { Handed, ModelApi } from "./played_model.ts";

const CallBlock = z.object({ type: z.literal("tool_use"), id: z.string() });
const ResultBlock = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
    .optional(),
  is_error: z.boolean().optional(),
});
const Request = z.object({
  tools: z.array(
    z.looseObject({ name: z.string(), description: z.string().optional(), input_schema: z.unknown() }),
  )
    .default([]),
  messages: z.array(
    z.object({ role: z.string(), content: z.union([z.string(), z.array(z.looseObject({}))]) }),
  ),
});
/** What Claude Code itself adds behind a result. */
const REMINDER = /\n*<system-reminder>[^]*?<\/system-reminder>\s*$/;
/** Characters of UTF-8 that are taken for a token: few, so that a client's own limit is met early. */
const BYTES_PER_TOKEN = 3;

/** Claude Code's side of {@link playModel}. */
export const ANTHROPIC: ModelApi = {
  path: "/messages",
  read(body) {
    const { tools, messages } = Request.parse(body);
    if (tools.length === 0) return null;
    const blocks = messages.flatMap(({ content }) => typeof content === "string" ? [] : content);
    return {
      tools: tools.map(({ name, description, input_schema }) => ({
        name,
        description: description ?? "",
        schema: input_schema,
      })),
      handed: handedOf(blocks),
    };
  },
  answer(count, next) {
    const isOver = next.length === 0;
    const blocks = isOver
      ? [{ start: { type: "text", text: "" }, delta: { type: "text_delta", text: "Done." } }]
      : next.map(({ name, args }, index) => ({
        start: { type: "tool_use", id: `toolu_${count}_${index}`, name, input: {} },
        delta: { type: "input_json_delta", partial_json: JSON.stringify(args) },
      }));
    const message = {
      id: `msg_${count}`,
      type: "message",
      role: "assistant",
      model: "stand-in",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    const stop_reason = isOver ? "end_turn" : "tool_use";
    return [
      { type: "message_start", message },
      ...blocks.flatMap(({ start, delta }, index) => [
        { type: "content_block_start", index, content_block: start },
        { type: "content_block_delta", index, delta },
        { type: "content_block_stop", index },
      ]),
      { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ];
  },
  frame: (event) =>
    `event: ${z.object({ type: z.string() }).parse(event).type}\ndata: ${JSON.stringify(event)}\n\n`,
  other: (path, body) =>
    path.endsWith("/count_tokens")
      ? { input_tokens: Math.ceil(new TextEncoder().encode(body).length / BYTES_PER_TOKEN) }
      : {},
};

/** What was handed for each call, in the order of the calls: results of calls made together come as each is done. */
function handedOf(blocks: readonly Record<string, unknown>[]): Handed[] {
  const results = new Map(blocks.flatMap((block) => {
    const { success, data } = ResultBlock.safeParse(block);
    if (!success) return [];
    const { tool_use_id, content = "", is_error } = data;
    const text = typeof content === "string" ? content : content.map((part) => part.text ?? "").join("\n");
    return [[tool_use_id, { text: text.replace(REMINDER, ""), isError: is_error ?? false }]];
  }));
  return blocks.flatMap((block) => results.get(CallBlock.safeParse(block).data?.id ?? "") ?? []);
}
