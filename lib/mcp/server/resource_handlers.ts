// Serves the resources, subscriptions and completions on an SDK server of either era. What they do stands in lib/resources.
import type { Clock } from "../../kit/clock.ts";
import { describeRefusal, Refused } from "../../kit/errors.ts";
import type { Resources } from "../../resources/resources.ts";
import type { Subscriptions } from "../../resources/subscriptions.ts";
import { VIEW_MIME_TYPE } from "../../resources/view_resources.ts";
import { requestContextOf } from "./context_in_sdk.ts";
import { unknownPrompt } from "./prompt_handlers.ts";
import type { PromptList } from "./prompt_list.ts";
import { offeredValues } from "./prompt_completion.ts";
import { skillContents } from "./skill_handlers.ts";
import type { SkillList } from "./skill_list.ts";
import type { RequestOf } from "./tool_server.ts";
import { ProtocolError, type Server, type ServerContext } from "../sdk.ts";

/** The capabilities that come with resources. Their streams also tell that the list of tools has changed. */
export const RESOURCE_CAPABILITIES = Object.freeze({
  resources: { subscribe: true },
  completions: {},
  tools: { listChanged: true },
});

/** How a server says that tools have views, which are resources. The same settings as a host's (MCP Apps, capability negotiation). */
export const VIEWS_EXTENSION = Object.freeze({
  "io.modelcontextprotocol/ui": { mimeTypes: [VIEW_MIME_TYPE] },
});

/** What {@link handleResources} serves. */
export interface ServedResources {
  readonly resources: Resources;
  readonly subscriptions: Pick<Subscriptions, "subscribe" | "unsubscribe">;
  /** Says which day it is, for the days that a client offers. */
  readonly clock: Pick<Clock, "calendar">;
  /** Whose files are read as resources, and listed by `skills/list` alone; absent: none are offered. */
  readonly skills?: Pick<SkillList, "findFile">;
}

/** Serves resources, subscriptions to them, and completions on a server of either era. */
export function handleResources(
  server: Server,
  { resources, subscriptions, clock, skills }: ServedResources,
  prompts: Pick<PromptList, "find"> | undefined,
  requestOf: RequestOf,
): void {
  server.setRequestHandler(
    "resources/list",
    ({ params }, context) => inWords(() => resources.list(requestContextOf(context), params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", (_request, context) => ({
    resourceTemplates: resources.templates(requestContextOf(context)),
  }));
  server.setRequestHandler(
    "resources/read",
    async ({ params }, context) => {
      const request = requestOf(context, params._meta);
      const file = skills?.findFile(params.uri, request.requestContext.caller.principal);
      return file === undefined
        ? await resources.read(params.uri, request)
        : skillContents(file, request.era);
    },
  );
  handleSubscribing(server, resources, subscriptions);
  handleCompletion(server, { resources, clock }, prompts, requestOf);
}

function handleSubscribing(
  server: Server,
  resources: Pick<Resources, "isView">,
  subscriptions: ServedResources["subscriptions"],
): void {
  server.setRequestHandler(
    "resources/subscribe",
    ({ params: { uri } }, context) =>
      inWords(async () => {
        if (resources.isView(uri)) {
          throw new ProtocolError(
            -32602,
            "A view does not change at its address: tools/list names the new one",
            { uri },
          );
        }
        if (!await subscriptions.subscribe(sessionOf(context), requestContextOf(context), uri)) {
          throw new ProtocolError(-32602, "Resource not found, or too many subscriptions", { uri });
        }
        return {};
      }),
  );
  server.setRequestHandler("resources/unsubscribe", ({ params }, context) => {
    subscriptions.unsubscribe(sessionOf(context), requestContextOf(context), params.uri);
    return {};
  });
}

function handleCompletion(
  server: Server,
  { resources, clock }: Pick<ServedResources, "resources" | "clock">,
  prompts: Pick<PromptList, "find"> | undefined,
  requestOf: RequestOf,
): void {
  server.setRequestHandler("completion/complete", ({ params }, context) =>
    inWords(async () => {
      const { ref, argument } = params;
      if (ref.type === "ref/prompt") {
        const { caller: { principal }, timeZone } = requestContextOf(context);
        const prompt = prompts?.find(ref.name, principal);
        if (prompt === undefined) throw unknownPrompt();
        if (!prompt.arguments.some(({ name }) => name === argument.name)) {
          throw new ProtocolError(-32602, "Unknown argument of the prompt: see prompts/list for the names");
        }
        const values = await offeredValues(prompt.offers.get(argument.name), argument.value, {
          now: clock.calendar(),
          timeZone,
          titlesOf: (module, typed) =>
            resources.completeTitle(module, typed, requestOf(context, params._meta)),
        });
        // How many there are besides is not said: it would take opening them all.
        return { completion: { values } };
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

/** The session whose stream tells of changes. Throws ProtocolError outside of a session: nobody could be told. */
function sessionOf({ sessionId }: ServerContext): string {
  if (sessionId !== undefined) return sessionId;
  throw new ProtocolError(-32600, "Subscribing takes a session: send initialize first");
}

/** Tells a refusal that came before any call in its outside words. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    throw new ProtocolError(-32603, describeRefusal(refusal).message, { reason: refusal.reason });
  }
}
