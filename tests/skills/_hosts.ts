// Hosts that load skills: the official client in both eras, over the door of a world's gateway, with its own check of every file.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { SkillsClient } from "@modelcontextprotocol/client/ext/skills";
import { CLIENT, MCP_URL } from "../_support/mcp_request.ts";
import type { Gateway } from "../../lib/gateway.ts";

/** A connected host. */
export interface Host extends AsyncDisposable {
  readonly era: "2026-07-28" | "2025-11-25";
  readonly client: Client;
  readonly skills: SkillsClient;
}

/** A host for each era. */
export async function connectHosts(gateway: Gateway, token: string): Promise<readonly Host[]> {
  return await Promise.all(
    (["2026-07-28", "2025-11-25"] as const).map((era) => connectHost(gateway, token, era)),
  );
}

async function connectHost(gateway: Gateway, token: string, era: Host["era"]): Promise<Host> {
  const client = new Client(
    CLIENT,
    era === "2026-07-28" ? { versionNegotiation: { mode: { pin: "2026-07-28" } } } : {},
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(MCP_URL), {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        request.headers.set("authorization", `Bearer ${token}`);
        return await gateway.fetch(request);
      },
    }),
  );
  return { era, client, skills: new SkillsClient(client), [Symbol.asyncDispose]: () => client.close() };
}
