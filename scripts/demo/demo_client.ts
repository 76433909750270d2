// The MCP clients of the demo: the official ones, one for each era of the protocol.
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";

const ToolList = z.object({ tools: z.array(z.object({ name: z.string() })) });

/** What the demo needs of an MCP client. */
export interface DemoClient {
  /** The client library and the protocol revision in force. */
  readonly label: string;
  toolNames(): Promise<string[]>;
  /** The structured result. Throws with the tool's own words when the call failed. */
  call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** How to reach the gateway. */
export interface DemoConnection {
  readonly url: string;
  readonly token: string;
  /** The network by default; tests pass the gateway itself. */
  readonly fetch?: typeof fetch;
}

/** Connects the official v2 client at revision 2026-07-28. */
export async function connectModern(connection: DemoConnection): Promise<DemoClient> {
  const client = new ModernClient({ name: "mana-demo", version: "2" }, {
    versionNegotiation: { mode: { pin: "2026-07-28" } },
  });
  await client.connect(new ModernTransport(new URL(connection.url), transportOptions(connection)));
  return {
    label: `@modelcontextprotocol/client at 2026-07-28`,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => structured(name, await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

/** Connects the official v1 client, which opens a session with `initialize`. */
export async function connectLegacy(connection: DemoConnection): Promise<DemoClient> {
  const client = new LegacyClient({ name: "mana-demo", version: "1" });
  const transport = new LegacyTransport(new URL(connection.url), transportOptions(connection));
  await client.connect(transport);
  return {
    label: `@modelcontextprotocol/sdk at ${transport.protocolVersion ?? "2025-11-25"}`,
    toolNames: async () => ToolList.parse(await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => structured(name, await client.callTool({ name, arguments: args })),
    async close() {
      try {
        await transport.terminateSession();
      } finally {
        await client.close();
      }
    },
  };
}

function transportOptions(connection: DemoConnection) {
  return {
    requestInit: { headers: { authorization: `Bearer ${connection.token}` } },
    ...(connection.fetch === undefined ? {} : { fetch: connection.fetch }),
  };
}

function structured(name: string, result: unknown): Record<string, unknown> {
  if (typeof result !== "object" || result === null) throw new TypeError(`Cannot read the result of ${name}`);
  const content: unknown = Reflect.get(result, "structuredContent");
  if (Reflect.get(result, "isError") === true || typeof content !== "object" || content === null) {
    throw new Error(`${name} failed: ${JSON.stringify(Reflect.get(result, "content"))}`);
  }
  return Object.fromEntries(Object.entries(content));
}
