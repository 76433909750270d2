// A stand-in for the Messages API on a port of this computer, for a runner that is a process: a persona's first answer is two calls, and
// what comes then is the test's to say.
import { z } from "zod";

/** Starts it. */
export function startModel(second: (name: string) => Promise<Response>): StandInModel {
  const reached = new Map<string, PromiseWithResolvers<void>>();
  const reach = (name: string) => {
    const known = reached.get(name) ?? Promise.withResolvers<void>();
    reached.set(name, known);
    return known;
  };
  const end = new AbortController();
  const address = { hostname: "127.0.0.1", port: 0, signal: end.signal, onListen() {} };
  const server = Deno.serve(address, async (request) => {
    const { system, messages } = Asked.parse(await request.json());
    const name = /You are ([A-Z][a-z]+)/.exec(system[0]?.text ?? "")?.[1]?.toLowerCase() ?? "";
    if (messages.length === 1) return FIRST();
    reach(name).resolve();
    return await second(name);
  });
  return {
    settings: {
      PERSONA_BRAIN: "model",
      ANTHROPIC_API_KEY: "sk-ant-for-tests",
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
    },
    reached: (name) => reach(name).promise,
    async [Symbol.asyncDispose]() {
      // Somebody may still wait for an answer that never comes.
      end.abort();
      await server.finished;
    },
  };
}

/** A model that nobody pays for. */
export interface StandInModel extends AsyncDisposable {
  /** Settings of a runner that asks it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Resolves when this persona's model is asked for the second time: the first turn's calls are done, and their rows are posted. */
  reached(name: string): Promise<void>;
}

/** An answer that ends the day. */
export function goodNight(): Response {
  return message([{ type: "text", text: "That was my day." }], "end_turn");
}

/** An answer with one more call. */
export function oneMoreCall(): Response {
  return message([{ type: "tool_use", id: "toolu_3", name: "todo_list", input: {} }], "tool_use");
}

/** Too many requests, and no reason to wait. */
export function tooMany(): Response {
  const error = { type: "rate_limit_error", message: "too many" };
  return Response.json({ type: "error", error }, { status: 429, headers: { "retry-after": "0" } });
}

const FIRST = () =>
  message([
    { type: "tool_use", id: "toolu_1", name: "todo_create", input: { title: "Milk" } },
    { type: "tool_use", id: "toolu_2", name: "todo_list", input: {} },
  ], "tool_use");

function message(content: readonly unknown[], stop_reason: string): Response {
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "stand-in",
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 10 },
  });
}

const Asked = z.object({
  system: z.array(z.looseObject({ text: z.string() })),
  messages: z.array(z.unknown()),
});
