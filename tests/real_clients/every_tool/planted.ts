/** Plants faults into what the real gateway answers: each of them has been shipped by somebody's server. */
import { z } from "zod";
import type { ToolResult } from "../recording_door.ts";
import type { ToolWorld } from "./tool_world.ts";

type Ask = ToolWorld["ask"];
type Schema = Readonly<Record<string, unknown>>;

/** What is changed on the way, by the name of the tool. */
export interface Planted {
  readonly results?: Readonly<Record<string, (result: ToolResult) => ToolResult>>;
  readonly schemas?: Readonly<Record<string, (schema: Schema) => Schema>>;
}

/** Wraps a gateway. */
export function plant({ results = {}, schemas = {} }: Planted): (ask: Ask) => Ask {
  return (ask) => async (request) => {
    const body = request.method === "POST" ? await request.clone().text() : "";
    const { method, params } = Asked.parse(parseJson(body));
    const change = method === "tools/call" ? results[params?.name ?? ""] : undefined;
    const response = await ask(request);
    if (change === undefined && method !== "tools/list") return response;
    const text = await response.text();
    const changed = text.split("\n").map((line) => {
      const start = line.startsWith("data:") ? "data:" : "";
      const message = parseJson(line.slice(start.length));
      const called = Called.safeParse(message);
      if (change !== undefined && called.success) {
        return start + JSON.stringify({ ...called.data, result: change(called.data.result) });
      }
      const listed = Listed.safeParse(message);
      if (method !== "tools/list" || !listed.success) return line;
      const tools = listed.data.result.tools.map((tool) => ({
        ...tool,
        inputSchema: schemas[tool.name]?.(tool.inputSchema) ?? tool.inputSchema,
      }));
      return start + JSON.stringify({ ...listed.data, result: { ...listed.data.result, tools } });
    });
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    return new Response(changed.join("\n"), { status: response.status, headers });
  };
}

const Asked = z.object({
  method: z.string().optional(),
  params: z.looseObject({ name: z.string().optional() }).optional(),
}).catch({});
const Called = z.looseObject({
  result: z.looseObject({
    content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
    structuredContent: z.record(z.string(), z.unknown()).optional(),
    isError: z.boolean().optional(),
  }),
});
const Listed = z.looseObject({
  result: z.looseObject({
    tools: z.array(z.looseObject({ name: z.string(), inputSchema: z.record(z.string(), z.unknown()) })),
  }),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
