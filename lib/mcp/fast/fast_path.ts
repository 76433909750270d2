// Answers the methods that most requests are for, in front of the SDK: the same answers for a tenth of the time. Policy, log,
// metrics and spans are the call site's, so nothing is skipped. What fast_request.ts does not read goes to the SDK, untouched.
import type { Disclosure } from "../../disclosure/disclosure.ts";
import type { Gate } from "../../policy/gate.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import type { Hide } from "../../kit/secret.ts";
import type { Principal } from "../../people/principal.ts";
import type { Tool } from "../../tool/define_tool.ts";
import { parseTraceparent } from "../../observe/trace.ts";
import { JsonResponse } from "../../http/json_response.ts";
import type { Inbound } from "../inbound.ts";
import type { Negotiated } from "../legacy/negotiated.ts";
import type { CallResult } from "../../calls/call_result.ts";
import type { CallSite } from "../../calls/call_site.ts";
import { clientName } from "../../calls/client_name.ts";
import type { RequestContext } from "../../people/request_context.ts";
import type { Operations } from "../operations.ts";
import { type FastRequest, MODERN_REVISION, readFastRequest } from "./fast_request.ts";
import { LIST_TTL_MS, type ServerDescription } from "../server/server_description.ts";
import { SERVER_INFO_META_KEY } from "../sdk.ts";
import type { ToolLists } from "../server/tool_lists.ts";

/**
 * Answers a request of the usual form; undefined leaves it to the SDK, with nothing done about it yet.
 *
 * `negotiated` is given for a request that names a session: it finds the session and what `initialize` settled in it,
 * undefined before. It is called only for a message of this path, and may throw. Within a session the answer is JSON, which
 * such a client has said it takes.
 */
export type FastPath = (
  inbound: Inbound,
  negotiated?: () => Negotiated | undefined,
) => Response | Promise<Response> | undefined;

/** Dependencies of {@link createFastPath}. */
export interface FastPathDeps {
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly gate: Pick<Gate, "shows">;
  readonly lists: Pick<ToolLists, "listFor">;
  readonly disclosure: Pick<Disclosure, "mayAsk">;
  readonly calls: Pick<CallSite, "call">;
  readonly server: ServerDescription;
  /** Tells of requests that are no calls; null where traces go nowhere. */
  readonly operations: Operations | null;
  /** Guards the arguments of calls. */
  readonly hide: Hide;
}

/** Writes the texts that are the same in every answer. */
export function createFastPath(deps: FastPathDeps): FastPath {
  const { disclosure, registry, gate, lists } = deps;
  const { identity, capabilities, instructions } = deps.server;
  const serverInfo = `${JSON.stringify(SERVER_INFO_META_KEY)}:${JSON.stringify(identity)}`;
  const cacheable = `"resultType":"complete","ttlMs":${LIST_TTL_MS},"cacheScope":"private"`;
  const discovered =
    `{"supportedVersions":["${MODERN_REVISION}"],"capabilities":${JSON.stringify(capabilities)},` +
    `"instructions":${JSON.stringify(instructions)},${cacheable},"_meta":{${serverInfo}}}`;

  return (inbound, negotiated) => {
    const { principal } = inbound.requestContext.caller;
    const asked = readFastRequest(inbound.request.headers, inbound.message);
    if (asked === undefined) return undefined;
    if (asked.method === "tools/call") {
      // What asks first needs the SDK's dialogue; what a token may not do is answered with a challenge.
      const named = registry.getTool(asked.name);
      const tool = named?.standsFor?.(asked.args)?.tool ?? named;
      if (tool === undefined || !gate.shows(tool, principal)) return undefined;
      if (tool.access !== "read" && (mayAsk(tool, principal) || disclosure.mayAsk(principal))) {
        return undefined;
      }
    }
    let { clientName: told } = asked;
    if (asked.era === "legacy") {
      const settled = negotiated?.();
      if (settled?.protocolVersion !== asked.revision) return undefined;
      told = settled.clientInfo.name;
    }
    if (deps.operations !== null && asked.method !== "tools/call") {
      tellOf(deps.operations, asked, inbound.requestContext);
    }
    switch (asked.method) {
      case "server/discover":
        return answer(asked, discovered);
      case "tools/list": {
        const { toolsJson, etagJson } = lists.listFor(principal, inbound.requestContext.profile);
        const list = `{"tools":${toolsJson},`;
        return answer(
          asked,
          asked.era === "legacy"
            ? `${list}"_meta":{"mana/etag":${etagJson}}}`
            : `${list}${cacheable},"_meta":{"mana/etag":${etagJson},${serverInfo}}}`,
        );
      }
      case "tools/call":
        return answerCall(deps, asked, inbound, told, serverInfo);
    }
  };
}

/** These answers are texts that are there: none takes time, and none fails. */
function tellOf(
  operations: Operations,
  { method, revision, traceparent }: FastRequest,
  requestContext: RequestContext,
): void {
  operations.begin({ method, revision, requestContext, parent: parseTraceparent(traceparent) })(null);
}

/** Whether the call may be one that asks: its own rules are the confirmation's, and the SDK's way serves every call. */
function mayAsk({ access, asksFor }: Tool, { client }: Principal): boolean {
  return access === "destructive" || asksFor !== undefined || client?.askFirst !== undefined;
}

/** `serverInfo` is the member of `_meta` that names the server in modern results. */
async function answerCall(
  { calls, hide }: FastPathDeps,
  asked: FastRequest,
  { request, requestContext }: Inbound,
  told: string | undefined,
  serverInfo: string,
): Promise<Response> {
  const result = await calls.call({
    name: asked.name,
    args: hide(asked.args),
    parent: asked.traceparent === undefined ? null : parseTraceparent(asked.traceparent),
    requestContext,
    clientName: clientName(requestContext.caller.principal, told),
    era: asked.era,
    revision: asked.revision,
    asking: CANNOT_ASK,
    signal: () => request.signal,
  });
  // The registry knew the tool a moment ago, and never forgets a tool.
  if (result === null) throw new TypeError("Cannot answer a call: the tool is gone");
  return answer(asked, resultText(result, asked.era === "legacy" ? null : serverInfo));
}

/** Calls that ask first go the SDK's way. */
const CANNOT_ASK = Object.freeze({ canAsk: false, reply: null });

/** A result as JSON text; with `serverInfo` as a modern result. */
function resultText(
  { content, structuredContent, isError, _meta }: CallResult,
  serverInfo: string | null,
): string {
  let blocks = "";
  for (const { text } of content) {
    blocks += `${blocks === "" ? "" : ","}{"type":"text","text":${JSON.stringify(text)}}`;
  }
  let members = `"content":[${blocks}]`;
  // The first text is this very content as JSON: a large result is not written twice.
  if (structuredContent !== undefined) members += `,"structuredContent":${content[0]?.text ?? "{}"}`;
  if (isError !== undefined) members += `,"isError":${isError}`;
  const meta = _meta === undefined ? "" : JSON.stringify(_meta).slice(1, -1);
  if (serverInfo === null) return meta === "" ? `{${members}}` : `{${members},"_meta":{${meta}}}`;
  return `{${members},"resultType":"complete","_meta":{${meta}${meta === "" ? "" : ","}${serverInfo}}}`;
}

/** A session's id is told once, by the answer to `initialize` (MCP 2025-11-25, session management). */
function answer({ id }: FastRequest, result: string): Response {
  return new JsonResponse(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
}
