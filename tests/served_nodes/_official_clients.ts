// The official clients over the network, one for each era, with a person in front who answers questions.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as V1Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as V1Transport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";

/** A connected client. */
export interface OfficialClient extends AsyncDisposable {
  /** What the person was asked. */
  readonly questions: readonly string[];
  toolNames(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<Called>;
  /** Ends the session, where the era has one, and the client. */
  end(): Promise<void>;
}

/** What a model is handed. */
export type Called =
  | { readonly ok: true; readonly output: Record<string, unknown> }
  | { readonly ok: false; readonly words: string };

/** What the person does with a question. */
export type Person = (sentence: string) => Promise<"accept" | "decline"> | "accept" | "decline";

/** How to connect. */
export interface Connecting {
  readonly url: string;
  readonly token: string;
  /** Null for a client that cannot ask. */
  readonly person?: Person | null;
}

/** The eras, and who connects in them. */
export const CLIENTS = [["modern", connectModern], ["legacy", connectLegacy]] as const;

/** The v2 client at 2026-07-28. */
export async function connectModern({ url, token, person = null }: Connecting): Promise<OfficialClient> {
  const questions: string[] = [];
  const client = new Client({ name: "modern", version: "1" }, {
    versionNegotiation: { mode: { pin: "2026-07-28" } },
    capabilities: person === null ? {} : { elicitation: { form: {} } },
  });
  if (person !== null) {
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      questions.push(params.message);
      return { action: await person(params.message), content: {} };
    });
  }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), headersOf(token)));
  return {
    questions,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => readCalled(await client.callTool({ name, arguments: args })),
    end: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The v1 client, in a session. */
export async function connectLegacy({ url, token, person = null }: Connecting): Promise<OfficialClient> {
  const questions: string[] = [];
  const client = new V1Client({ name: "legacy", version: "1" }, {
    capabilities: person === null ? {} : { elicitation: {} },
  });
  if (person !== null) {
    client.setRequestHandler(ElicitRequest, async (request: unknown) => {
      const { message } = ElicitRequest.parse(request).params;
      questions.push(message);
      return { action: await person(message), content: {} };
    });
  }
  const transport = new V1Transport(new URL(url), headersOf(token));
  await client.connect(transport);
  return {
    questions,
    toolNames: async () => Listed.parse(await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => readCalled(await client.callTool({ name, arguments: args })),
    async end() {
      await transport.terminateSession();
      await client.close();
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const ElicitRequest = z.object({
  method: z.literal("elicitation/create"),
  params: z.looseObject({ message: z.string() }),
});
const Listed = z.object({ tools: z.array(z.object({ name: z.string() })) });
const Result = z.looseObject({
  content: z.array(z.looseObject({ text: z.string().optional() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

function headersOf(token: string) {
  return { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}

function readCalled(result: unknown): Called {
  const { content, structuredContent, isError } = Result.parse(result);
  if (isError === true || structuredContent === undefined) {
    return { ok: false, words: content.map(({ text }) => text ?? "").join("\n") };
  }
  return { ok: true, output: structuredContent };
}
