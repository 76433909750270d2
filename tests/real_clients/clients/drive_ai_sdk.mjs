/**
 * A host built with the Vercel AI SDK, as its documentation builds one: the tools of two MCP servers for a model that is asked until it
 * is done. Who is asked before something is deleted says yes.
 *
 * Reads {"packages", "modelUrl", "url", "headers": {server: {name: value}}} from its input.
 */
import { text } from "node:stream/consumers";

const { packages, modelUrl, url, headers } = JSON.parse(await text(process.stdin));
const { isStepCount, streamText } = await import(`${packages}/ai/dist/index.js`);
const { createMCPClient, ElicitationRequestSchema } = await import(`${packages}/@ai-sdk/mcp/dist/index.js`);
const { createAnthropic } = await import(`${packages}/@ai-sdk/anthropic/dist/index.js`);

/** More turns than this are a loop. */
const MOST_STEPS = 1_000;

const clients = [];
const tools = {};
for (const [server, own] of Object.entries(headers)) {
  const client = await createMCPClient({
    transport: { type: "http", url, headers: own },
    capabilities: { elicitation: {} },
  });
  clients.push(client);
  client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => ({
    action: "accept",
    content: Object.fromEntries(Object.keys(params.requestedSchema.properties).map((name) => [name, true])),
  }));
  for (const [name, tool] of Object.entries(await client.tools())) tools[`${server}_${name}`] = tool;
}
try {
  const result = streamText({
    model: createAnthropic({ baseURL: `${modelUrl}/v1`, apiKey: "stand-in" })("stand-in"),
    prompt: "Look after my things.",
    tools,
    stopWhen: isStepCount(MOST_STEPS),
    onError: ({ error }) => {
      throw error;
    },
  });
  await result.text;
} finally {
  for (const client of clients) await client.close();
}
