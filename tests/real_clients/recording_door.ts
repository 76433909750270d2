/** Stands between a client and the gateway, hands everything through, and notes what each tool call was answered with. */
import { z } from "zod";

/** A call as it passed the door, with the last answer to it. */
export interface SentResult {
  /** Whether the call named a shared space. */
  readonly inTeam: boolean;
  readonly tool: string;
  readonly args: unknown;
  readonly result: ToolResult;
}

/** What the gateway sent for a tool call. */
export type ToolResult = z.infer<typeof ToolResult>;

const ToolResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
const Call = z.object({
  method: z.literal("tools/call"),
  params: z.looseObject({ name: z.string(), arguments: z.unknown() }),
});
const Answer = z.object({ result: ToolResult });

/** A door that is open. */
export interface RecordingDoor extends AsyncDisposable {
  readonly url: string;
  readonly sent: readonly SentResult[];
  /** `Accept` of every POST, without repetition. */
  readonly accepted: ReadonlySet<string>;
}

/**
 * Opens a door to a gateway.
 *
 * @param gateway its address, or how it is asked
 * @param before awaited before each tool call is handed on, with its number from 0 on: what a person does while a client works
 */
export function openDoor(
  gateway: string | ((request: Request) => Promise<Response>),
  before: (call: number) => Promise<void> = () => Promise.resolve(),
): RecordingDoor {
  let calls = 0;
  const sent: SentResult[] = [];
  const accepted = new Set<string>();
  const noting = new Set<Promise<void>>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = request.method === "POST" ? await request.text() : null;
    const headers = new Headers(request.headers);
    for (const name of ["host", "content-length", "connection"]) headers.delete(name);
    const { pathname, search } = new URL(request.url);
    const call = Call.safeParse(body === null ? null : parseJson(body));
    if (call.success) await before(calls++);
    const [address, ask] = typeof gateway === "string" ? [gateway, fetch] : [request.url, gateway];
    const response = await ask(
      new Request(new URL(pathname + search, address), {
        method: request.method,
        headers,
        body,
        redirect: "manual",
        signal: request.signal,
      }),
    );
    if (body === null) return new Response(response.body, response);
    accepted.add(headers.get("accept") ?? "");
    if (!call.success || response.body === null) return new Response(response.body, response);
    const { name, arguments: args } = call.data.params;
    const [forClient, copy] = response.body.tee();
    const inTeam = headers.has("x-mana-space");
    const noted = note(copy, (result) => sent.push({ inTeam, tool: name, args, result }))
      .finally(() => noting.delete(noted));
    noting.add(noted);
    return new Response(forClient, response);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    sent,
    accepted,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Promise.allSettled(noting);
    },
  };
}

/** Reads an answer, JSON or events, and tells every tool result in it: a question to the person is none. */
async function note(body: ReadableStream<Uint8Array<ArrayBuffer>>, tell: (result: ToolResult) => void) {
  let text = "";
  try {
    for await (const part of body.pipeThrough(new TextDecoderStream())) text += part;
  } catch {
    // The client went away; what came until then counts.
  }
  const messages = text.trimStart().startsWith("{")
    ? [text]
    : text.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
  for (const message of messages) {
    const answer = Answer.safeParse(parseJson(message));
    if (answer.success) tell(answer.data.result);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
