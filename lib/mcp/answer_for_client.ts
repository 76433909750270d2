// The last step of an answer by the SDK: the form that the client takes, and 401 where a service refused the caller's token.
import { afterFirstPart } from "../http/streams/after_first_part.ts";
import type { Clock } from "../kit/clock.ts";
import { isEventStream } from "../http/is_event_stream.ts";
import { isJsonObject, type JsonObject } from "../kit/json.ts";
import { REFUSAL_WAIT_MS } from "../kit/limits.ts";
import type { RequestContext } from "../people/request_context.ts";
import { jsonAnswerOnly } from "./json_answer_only.ts";
import { takesStreams } from "../http/media_guard.ts";

/**
 * Returns the SDK's answer in the form that the client takes. Throws Refused `upstream-token-refused` instead, for a 401,
 * where a service refused the caller's token. A stream that has begun stays as it is. A batch is never refused as a whole: its
 * other answers would be lost.
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

/** Methods that ask a service with the caller's token. The service may refuse the token. */
const ASKING_METHODS: ReadonlySet<unknown> = new Set(["tools/call", "resources/read", "completion/complete"]);
