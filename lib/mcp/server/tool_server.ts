// The MCP servers that the SDK runs, for all requests that the fast path leaves: tools here, prompts and resources by their
// handlers. A server holds nothing of a person: whoever calls comes with each request.
import { z } from "zod";
import type { CallSite } from "../../calls/call_site.ts";
import { clientName } from "../../calls/client_name.ts";
import type { Hide } from "../../kit/secret.ts";
import { parseTraceparent } from "../../observe/trace.ts";
import type { ResourceRequest } from "../../resources/resource_access.ts";
import type { Era } from "../inbound.ts";
import {
  CLIENT_INFO_META_KEY,
  type McpServerFactory,
  ProtocolError,
  type Server,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from "../sdk.ts";
import type { Operations } from "../operations.ts";
import { namedRevision, requestContextOf } from "./context_in_sdk.ts";
import { askingOf, LEGACY_ASKING, questionResult } from "./elicitation.ts";
import { handlePrompts } from "./prompt_handlers.ts";
import type { PromptList } from "./prompt_list.ts";
import { handleResources, type ServedResources } from "./resource_handlers.ts";
import { handleSkills } from "./skill_handlers.ts";
import type { SkillList } from "./skill_list.ts";
import { LIST_TTL_MS, type ServerDescription } from "./server_description.ts";
import type { ToolLists } from "./tool_lists.ts";
import { WordedServer } from "./worded_server.ts";

/** Dependencies of {@link createToolServerFactory}. */
export interface ToolServerDeps {
  readonly lists: Pick<ToolLists, "listFor">;
  readonly calls: CallSite;
  readonly server: ServerDescription;
  /** Guards the arguments of calls. */
  readonly hide: Hide;
  /** Whether the answer to a question on a session's stream may reach a node that cannot bring it here. */
  readonly mayLoseAnswers: () => boolean;
  /** The records as resources; absent: none are offered. */
  readonly resources?: ServedResources;
  /** Absent: none are offered. */
  readonly prompts?: PromptList;
  /** Absent: none are offered. Their files are resources. */
  readonly skills?: SkillList;
  /** Tells of requests; null where traces go nowhere. */
  readonly operations: Operations | null;
}

/**
 * Creates the factory of MCP servers over our tools. A session works with the token and the space of the request in hand,
 * never of its start.
 */
export function createToolServerFactory(deps: ToolServerDeps): McpServerFactory {
  const { identity, capabilities, instructions } = deps.server;
  return ({ era }) => {
    const server = new WordedServer(deps.operations, { ...identity }, {
      capabilities: { ...capabilities },
      instructions,
      inputRequired: LEGACY_ASKING,
      cacheHints: CACHE_HINTS,
      // Arguments are checked once, at the call site, where the outcome is counted and worded.
      jsonSchemaValidator: { getValidator: () => acceptAnything },
    });
    const requestOf: RequestOf = (context, meta) => readRequest(server, era, context, meta);
    handleTools(server, deps, requestOf);
    if (deps.prompts !== undefined) handlePrompts(server, deps.prompts);
    if (deps.skills !== undefined) handleSkills(server, deps.skills, era);
    if (deps.resources !== undefined) handleResources(server, deps.resources, deps.prompts, requestOf);
    return server;
  };
}

/** Says who asks. `meta` is the message's own. */
export type RequestOf = (
  context: ServerContext,
  meta: Readonly<Record<string, unknown>> | undefined,
) => ResourceRequest;

const CACHE_HINT = { ttlMs: LIST_TTL_MS, cacheScope: "private" } as const;
const CACHE_HINTS = { "tools/list": CACHE_HINT, "prompts/list": CACHE_HINT, "server/discover": CACHE_HINT };

function readRequest(
  server: Server,
  era: Era,
  context: ServerContext,
  meta: Readonly<Record<string, unknown>> | undefined,
): ResourceRequest {
  const requestContext = requestContextOf(context);
  return {
    parent: parseTraceparent(meta?.[TRACEPARENT_META_KEY]),
    requestContext,
    clientName: clientName(
      requestContext.caller.principal,
      toldName(context) ?? server.getClientVersion()?.name,
    ),
    era,
    revision: namedRevision(context) ?? server.getNegotiatedProtocolVersion(),
    signal: () => context.mcpReq.signal,
  };
}

/** The client's name as this very request tells it (2026-07-28). */
function toldName({ mcpReq: { envelope } }: ServerContext): string | undefined {
  const info = ClientInfo.safeParse(envelope && Reflect.get(envelope, CLIENT_INFO_META_KEY));
  return info.success ? info.data.name : undefined;
}

const ClientInfo = z.object({ name: z.string() });

function handleTools(server: Server, deps: ToolServerDeps, requestOf: RequestOf): void {
  const { lists, calls, hide, mayLoseAnswers } = deps;
  server.setRequestHandler("tools/list", (_request, context) => {
    const { caller, profile } = requestContextOf(context);
    const { tools, meta } = lists.listFor(caller.principal, profile);
    return { tools: tools.map((listing) => ({ ...listing })), _meta: { ...meta } };
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const request = requestOf(context, params._meta);
    const result = await calls.call({
      ...request,
      name: params.name,
      args: hide(params.arguments),
      asking: askingOf(context, server, request.era, mayLoseAnswers),
    });
    if (result === null) {
      throw new ProtocolError(INVALID_PARAMS, "Unknown tool: see tools/list for the names");
    }
    const { question, ...answer } = result;
    return question === undefined ? answer : questionResult(question);
  });
}

/** JSON-RPC: invalid params; what the specification wants for an unknown tool. */
const INVALID_PARAMS = -32602;

type Accepted<T> = { valid: true; data: T; errorMessage: undefined };
type Rejected = { valid: false; data: undefined; errorMessage: string };
const REJECTED: Rejected = { valid: false, data: undefined, errorMessage: "unreachable" };

/** The SDK's validator of arguments. It has to say what type it has found, so that it asks a guard that always says yes. */
function acceptAnything<T>(input: unknown): Accepted<T> | Rejected {
  return isAnything<T>(input) ? { valid: true, data: input, errorMessage: undefined } : REJECTED;
}

function isAnything<T>(_input: unknown): _input is T {
  return true;
}
