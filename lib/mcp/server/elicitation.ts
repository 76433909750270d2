// Asking the person before a call, in the words of MCP: whether a client can be asked, and what it answered. What is asked and
// what the answer is worth stands in lib/calls/confirmation. MCP, client features, elicitation.
import { z } from "zod";
import { CONFIRMATION_MS } from "../../calls/confirmation/question_state.ts";
import { streamsTo } from "./context_in_sdk.ts";
import type { Asking, Question, Reply } from "../../calls/confirmation/confirmation.ts";
import type { Era } from "../inbound.ts";
import { CLIENT_CAPABILITIES_META_KEY, inputRequired, type Server, type ServerContext } from "../sdk.ts";

/**
 * Whether the client of a call can be asked, and its answer to an earlier question. Since 2026-07-28 every request declares
 * the client's capabilities. Before, only `initialize` did: a request outside of a session declares none, and so is never
 * asked on a stream that nobody listens to.
 */
export function askingOf(
  context: ServerContext,
  server: Server,
  era: Era,
  mayLoseAnswers: () => boolean,
): Asking {
  const { envelope, inputResponses } = context.mcpReq;
  const declared: unknown = era === "modern"
    ? envelope && Reflect.get(envelope, CLIENT_CAPABILITIES_META_KEY)
    : server.getClientCapabilities();
  const state: unknown = context.mcpReq.requestState();
  const answer = answerOf(inputResponses?.[KEY]);
  // A legacy question comes on the stream that is the answer to the call. Some clients take no stream.
  const hasStream = era === "modern" || streamsTo(context);
  // Since 2026-07-28 the answer comes with the call, made again, and any node takes it.
  const mayLoseAnswer = era === "legacy" && mayLoseAnswers();
  return {
    canAsk: hasStream && CanAsk.safeParse(declared).success,
    canOpen: hasStream && !mayLoseAnswer && CanOpen.safeParse(declared).success,
    ...(mayLoseAnswer ? { mayLoseAnswer } : {}),
    reply: answer === null ? null : { state: typeof state === "string" ? state : null, answer },
  };
}

/**
 * The question to the person: an address of their own page where the client opens one (MCP 2025-11-25, elicitation, URL mode), else the
 * form. The form has no field: hosts show Accept and Decline by themselves, and people took a box to tick for
 * decoration, so that their plain "Accept" was no yes. `accept` says that the person approved (MCP, elicitation, response
 * actions).
 */
export function questionResult({ sentence, state, url }: Question) {
  if (url !== undefined) {
    return inputRequired({ inputRequests: { [KEY]: inputRequired.elicitUrl({ message: sentence, url }) } });
  }
  return inputRequired({
    inputRequests: {
      [KEY]: inputRequired.elicit({
        message: sentence,
        requestedSchema: { type: "object", properties: {} },
      }),
    },
    ...(state === null ? {} : { requestState: state }),
  });
}

/** How the SDK asks on sessions of the 2025 revisions, where the question waits on the open answer of the call. */
export const LEGACY_ASKING = Object.freeze({ roundTimeoutMs: CONFIRMATION_MS, maxRounds: 3 });

/** Our question among the input requests of a call. */
const KEY = "confirm";

/** Reads capabilities as the SDK does: a bare `elicitation: {}` is from before there were modes, and means forms. */
const CanAsk = z.looseObject({
  elicitation: z.looseObject({ form: z.unknown().optional(), url: z.unknown().optional() }),
}).refine(({ elicitation: { form, url } }) => form !== undefined || url === undefined);
const CanOpen = z.looseObject({ elicitation: z.looseObject({ url: z.looseObject({}) }) });
const ANSWERS = { accept: "confirmed", decline: "declined", cancel: "cancelled" } as const;
const Answered = z.looseObject({ action: z.enum(["accept", "decline", "cancel"]) });

/** Null when there is no answer: the question is then asked again. */
function answerOf(response: unknown): Reply["answer"] | null {
  const answered = Answered.safeParse(response);
  return answered.success ? ANSWERS[answered.data.action] : null;
}
