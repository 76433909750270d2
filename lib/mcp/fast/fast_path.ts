import type { Gate } from "../../policy/gate.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import type { Hide } from "../../kit/secret.ts";
import { parseTraceparent } from "../../observe/trace.ts";
import { JsonResponse } from "../../http/json_response.ts";
import type { JsonObject } from "../../http/strict_json.ts";
import type { Negotiated } from "../legacy/negotiated.ts";
import type { CallResult, CallSite } from "../../calls/call_site.ts";
import { clientName } from "../../calls/client_name.ts";
import type { RequestContext } from "../../people/request_context.ts";
import { type FastMessage, MODERN_REVISION, readLegacy, readModern } from "./fast_request.ts";
import { LIST_TTL_MS, type ServerDescription } from "../server/server_description.ts";
import { SERVER_INFO_META_KEY } from "../sdk.ts";
import type { ToolLists } from "../server/tool_lists.ts";

/** Dependencies of {@link createFastPath}. */
export interface FastPathDeps {
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly gate: Pick<Gate, "shows">;
  readonly lists: Pick<ToolLists, "listFor">;
  readonly calls: Pick<CallSite, "call">;
  readonly server: ServerDescription;
  /** Guards the arguments of calls. */
  readonly hide: Hide;
}

/** A request whose body was read strictly, before the SDK has seen it. */
export interface FastRequest {
  readonly request: Request;
  readonly message: JsonObject;
  readonly requestContext: RequestContext;
}

/**
 * The short path of the methods that most requests are for, in front of the SDK: same answers for a tenth of the time. It
 * takes requests of the usual form only; undefined leaves a request to the SDK, with nothing done about it yet.
 */
export interface FastPath {
  /** A request of 2026-07-28, or undefined. */
  modern(given: FastRequest): Response | Promise<Response> | undefined;
  /**
   * A request of an older revision within a session, answered as JSON, which such a client has said it takes. `enter` finds the
   * session and what it agreed on, undefined before `initialize`; it is asked only once the message is known to be one for
   * this path, and may throw.
   */
  legacy(given: FastRequest, enter: () => Negotiated | undefined): Response | Promise<Response> | undefined;
}

/** Revisions whose answers look alike on both paths. */
const LEGACY_REVISIONS: ReadonlySet<string> = new Set(["2025-11-25", "2025-06-18"]);

/** Creates the short path. */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { registry, gate, lists } = deps;
  const { identity, capabilities, instructions } = deps.server;
  const serverInfo = `${JSON.stringify(SERVER_INFO_META_KEY)}:${JSON.stringify(identity)}`;
  const cached = `"resultType":"complete","ttlMs":${LIST_TTL_MS},"cacheScope":"private"`;
  const discovered =
    `{"supportedVersions":["${MODERN_REVISION}"],"capabilities":${JSON.stringify(capabilities)},` +
    `"instructions":${JSON.stringify(instructions)},${cached},"_meta":{${serverInfo}}}`;

  /** Deleting asks first, which needs the SDK's dialogue; what a token may not do is answered with a challenge. */
  const takes = (message: FastMessage, requestContext: RequestContext): boolean => {
    if (message.method !== "tools/call") return true;
    const tool = registry.getTool(message.name);
    return tool !== undefined && tool.access !== "destructive" &&
      gate.shows(tool, requestContext.caller.principal);
  };

  const call = async (
    message: FastMessage,
    { request, requestContext }: FastRequest,
    era: "modern" | "legacy",
    told: string | undefined,
  ): Promise<Response> => {
    const result = await deps.calls.call({
      name: message.name,
      args: deps.hide(message.args),
      parent: message.traceparent === undefined ? null : parseTraceparent(message.traceparent),
      requestContext,
      clientName: clientName(requestContext.caller.principal, told),
      era,
      asking: CANNOT_ASK,
      signal: () => request.signal,
    });
    // The registry knew the tool a moment ago, and never forgets one.
    if (result === null) throw new TypeError("Cannot answer a call: the tool is gone");
    const { body, meta } = membersOf(result);
    if (era === "legacy") return answer(message, meta === "" ? `{${body}}` : `{${body},"_meta":{${meta}}}`);
    const comma = meta === "" ? "" : ",";
    return answer(message, `{${body},"resultType":"complete","_meta":{${meta}${comma}${serverInfo}}}`);
  };

  return Object.freeze({
    modern(given: FastRequest): Response | Promise<Response> | undefined {
      const message = readModern(given.request.headers, given.message);
      if (message === undefined || !takes(message, given.requestContext)) return undefined;
      switch (message.method) {
        case "server/discover":
          return answer(message, discovered);
        case "tools/list": {
          const { toolsJson, etagJson } = lists.listFor(given.requestContext.caller.principal);
          const result = `{"tools":${toolsJson},${cached},"_meta":{"mana/etag":${etagJson},${serverInfo}}}`;
          return answer(message, result);
        }
        case "tools/call":
          return call(message, given, "modern", message.clientName);
      }
    },

    legacy(
      given: FastRequest,
      enter: () => Negotiated | undefined,
    ): Response | Promise<Response> | undefined {
      const revision = given.request.headers.get("mcp-protocol-version");
      if (revision === null || !LEGACY_REVISIONS.has(revision)) return undefined;
      const message = readLegacy(given.message);
      if (message === undefined || !takes(message, given.requestContext)) return undefined;
      const agreed = enter();
      if (agreed?.protocolVersion !== revision) return undefined;
      if (message.method === "tools/call") return call(message, given, "legacy", agreed.clientInfo.name);
      const { toolsJson, etagJson } = lists.listFor(given.requestContext.caller.principal);
      return answer(message, `{"tools":${toolsJson},"_meta":{"mana/etag":${etagJson}}}`);
    },
  });
}

/** Whoever is asked first goes the SDK's way. */
const CANNOT_ASK = Object.freeze({ canAsk: false, reply: null });

/** Members of a result as JSON text: `body` without `_meta`, `meta` those of `_meta`, empty for none. */
interface Members {
  readonly body: string;
  readonly meta: string;
}

function membersOf({ content, structuredContent, isError, _meta }: CallResult): Members {
  let blocks = "";
  for (const { text } of content) {
    blocks += `${blocks === "" ? "" : ","}{"type":"text","text":${JSON.stringify(text)}}`;
  }
  let body = `"content":[${blocks}]`;
  // The first text is this very content as JSON: a large result is not written twice.
  if (structuredContent !== undefined) body += `,"structuredContent":${content[0]?.text ?? "{}"}`;
  if (isError !== undefined) body += `,"isError":${isError}`;
  return { body, meta: _meta === undefined ? "" : JSON.stringify(_meta).slice(1, -1) };
}

/** A session's id is told once, by the answer to `initialize` (MCP 2025-11-25, session management). */
function answer({ id }: FastMessage, result: string): Response {
  return new JsonResponse(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}
