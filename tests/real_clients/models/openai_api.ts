/** The chat completions API of OpenAI, streaming, as far as clients of compatible servers use it. */
import { z } from "zod";
import type { ModelApi } from "./played_model.ts";

const Request = z.object({
  tools: z.array(z.object({
    function: z.object({ name: z.string(), description: z.string().optional(), parameters: z.unknown() }),
  })).default([]),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
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
    return {
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        name,
        description: description ?? "",
        schema: parameters,
      })),
      // The API has no word for an error: the text has to say it.
      handed: messages.filter(({ role }) => role === "tool")
        .map(({ content }) => ({ text: Text.parse(content), isError: false })),
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
    if (next === undefined) {
      return [chunk({ role: "assistant", content: "Done." }, null), chunk({}, "stop"), "[DONE]"];
    }
    const call = {
      index: 0,
      id: `call_${count}`,
      type: "function",
      function: { name: next.name, arguments: JSON.stringify(next.args) },
    };
    return [chunk({ role: "assistant", tool_calls: [call] }, null), chunk({}, "tool_calls"), "[DONE]"];
  },
  frame: (event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`,
  other: () => ({ object: "list", data: [] }),
};
