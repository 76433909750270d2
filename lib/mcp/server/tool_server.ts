// The MCP servers that the SDK runs, over our tools and resources, for all requests that the fast path leaves.
import { z } from "zod";
import type { CallSite } from "../../calls/call_site.ts";
import { clientName } from "../../calls/client_name.ts";
import { askingOf, LEGACY_ASKING, questionResult } from "./elicitation.ts";
import { requestContextOf } from "./context_in_sdk.ts";
import { handlePrompts } from "./prompt_handlers.ts";
import type { PromptList } from "./prompt_list.ts";
import { handleResources, type ServedResources } from "./resource_handlers.ts";
import type { Hide } from "../../kit/secret.ts";
import { parseTraceparent } from "../../observe/trace.ts";
import { LIST_TTL_MS, type ServerDescription } from "./server_description.ts";
import type { ToolLists } from "./tool_lists.ts";
import { WordedServer } from "./worded_server.ts";
import {
  CLIENT_INFO_META_KEY,
  type McpServerFactory,
  ProtocolError,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from "../sdk.ts";

/** JSON-RPC: invalid params; what the specification wants for an unknown tool. */
const INVALID_PARAMS = -32602;

const ClientInfo = z.object({ name: z.string() });

/** Dependencies of {@link createToolServerFactory}. */
export interface ToolServerDeps {
  readonly lists: Pick<ToolLists, "listFor">;
  readonly calls: CallSite;
  readonly server: ServerDescription;
  /** Guards the arguments of calls. */
  readonly hide: Hide;
  /** The records as resources; none are offered without. */
  readonly resources?: ServedResources;
  /** Absent: none are offered. */
  readonly prompts?: PromptList;
}

/**
 * Creates the factory of MCP servers over our tools. A server holds nothing of a person: whoever calls comes with each
 * request, so that a session works with the token and the space of the request in hand, never of its start.
 */
export function createToolServerFactory(deps: ToolServerDeps): McpServerFactory {
  return ({ era }) => {
    const { identity, capabilities, instructions } = deps.server;
    const server = new WordedServer({ ...identity }, {
      capabilities: { ...capabilities },
      instructions,
      inputRequired: LEGACY_ASKING,
      cacheHints: {
        "tools/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" },
        "prompts/list": { ttlMs: LIST_TTL_MS, cacheScope: "private" },
        "server/discover": { ttlMs: LIST_TTL_MS, cacheScope: "private" },
      },
      // Arguments are checked once, at the call site, where the outcome is counted and worded.
      jsonSchemaValidator: { getValidator: () => acceptAnything },
    });
    server.setRequestHandler("tools/list", (_request, context) => {
      const { tools, meta } = deps.lists.listFor(requestContextOf(context).caller.principal);
      return { tools: tools.map((listing) => ({ ...listing })), _meta: { ...meta } };
    });
    server.setRequestHandler("tools/call", async ({ params }, context) => {
      const requestContext = requestContextOf(context);
      const result = await deps.calls.call({
        name: params.name,
        args: deps.hide(params.arguments),
        parent: parseTraceparent(params._meta?.[TRACEPARENT_META_KEY]),
        requestContext,
        clientName: clientName(
          requestContext.caller.principal,
          toldName(context) ?? server.getClientVersion()?.name,
        ),
        era,
        asking: askingOf(context, server, era),
        signal: () => context.mcpReq.signal,
      });
      if (result === null) {
        throw new ProtocolError(INVALID_PARAMS, "Unknown tool: see tools/list for the names");
      }
      const { question, ...answer } = result;
      return question === undefined ? answer : questionResult(question);
    });
    if (deps.prompts !== undefined) handlePrompts(server, deps.prompts);
    if (deps.resources !== undefined) {
      handleResources(server, deps.resources, deps.prompts, (context, meta) => ({
        parent: parseTraceparent(meta?.[TRACEPARENT_META_KEY]),
        requestContext: requestContextOf(context),
        clientName: clientName(
          requestContextOf(context).caller.principal,
          toldName(context) ?? server.getClientVersion()?.name,
        ),
        era,
        signal: () => context.mcpReq.signal,
      }));
    }
    return server;
  };
}

function acceptAnything<T>(input: unknown): { valid: true; data: T; errorMessage: undefined } | Rejected {
  return isAnything<T>(input) ? { valid: true, data: input, errorMessage: undefined } : REJECTED;
}

type Rejected = { valid: false; data: undefined; errorMessage: string };
const REJECTED: Rejected = { valid: false, data: undefined, errorMessage: "unreachable" };

function isAnything<T>(_input: unknown): _input is T {
  return true;
}

/** The client's name as this very request tells it (2026-07-28). */
function toldName({ mcpReq: { envelope } }: ServerContext): string | undefined {
  const info = ClientInfo.safeParse(envelope && Reflect.get(envelope, CLIENT_INFO_META_KEY));
  return info.success ? info.data.name : undefined;
}
