import type { ListenerState } from "../../process/listener.ts";
import { jsonAnswer } from "./json_answer.ts";

/** The answer of `/health`: 503 while nobody new can connect, which only a kept connection or another listener tells. */
export function healthAnswer(
  listeners: ListenerState | undefined,
  fields: Readonly<Record<string, string | number>>,
): Response {
  return listeners?.isListening() === false
    ? jsonAnswer(503, { status: "not-listening", ...fields })
    : jsonAnswer(200, { status: "ok", ...fields });
}
