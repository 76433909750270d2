// The official TypeScript SDK's `McpServer` on Deno, with the gateway's tools and a fixed answer for `spaces_list`: a server
// per request ("Serve on web-standard runtimes"), JSON answers, no session, no token check, no policy, no log. Settings come
// from the environment: PORT, FIXTURE, and SCHEMAS: `zod` as the documentation has it, or `json` for JSON Schema, which
// spares the SDK from converting each schema anew.
import {
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { MODERN_REVISION } from "../workloads/requests.ts";
import { readFixture } from "./fixture.ts";
import { serve } from "./serve.ts";

const { tools, spaces } = await readFixture();
const isZod = Deno.env.get("SCHEMAS") === "zod";
const registered = tools.map(({ inputSchema, outputSchema, name, title, description, annotations }) => ({
  name,
  config: {
    title,
    description,
    annotations,
    inputSchema: isZod ? z.fromJSONSchema(inputSchema) : fromJsonSchema(inputSchema),
    outputSchema: isZod ? z.fromJSONSchema(outputSchema) : fromJsonSchema(outputSchema),
  },
}));
const modern = createMcpHandler(createServer, { legacy: "reject" });

serve(async (request) => {
  if (request.headers.get("mcp-protocol-version") === MODERN_REVISION) return await modern.fetch(request);
  // The handler above would answer the older revisions as event streams.
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await createServer().connect(transport);
  return await transport.handleRequest(request);
});

function createServer(): McpServer {
  const server = new McpServer({ name: "bench-peer-mcp-server", version: "0.0.0" });
  for (const { name, config } of registered) {
    server.registerTool(name, config, () => {
      if (name !== "spaces_list") throw new Error("only spaces_list has an answer here");
      return { content: [{ type: "text", text: JSON.stringify(spaces) }], structuredContent: spaces };
    });
  }
  return server;
}
