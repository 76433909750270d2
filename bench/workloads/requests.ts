import type { RequestShape } from "../load/job.ts";

/** The two ways MCP is spoken: stateless since 2026-07-28, in a session before. */
export type Era = "modern" | "legacy";

/** The revision that the modern requests are of. */
export const MODERN_REVISION = "2026-07-28";
/** The revision that the legacy requests are of. */
export const LEGACY_REVISION = "2025-11-25";

const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN_REVISION,
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const HEADERS = {
  "content-type": "application/json",
  // Both, as every client must: a server that can answers as JSON.
  accept: "application/json, text/event-stream",
};

/** A `tools/list`; `marker` is the name of the first tool, which is where the search for it ends soonest. */
export function listTools(era: Era): RequestShape {
  return mcpRequest(era, "tools/list", {}, '"habits_create"');
}

/** A `tools/call` whose right answer holds `marker`. */
export function callTool(
  era: Era,
  name: string,
  args: Readonly<Record<string, unknown>>,
  marker: string,
  headers: Readonly<Record<string, string>> = {},
): RequestShape {
  const shape = mcpRequest(era, "tools/call", { name, arguments: args }, marker);
  return { ...shape, headers: { ...shape.headers, ...headers } };
}

function mcpRequest(
  era: Era,
  method: string,
  params: Readonly<Record<string, unknown>>,
  marker: string,
): RequestShape {
  const { name } = params;
  const isModern = era === "modern";
  return {
    method: "POST",
    path: "/mcp",
    headers: {
      ...HEADERS,
      "mcp-protocol-version": isModern ? MODERN_REVISION : LEGACY_REVISION,
      ...(isModern ? { "mcp-method": method } : {}),
      ...(isModern && typeof name === "string" ? { "mcp-name": name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method,
      params: isModern ? { ...params, _meta: META } : params,
    }),
    marker,
  };
}

/** `spaces_list`: a tool that needs no service once the person's spaces are known. */
export function spacesList(era: Era): RequestShape {
  return callTool(era, "spaces_list", {}, '"activeSpaceId":"space-home"');
}

/** `habits_list` with the newest state, past any short-lived answer. */
export function habitsList(era: Era, headers: Readonly<Record<string, string>> = {}): RequestShape {
  return callTool(era, "habits_list", {}, '"habits":[{', headers);
}

/** `todo_list` with its first 50 tasks. */
export function todoList(era: Era): RequestShape {
  return callTool(era, "todo_list", { limit: 50 }, '"tasks":[{');
}

/** `todo_create` with two sealed fields. */
export function todoCreate(era: Era): RequestShape {
  const args = { title: "Buy oranges at the market", description: "Two kilos, for juice.", priority: "high" };
  return callTool(era, "todo_create", args, '"task":{');
}
