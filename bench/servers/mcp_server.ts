/**
 * The official TypeScript SDK's `McpServer` on Deno: the gateway's tools, a fixed answer for `spaces_list`, a fresh server
 * per request in both eras, JSON answers, no session, no policy, no log. STYLE says how it is written:
 *
 * - `documented`: tools in zod, and the token verified with jose on each request, as the SDK's documentation has both;
 * - `tuned`: tools in JSON Schema, and a verified token known for a minute, as the gateway does it.
 *
 * Settings come from the environment: PORT, FIXTURE, KEY, ISSUER, AUDIENCE, STYLE.
 */
import {
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { importJWK, jwtVerify } from "@panva/jose";
import { z } from "zod";
import { print } from "../../scripts/print.ts";
import { readFixture } from "./fixture.ts";

const KNOWN_FOR_MS = 60_000;
const MOST_KNOWN = 10_000;
const MODERN = "2026-07-28";

const setting = (name: string) => Deno.env.get(name) ?? "";
const { tools, spaces } = await readFixture(setting("FIXTURE"));
const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: setting("KEY") }, "EdDSA");
const isTuned = setting("STYLE") === "tuned";
const known = new Map<string, number>();

async function accepts(token: string): Promise<boolean> {
  const until = known.get(token);
  if (until !== undefined && until > Date.now()) return true;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["EdDSA"],
      issuer: setting("ISSUER"),
      audience: setting("AUDIENCE"),
      requiredClaims: ["exp", "sub"],
    });
    if (!isTuned) return true;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(token, Math.min((payload.exp ?? 0) * 1000, Date.now() + KNOWN_FOR_MS));
    return true;
  } catch {
    return false;
  }
}

// Zod is turned into JSON Schema for each list, JSON Schema is what it is.
const schemaOf = isTuned ? fromJsonSchema : z.fromJSONSchema;

// Made once: what is measured is the SDK, not the making of schemas.
const registered = tools.map(({ name, title, description, annotations, inputSchema, outputSchema }) => ({
  name,
  config: {
    title,
    description,
    annotations,
    inputSchema: schemaOf(inputSchema),
    outputSchema: schemaOf(outputSchema),
  },
}));

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

const modern = createMcpHandler(createServer, { legacy: "reject" });

/** The older revisions without a session. The handler above would answer them as event streams. */
async function legacy(request: Request): Promise<Response> {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await createServer().connect(transport);
  return await transport.handleRequest(request);
}

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(setting("PORT")),
  onListen: () => print("listening"),
}, async (request) => {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined || !(await accepts(token))) return new Response(null, { status: 401 });
  const isModern = request.headers.get("mcp-protocol-version") === MODERN;
  return await (isModern ? modern.fetch(request) : legacy(request));
});
