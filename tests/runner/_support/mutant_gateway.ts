// A gateway with a fault: the real one behind a door that changes calls on their way in, or answers on their way out.
import assert from "node:assert/strict";
import { z } from "zod";
import type { RunnerWorld } from "./runner_world.ts";

/** Puts a mutant before the gateway of a world, from now on. */
export function mutate(runner: RunnerWorld, mutant: Mutant): void {
  runner.intercept = async (request) => {
    if (!new URL(request.url).pathname.endsWith("/mcp")) return undefined;
    const message = Message.safeParse(JSON.parse(await request.clone().text()));
    if (!message.success) return undefined;
    const { id, params: { name } } = message.data;
    const ask = (changed: Request = request) => runner.world.gateway.fetch(changed);
    return await mutant({
      tool: name,
      request,
      text: await request.clone().text(),
      ask,
      say: (output) => Response.json({ jsonrpc: "2.0", id, result: resultOf(output) }),
      refuse: (text) =>
        Response.json({
          jsonrpc: "2.0",
          id,
          result: { resultType: "complete", content: [{ type: "text", text }], isError: true },
        }),
    });
  };
}

/** What answers a call of a tool; undefined leaves it to the gateway. */
export type Mutant = (call: MutantCall) => Response | undefined | Promise<Response | undefined>;

/** One call of a tool, on its way to the gateway. */
export interface MutantCall {
  readonly tool: string;
  readonly request: Request;
  /** The body. */
  readonly text: string;
  /** Asks the real gateway; the request as it came, where none is given. */
  readonly ask: (request?: Request) => Promise<Response>;
  /** An answer that the gateway never gave. */
  readonly say: (output: Readonly<Record<string, unknown>>) => Response;
  /** A refusal in words that the gateway never gave. */
  readonly refuse: (words: string) => Response;
}

/** The request with other headers or another body. */
export function changed(
  request: Request,
  change: { readonly headers?: Headers; readonly body?: string },
): Request {
  const { headers = request.headers, body } = change;
  return new Request(request.url, {
    method: "POST",
    headers,
    body: body ?? request.body,
    signal: request.signal,
  });
}

/** The answer with another structured result, in both places where clients look. */
export async function withOutput(
  response: Response,
  change: (output: Record<string, unknown>) => Record<string, unknown>,
): Promise<Response> {
  const text = await response.text();
  const answer = Answer.safeParse(JSON.parse(text));
  if (!answer.success) return new Response(text, response);
  const output = change(answer.data.result.structuredContent);
  return Response.json({ ...answer.data, result: { ...answer.data.result, ...resultOf(output) } });
}

/** The only list of an output, such as that of `tasks`. */
export function listIn(output: Record<string, unknown>): { readonly name: string; readonly rows: unknown[] } {
  const [found] = Object.entries(output).filter(([name]) => name !== "remarks").flatMap(([name, rows]) =>
    Array.isArray(rows) ? [{ name, rows }] : []
  );
  return found ?? assert.fail("no list");
}

function resultOf(output: Readonly<Record<string, unknown>>) {
  return {
    resultType: "complete",
    content: [{ type: "text", text: JSON.stringify(output) }],
    structuredContent: output,
  };
}

const Message = z.looseObject({
  id: z.union([z.string(), z.number()]),
  method: z.literal("tools/call"),
  params: z.looseObject({ name: z.string() }),
});
const Answer = z.looseObject({
  result: z.looseObject({ structuredContent: z.record(z.string(), z.unknown()) }),
});
