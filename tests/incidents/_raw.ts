import { META } from "../_support/mcp.ts";
import type { Person, World } from "../_support/world.ts";

/** What came back, whole. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Headers of a modern call of `name`. */
export function callHeaders(token: string, name: string): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": name,
    authorization: `Bearer ${token}`,
  };
}

/** The body of a modern call. */
export function callBody(name: string, args: unknown): Record<string, unknown> {
  return { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args, _meta: META } };
}

/** Sends exactly these headers and this body to the endpoint. */
export async function post(
  world: World,
  headers: Record<string, string>,
  body: BodyInit,
): Promise<RawAnswer> {
  const response = await world.gateway.fetch(
    new Request("http://gateway.test/mcp", { method: "POST", headers, body }),
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Opens a session as a 2025 client does; returns its id. */
export async function openSession(world: World, person: Person): Promise<string> {
  const { headers, text } = await post(
    world,
    legacyHeaders(person.token),
    JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "old", version: "1" } },
    }),
  );
  const id = headers.get("mcp-session-id");
  if (id === null) throw new Error(`No session was opened: ${text}`);
  return id;
}

/** Headers of a 2025 client, inside a session when `session` is given. */
export function legacyHeaders(token: string, session?: string): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
    authorization: `Bearer ${token}`,
    ...(session === undefined ? {} : { "mcp-session-id": session }),
  };
}

/** The body of a 2025 call. */
export function legacyCall(name: string, args: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name, arguments: args } });
}

/** Pushes that reached the sync service. */
export function pushes(world: World): number {
  return world.upstreamCalls.filter(({ method, url }) => method === "POST" && url.includes("/sync/")).length;
}
