/**
 * FastMCP (TypeScript) with the gateway's tools, for the benchmark: the list as the gateway gives it, a fixed answer for
 * `spaces_list`, a token check, stateless, JSON answers. Settings come from the environment: PORT, FIXTURE, KEY, ISSUER,
 * AUDIENCE.
 */
import { readFileSync } from "node:fs";
import { FastMCP } from "fastmcp";
import { importJWK, jwtVerify } from "jose";
import { z } from "zod";

const { PORT, FIXTURE, KEY, ISSUER, AUDIENCE } = process.env;
const KNOWN_FOR_MS = 60_000;
const MOST_KNOWN = 10_000;

const { tools, spaces } = JSON.parse(readFileSync(FIXTURE, "utf8"));
const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: KEY }, "EdDSA");
/** Verified once and then known for a minute, as the gateway does it. */
const known = new Map();

async function authenticate(request) {
  const token = request?.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const entry = known.get(token);
  if (entry !== undefined && entry.until > Date.now()) return entry.session;
  let payload;
  try {
    ({ payload } = await jwtVerify(token, key, {
      algorithms: ["EdDSA"],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "sub"],
    }));
  } catch {
    throw new Response(null, { status: 401, statusText: "Unauthorized" });
  }
  if (known.size >= MOST_KNOWN) known.clear();
  const session = { subject: payload.sub };
  known.set(token, { session, until: Math.min(payload.exp * 1000, Date.now() + KNOWN_FOR_MS) });
  return session;
}

const server = new FastMCP({
  name: "bench-peer-fastmcp",
  version: "0.0.0",
  authenticate,
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
