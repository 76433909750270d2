/**
 * FastMCP (TypeScript) with the gateway's tools, for the benchmark: the list as the gateway gives it, a fixed answer for
 * `spaces_list`, no token check, stateless, JSON answers. Settings come from the environment: PORT, FIXTURE.
 */
import { readFileSync } from "node:fs";
import { FastMCP } from "fastmcp";
import { z } from "zod";

const { PORT, FIXTURE } = process.env;
const { tools, spaces } = JSON.parse(readFileSync(FIXTURE, "utf8"));

const server = new FastMCP({
  name: "bench-peer-fastmcp",
  version: "0.0.0",
  logger: { debug() {}, error: console.error, info() {}, log() {}, warn() {} },
});
for (const { name, description, annotations, inputSchema, outputSchema } of tools) {
  server.addTool({
    name,
    description,
    annotations,
    parameters: z.fromJSONSchema(inputSchema),
    outputSchema: z.fromJSONSchema(outputSchema),
    execute: () => {
      if (name !== "spaces_list") throw new Error("only spaces_list has an answer here");
      return Promise.resolve(spaces);
    },
  });
}
await server.start({
  transportType: "httpStream",
  httpStream: { port: Number(PORT), host: "127.0.0.1", endpoint: "/mcp", stateless: true, enableJsonResponse: true },
});
console.log("listening");
