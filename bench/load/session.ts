import { type LoadConnection, parseAnswer, WrongAnswer } from "./connection.ts";
import { wireRequest } from "./wire_request.ts";

/** Headers of a request inside a legacy session. */
export type SessionHeaders = Readonly<Record<string, string>>;

const MCP = {
  method: "POST" as const,
  path: "/mcp",
  headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
};

/** Opens a session as a client of this revision does. Answers with the headers that its requests carry. */
export async function openSession(
  connection: LoadConnection,
  host: string,
  token: string,
  revision: string,
): Promise<SessionHeaders> {
  const authorization = `Bearer ${token}`;
  const initialize = JSON.stringify({
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion: revision, capabilities: {}, clientInfo: { name: "bench", version: "1" } },
  });
  const opened = await connection.send(wireRequest(host, { ...MCP, body: initialize }, { authorization }));
  parseAnswer(opened.body);
  const id = opened.header("mcp-session-id");
  if (opened.status !== 200 || id === null) {
    throw new WrongAnswer(
      `initialize: status ${opened.status}, session ${id}: ${new TextDecoder().decode(opened.body)}`,
    );
  }
  const headers = { authorization, "mcp-session-id": id, "mcp-protocol-version": revision };
  const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
  const told = await connection.send(wireRequest(host, { ...MCP, body }, headers));
  if (told.status !== 202 && told.status !== 200) throw new WrongAnswer(`initialized: status ${told.status}`);
  return headers;
}

/** Ends a session. */
export async function endSession(
  connection: LoadConnection,
  host: string,
  headers: SessionHeaders,
): Promise<void> {
  const ended = await connection.send(
    wireRequest(host, { method: "DELETE", path: "/mcp", headers: {}, body: "" }, headers),
  );
  if (ended.status >= 300) throw new WrongAnswer(`the end of a session: status ${ended.status}`);
}
