// Opens a session as a client of the 2025 revisions does, so that wrk can send requests inside it.
import { LEGACY_REVISION, MCP_HEADERS } from "../workloads/requests.ts";
import type { Caller } from "./write_requests.ts";

/** Answers with the headers that requests of the session carry. Throws Error when no session is opened. */
export async function openSession(host: string, caller: Caller): Promise<Caller> {
  const send = async (headers: Caller, message: Readonly<Record<string, unknown>>) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const response = await fetch(`http://${host}/mcp`, {
      method: "POST",
      headers: { ...MCP_HEADERS, ...headers },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`no session: ${response.status} ${text}`);
    return response.headers.get("mcp-session-id");
  };
  const clientInfo = { name: "bench", version: "1" };
  const params = { protocolVersion: LEGACY_REVISION, capabilities: {}, clientInfo };
  const id = await send(caller, { id: 0, method: "initialize", params });
  if (id === null) throw new Error("no session: the answer to initialize names none");
  const session = { ...caller, "mcp-session-id": id };
  await send({ ...session, "mcp-protocol-version": LEGACY_REVISION }, {
    method: "notifications/initialized",
  });
  return session;
}
