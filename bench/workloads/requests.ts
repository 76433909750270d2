// The requests that are sent: to MCP servers, in both eras, and to the sync service itself.
import type { RequestShape } from "../wrk/write_requests.ts";

/** The two ways MCP is spoken: stateless since 2026-07-28, in a session before. */
export type Era = "modern" | "legacy";

/** The revision that the modern requests are of. */
export const MODERN_REVISION = "2026-07-28";
/** The revision that the legacy requests are of. */
export const LEGACY_REVISION = "2025-11-25";
/** What every request has; both media types, as every client must: a server that can answers as JSON. */
export const MCP_HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
} as const;

/** A `tools/list`. */
export function listTools(era: Era): RequestShape {
  return mcpRequest(era, "tools/list", {}, '"habits_create"');
}

/** `spaces_list`: a tool that needs no service once the person's spaces are known. */
export function spacesList(era: Era): RequestShape {
  return callTool(era, "spaces_list", {}, '"activeSpaceId":"space-home"');
}

/** `habits_list`; with `strict` each call has to ask the service, however fresh the gateway's state is. */
export function habitsList(era: Era, freshness: "usual" | "strict" = "usual"): RequestShape {
  const shape = callTool(era, "habits_list", {}, '"habits":[{');
  return freshness === "usual"
    ? shape
    : { ...shape, headers: { ...shape.headers, "x-mana-fresh": "strict" } };
}

/** `todo_list` with its first tasks. */
export function todoList(era: Era, limit = 50): RequestShape {
  return callTool(era, "todo_list", { limit }, '"tasks":[{');
}

/** `calendar_list` of a month in a zone whose clocks change, with its first times. */
export function calendarList(era: Era, limit: number): RequestShape {
  const args = { from: "2026-05-01", to: "2026-05-31", timeZone: "Europe/Berlin", limit };
  return callTool(era, "calendar_list", args, '"entries":[{');
}

/** `todo_create` with two sealed fields. */
export function todoCreate(era: Era): RequestShape {
  const args = { title: "Buy oranges at the market", description: "Two kilos, for juice.", priority: "high" };
  return callTool(era, "todo_create", args, '"task":{');
}

/** The one request to the sync service that a warm `habits.list` makes, which finds nothing new; without the token. */
export function emptyPull(): RequestShape {
  const path = `/sync/habits/pull?collection=habits&since=${encodeURIComponent(new Date().toISOString())}`;
  const headers = { accept: "application/json", "x-client-id": "bench" };
  return { method: "GET", path, headers, body: "", marker: '"serverChanges":[]' };
}

function callTool(era: Era, name: string, args: object, marker: string): RequestShape {
  return mcpRequest(era, "tools/call", { name, arguments: args }, marker);
}

const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN_REVISION,
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

function mcpRequest(
  era: Era,
  method: string,
  given: { name?: string; arguments?: object },
  marker: string,
): RequestShape {
  const params = era === "modern" ? { ...given, _meta: META } : given;
  const named = given.name === undefined ? {} : { "mcp-name": given.name };
  const headers = era === "modern"
    ? { "mcp-protocol-version": MODERN_REVISION, "mcp-method": method, ...named }
    : { "mcp-protocol-version": LEGACY_REVISION };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return { method: "POST", path: "/mcp", headers: { ...MCP_HEADERS, ...headers }, body, marker };
}
