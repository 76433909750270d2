import {
  type AuthInfo,
  createMcpHandler,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { importJWK, jwtVerify } from "@panva/jose";
import { print } from "../../scripts/print.ts";

/** How a server made with the SDK answers. */
export interface McpPeer {
  /** Makes the server of one request. */
  readonly createServer: () => McpServer;
  /** Whose request it is, or the refusal. */
  readonly admit: (request: Request) => Promise<AuthInfo | Response>;
}

const MODERN = "2026-07-28";

/** Serves both eras on PORT: a fresh server per request, JSON answers, no session. */
export function serveMcp({ createServer, admit }: McpPeer): void {
  const modern = createMcpHandler(createServer, { legacy: "reject" });
  // The handler above would answer the older revisions as event streams.
  const legacy = async (request: Request, authInfo: AuthInfo): Promise<Response> => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await createServer().connect(transport);
    return await transport.handleRequest(request, { authInfo });
  };
  Deno.serve({
    hostname: "127.0.0.1",
    port: Number(Deno.env.get("PORT")),
    onListen: () => print("listening"),
  }, async (request) => {
    const authInfo = await admit(request);
    if (authInfo instanceof Response) return authInfo;
    const isModern = request.headers.get("mcp-protocol-version") === MODERN;
    return await (isModern ? modern.fetch(request, { authInfo }) : legacy(request, authInfo));
  });
}

/** Creates a verifier of the benchmark's tokens, with jose; KEY, ISSUER and AUDIENCE say what is accepted. */
export async function createVerify(): Promise<(token: string) => Promise<AuthInfo & { expiresAt: number }>> {
  const setting = (name: string) => Deno.env.get(name) ?? "";
  const key = await importJWK({ kty: "OKP", crv: "Ed25519", x: setting("KEY") }, "EdDSA");
  const options = {
    algorithms: ["EdDSA"],
    issuer: setting("ISSUER"),
    audience: setting("AUDIENCE"),
    requiredClaims: ["exp", "sub"],
  };
  return async (token) => {
    const { payload } = await jwtVerify(token, key, options);
    return { token, clientId: payload.sub ?? "", scopes: [], expiresAt: payload.exp ?? 0 };
  };
}
