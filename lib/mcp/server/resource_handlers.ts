// Serves the resources, subscriptions and completions on an SDK server of either era. What they do stands in lib/resources.
import { describeRefusal, Refused } from "../../kit/errors.ts";
import type { ResourceRequest } from "../../resources/resource_access.ts";
import type { Resources } from "../../resources/resources.ts";
import type { Subscriptions } from "../../resources/subscriptions.ts";
import { unknownPrompt } from "./prompt_handlers.ts";
import type { PromptList } from "./prompt_list.ts";
import { ProtocolError, type Server, type ServerContext } from "../sdk.ts";

/** How a server says what it offers; with the streams for it comes the news that the list of tools is another one. */
export const RESOURCE_CAPABILITIES = Object.freeze({
  resources: { subscribe: true },
  completions: {},
  tools: { listChanged: true },
});

/** Says who asks, as for a call of a tool. `meta` is the message's own. */
export type RequestOf = (
  context: ServerContext,
  meta: Readonly<Record<string, unknown>> | undefined,
) => ResourceRequest;

/** What {@link handleResources} serves. */
export interface ServedResources {
  readonly resources: Resources;
  readonly subscriptions: Pick<Subscriptions, "subscribe" | "unsubscribe">;
}

/** Serves the resources on a server of either era. */
export function handleResources(
  server: Server,
  { resources, subscriptions }: ServedResources,
  prompts: Pick<PromptList, "find"> | undefined,
  requestOf: RequestOf,
): void {
  server.setRequestHandler(
    "resources/list",
    ({ params }, context) =>
      inWords(() => resources.list(requestOf(context, params?._meta).requestContext, params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", ({ params }, context) => ({
    resourceTemplates: resources.templates(requestOf(context, params?._meta).requestContext),
  }));
  server.setRequestHandler(
    "resources/read",
    ({ params }, context) => resources.read(params.uri, requestOf(context, params._meta)),
  );
  server.setRequestHandler(
    "resources/subscribe",
    ({ params: { uri, _meta } }, context) =>
      inWords(async () => {
        const { requestContext } = requestOf(context, _meta);
        if (!await subscriptions.subscribe(sessionOf(context), requestContext, uri)) {
          throw new ProtocolError(-32602, "Resource not found, or too many subscriptions", { uri });
        }
        return {};
      }),
  );
  server.setRequestHandler("resources/unsubscribe", ({ params }, context) => {
    subscriptions.unsubscribe(sessionOf(context), params.uri);
    return {};
  });
  server.setRequestHandler("completion/complete", ({ params }, context) =>
    inWords(async () => {
      const { ref, argument } = params;
      if (ref.type === "ref/prompt") {
        // No argument of a prompt has values to choose from.
        const { principal } = requestOf(context, params._meta).requestContext.caller;
        if (prompts?.find(ref.name, principal) === undefined) throw unknownPrompt();
        return { completion: { values: [], total: 0, hasMore: false } };
      }
      const completion = {
        template: ref.uri,
        variable: argument.name,
        value: argument.value,
        settled: params.context?.arguments ?? {},
      };
      return { completion: { ...await resources.complete(completion, requestOf(context, params._meta)) } };
    }));
}

/** The session whose stream would tell of changes. Throws ProtocolError outside of one: nobody could be told. */
function sessionOf({ sessionId }: ServerContext): string {
  if (sessionId !== undefined) return sessionId;
  throw new ProtocolError(-32600, "Subscribing takes a session: send initialize first");
}

/** Refusals that come before a call is made, in their outside words. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    throw new ProtocolError(-32603, describeRefusal(refusal).message, { reason: refusal.reason });
  }
}
