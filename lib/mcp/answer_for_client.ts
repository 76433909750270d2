// The last step of an answer by the SDK: the form that the client takes, and 401 where a service refused the caller's token.
import { afterFirstPart } from "../http/streams/after_first_part.ts";
import type { Clock } from "../kit/clock.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import { isJsonObject, type JsonObject } from "../kit/json.ts";
import { REFUSAL_WAIT_MS } from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import { jsonAnswerOnly } from "./json_answer_only.ts";
import { takesStreams } from "../http/media_guard.ts";

/** Methods that ask a service with the caller's token, which it may refuse. */
const ASKING_METHODS: ReadonlySet<unknown> = new Set(["tools/call", "resources/read", "completion/complete"]);

/**
 * The SDK's answer in the form that the client takes, and 401 instead where a service refused the caller's token. What is
 * written on a stream already stays; a batch has other answers on it, which a 401 would lose.
 */
export async function answerForClient(
  request: Request,
  message: JsonObject | readonly unknown[],
  { tokenRefusal }: RequestContext,
  response: Response,
  clock: Clock,
): Promise<Response> {
  const isBatch = !isJsonObject(message);
  const whole = takesStreams(request) ? response : await jsonAnswerOnly(response, isBatch);
  if (isBatch || !ASKING_METHODS.has(message["method"])) return whole;
  const begun = isEventStream(whole) ? await afterFirstPart(whole, REFUSAL_WAIT_MS, clock) : whole;
  try {
    tokenRefusal.demandNone();
    return begun;
  } catch (error) {
    await begun.body?.cancel();
    throw error;
  }
}
