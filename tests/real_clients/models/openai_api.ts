/** The chat completions API of OpenAI, streaming, as far as clients of compatible servers use it. */
import { z } from "zod";
import type { ModelApi } from "./played_model.ts";

const Request = z.object({
  tools: z.array(z.object({
    function: z.object({ name: z.string(), description: z.string().optional(), parameters: z.unknown() }),
  })).default([]),
  messages: z.array(z.looseObject({
    role: z.string(),
    content: z.unknown(),
    tool_call_id: z.string().optional(),
    tool_calls: z.array(z.looseObject({ id: z.string() })).optional(),
  })),
});
const Text = z.union([
  z.string(),
  z.array(z.looseObject({ text: z.string().optional() })).transform((parts) =>
    parts.map(({ text }) => text ?? "").join("\n")
  ),
]);

/** The side of a client of compatible servers, for {@link playModel}. */
export const OPENAI: ModelApi = {
  path: "/chat/completions",
  read(body) {
    const { tools, messages } = Request.parse(body);
    if (tools.length === 0) return null;
    const results = new Map(
      messages.filter(({ role }) => role === "tool").map((one) => [one.tool_call_id, one.content]),
    );
    const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []).filter(({ id }) => results.has(id));
    return {
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        name,
        description: description ?? "",
        schema: parameters,
      })),
      // The API has no word for an error: the text has to say it.
      handed: calls.map(({ id }) => ({ text: Text.parse(results.get(id)), isError: false })),
    };
  },
  answer(count, next) {
    const chunk = (delta: unknown, finish_reason: string | null) => ({
      id: `chatcmpl-${count}`,
      object: "chat.completion.chunk",
      created: 1,
      model: "played",
      choices: [{ index: 0, delta, finish_reason }],
    });
    if (next.length === 0) {
      return [chunk({ role: "assistant", content: "Done." }, null), chunk({}, "stop"), "[DONE]"];
    }
    const calls = next.map(({ name, args }, index) => ({
      index,
      id: `call_${count}_${index}`,
      type: "function",
      function: { name, arguments: JSON.stringify(args) },
    }));
    return [chunk({ role: "assistant", tool_calls: calls }, null), chunk({}, "tool_calls"), "[DONE]"];
  },
  frame: (event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`,
  other: () => ({ object: "list", data: [] }),
};
