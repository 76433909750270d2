// A stand-in for the Messages API in this process: it answers from a list and keeps what it was asked.
import { z } from "zod";

/** One answer: a message's blocks, a whole response, or silence until the caller gives up. */
export type Played =
  | { readonly blocks: readonly unknown[]; readonly stop?: string; readonly usage?: unknown }
  | { readonly response: () => Response }
  | "hang"
  | "no-connection";

/** What one request held. */
export interface Asked {
  readonly headers: Headers;
  readonly url: string;
  readonly redirect: string;
  readonly body: z.infer<typeof BODY>;
}

/** A stand-in. */
export interface PlayedMessages {
  readonly fetch: typeof fetch;
  readonly asked: readonly Asked[];
}

const BLOCK = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  tool_use_id: z.string().optional(),
  content: z.string().optional(),
  is_error: z.boolean().optional(),
});
const BODY = z.object({
  model: z.string(),
  max_tokens: z.int(),
  system: z.array(BLOCK),
  tools: z.array(z.object({ name: z.string(), description: z.string(), input_schema: z.looseObject({}) }))
    .optional(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string() }).optional(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.array(BLOCK).min(1) })).min(1),
});

/** Plays `script` in its order; the last entry again and again where `script` ends. */
export function playMessages(script: readonly Played[]): PlayedMessages {
  const asked: Asked[] = [];
  return {
    asked,
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = BODY.parse(await request.json());
      checkPairs(body.messages);
      asked.push({ headers: request.headers, url: request.url, redirect: request.redirect, body });
      const played = script[Math.min(asked.length, script.length) - 1] ?? "hang";
      if (played === "no-connection") throw new TypeError("connection refused");
      if (played !== "hang") return "response" in played ? played.response() : message(played);
      const { promise, reject } = Promise.withResolvers<Response>();
      const { signal } = request;
      if (signal.aborted) throw signal.reason;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      return await promise;
    },
  };
}

/** A call, as a block of an answer. */
export function use(id: string, name: string, input: unknown = {}): unknown {
  return { type: "tool_use", id, name, input };
}

/** Words, as a block of an answer. */
export function say(text: string): unknown {
  return { type: "text", text };
}

/** An error as the API has it. */
export function failure(
  status: number,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Played {
  return {
    response: () =>
      Response.json({ type: "error", error: { type, message: "secret-of-the-conversation" } }, {
        status,
        headers,
      }),
  };
}

function message({ blocks, stop, usage }: Exclude<Played, string | { response: unknown }>): Response {
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "stand-in",
    content: blocks,
    stop_reason: stop ?? "end_turn",
    stop_sequence: null,
    usage: usage ?? { input_tokens: 100, output_tokens: 10 },
  });
}

/** The API's own rules: roles take turns, and each tool_use has its result at the start of the very next message. */
function checkPairs(messages: z.infer<typeof BODY>["messages"]): void {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant")) {
      throw new Error(`roles do not take turns at ${index}`);
    }
    const uses = content.flatMap(({ type, id }) => type === "tool_use" ? [id] : []);
    const results = (messages[index + 1]?.content ?? []).flatMap((block, at) => {
      if (block.type !== "tool_result") return [];
      if (at >= uses.length) throw new Error("a tool_result without its tool_use, or behind a text");
      return [block.tool_use_id];
    });
    if (role === "assistant" && JSON.stringify(uses) !== JSON.stringify(results)) {
      throw new Error(`tool_use without tool_result: ${uses} / ${results}`);
    }
  }
}
