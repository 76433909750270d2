import { describeRefusal, Refused } from "../errors.ts";
import type { ResourceRequest, Resources } from "./resources.ts";
import { ProtocolError, type Server, type ServerContext } from "./sdk.ts";

/** How a server says what it offers. */
export const RESOURCE_CAPABILITIES = Object.freeze({ resources: {}, completions: {} });

/** Says who asks, as for a call of a tool. `meta` is the message's own. */
export type RequestOf = (
  context: ServerContext,
  meta: Readonly<Record<string, unknown>> | undefined,
) => ResourceRequest;

/** Serves the resources on a server of either era. */
export function handleResources(server: Server, resources: Resources, requestOf: RequestOf): void {
  server.setRequestHandler(
    "resources/list",
    ({ params }, context) =>
      inWords(() => resources.list(requestOf(context, params?._meta).exchange, params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", ({ params }, context) => ({
    resourceTemplates: resources.templates(requestOf(context, params?._meta).exchange),
  }));
  server.setRequestHandler(
    "resources/read",
    ({ params }, context) => resources.read(params.uri, requestOf(context, params._meta)),
  );
  server.setRequestHandler("completion/complete", ({ params }, context) =>
    inWords(async () => {
      const { ref, argument } = params;
      if (ref.type !== "ref/resource") throw new ProtocolError(-32602, "There are no prompts to complete");
      const completion = {
        template: ref.uri,
        variable: argument.name,
        value: argument.value,
        settled: params.context?.arguments ?? {},
      };
      return { completion: { ...await resources.complete(completion, requestOf(context, params._meta)) } };
    }));
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
