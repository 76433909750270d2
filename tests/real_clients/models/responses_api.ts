/** The Responses API of OpenAI, streaming, as far as Codex uses it (developers.openai.com: Responses, streaming events). */
import { z } from "zod";
import type { Handed, ModelApi, OfferedTool, PlayedCall } from "./played_model.ts";

const Function = z.object({
  type: z.literal("function"),
  name: z.string(),
  description: z.string().default(""),
  parameters: z.unknown(),
});
/** Tools of one MCP server. */
const Namespace = z.object({ type: z.literal("namespace"), name: z.string(), tools: z.array(Function) });
const Other = z.looseObject({ type: z.string() });
const Tools = z.array(z.union([Namespace, Other])).transform((tools) => tools.flatMap(offered));

const Texts = z.union([
  z.string(),
  z.array(z.looseObject({ text: z.string().default("") })).transform((parts) =>
    parts.map(({ text }) => text).join("\n")
  ),
]);
const Item = z.union([
  z.object({ type: z.literal("tool_search_output"), tools: Tools }),
  z.object({ type: z.literal("function_call"), call_id: z.string() }),
  z.object({ type: z.literal("function_call_output"), call_id: z.string(), output: Texts }),
  Other.transform(() => null),
]);
const Request = z.object({ tools: Tools, input: z.array(Item) });

/** What Codex itself puts before a result. */
const WALL_TIME = /^Wall time: [\d.]+ seconds\nOutput:\n/;
/** More tools than a search ever finds. */
const EVERY = 1_000;

/**
 * Codex's side of {@link playModel}. Codex shows its models the tools of MCP servers only once they search for them, so this
 * model begins with a search for `words`.
 */
export function responsesApi(words: string): ModelApi {
  let hasSearched = false;
  return {
    path: "/responses",
    read(body) {
      const { tools, input } = Request.parse(body);
      const found = input.flatMap((item) => item?.type === "tool_search_output" ? item.tools : []);
      return {
        tools: [...tools, ...found],
        handed: handedOf(input),
      };
    },
    answer(count, next) {
      const id = `resp_${count}`;
      const items = hasSearched || next.length === 0 ? itemsOf(count, next) : [{
        type: "tool_search_call",
        execution: "client",
        call_id: `search_${count}`,
        arguments: { query: words, limit: EVERY },
      }];
      hasSearched = true;
      return [
        { type: "response.created", response: { id } },
        ...items.map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
        {
          type: "response.completed",
          response: { id, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } },
        },
      ];
    },
    frame: (event) =>
      `event: ${z.object({ type: z.string() }).parse(event).type}\ndata: ${JSON.stringify(event)}\n\n`,
    other: () => ({ object: "list", data: [], models: [] }),
  };
}

/** Calls, or a last word. A tool's name is that of its namespace, two underscores, and its own. */
function itemsOf(count: number, next: readonly PlayedCall[]): unknown[] {
  if (next.length === 0) {
    const content = [{ type: "output_text", text: "Done." }];
    return [{ type: "message", role: "assistant", id: `msg_${count}`, content }];
  }
  return next.map(({ name, args }, index) => {
    const cut = name.lastIndexOf("__");
    return {
      type: "function_call",
      id: `fc_${count}_${index}`,
      call_id: `call_${count}_${index}`,
      namespace: name.slice(0, cut),
      name: name.slice(cut + 2),
      arguments: JSON.stringify(args),
    };
  });
}

/** What was handed for each call, in the order of the calls. The API has no word for an error: the text has to say it. */
function handedOf(input: readonly z.infer<typeof Item>[]): Handed[] {
  const results = new Map(
    input.flatMap((item) => item?.type === "function_call_output" ? [[item.call_id, item.output]] : []),
  );
  return input.flatMap((item) => {
    const text = item?.type === "function_call" ? results.get(item.call_id) : undefined;
    return text === undefined ? [] : [{ text: text.replace(WALL_TIME, ""), isError: false }];
  });
}

function offered(tool: z.infer<typeof Namespace> | z.infer<typeof Other>): OfferedTool[] {
  const { success, data } = Namespace.safeParse(tool);
  if (!success) return [];
  return data.tools.map(({ name, description, parameters }) => ({
    name: `${data.name}__${name}`,
    description,
    schema: parameters,
  }));
}
