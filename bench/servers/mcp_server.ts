/**
 * The official TypeScript SDK's `McpServer` on Deno as its documentation has it: the server of a request is made with its
 * tools in zod ("Serve on web-standard runtimes"), and its token is verified by the SDK's gate ("Require authorization").
 * A fixed answer for `spaces_list`, no policy, no log. Settings come from the environment: PORT, FIXTURE, KEY, ISSUER,
 * AUDIENCE.
 */
import assert from "node:assert/strict";
import { McpServer, OAuthError, OAuthErrorCode, requireBearerAuth } from "@modelcontextprotocol/server";
import { z } from "zod";
import { portableSchema } from "../../lib/tool/portable_schema.ts";
import { documentedTools } from "./documented_tools.ts";
import { readFixture } from "./fixture.ts";
import { createVerify, serveMcp } from "./serve_mcp.ts";

const { tools, spaces } = await readFixture(Deno.env.get("FIXTURE") ?? "");
const listed = new Map(tools.map((tool) => [tool.name, tool]));
const listingOf = (name: string) => listed.get(name) ?? assert.fail(`The gateway has no tool ${name}`);

// What is compared has to be the same: the gateway's schemas, written anew.
const written = documentedTools(listingOf);
assert.deepEqual(written.map(({ name }) => name).sort(), [...listed.keys()].sort());
for (const { name, inputSchema, outputSchema } of written) {
  for (const [io, schema] of [["input", inputSchema], ["output", outputSchema]] as const) {
    // The SDK lists what zod makes; the gateway writes the same for clients that read only one form of it.
    const listed = portableSchema({ ...z.toJSONSchema(schema, { target: "draft-2020-12", io }) });
    const json: unknown = JSON.parse(JSON.stringify(listed));
    assert.deepEqual(
      json,
      listingOf(name)[`${io}Schema`],
      `The ${io} schema of ${name} is not the gateway's`,
    );
  }
}

function createServer(): McpServer {
  const server = new McpServer({ name: "bench-peer-mcp-server", version: "0.0.0" });
  for (const { name, ...config } of documentedTools(listingOf)) {
    server.registerTool(name, { ...config, annotations: listingOf(name).annotations }, () => {
      if (name !== "spaces_list") throw new Error("only spaces_list has an answer here");
      return { content: [{ type: "text", text: JSON.stringify(spaces) }], structuredContent: spaces };
    });
  }
  return server;
}

const verify = await createVerify();
serveMcp({
  createServer,
  admit: requireBearerAuth({
    verifier: {
      verifyAccessToken: (token) =>
        verify(token).catch(() => {
          throw new OAuthError(OAuthErrorCode.InvalidToken, "no token of ours");
        }),
    },
  }),
});
