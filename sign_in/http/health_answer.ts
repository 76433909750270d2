// The answer of `/health`, alike in both services (auth-vault, sync-protocol).
import type { ListenerState } from "../../process/listener.ts";
import { jsonAnswer } from "./json_answer.ts";

/** 503 while nobody new can connect. Only a kept connection, or the other service's listener, can tell that. */
export function healthAnswer(
  listeners: ListenerState | undefined,
  fields: Readonly<Record<string, string | number>>,
): Response {
  return listeners?.isListening() === false
    ? jsonAnswer(503, { status: "not-listening", ...fields })
    : jsonAnswer(200, { status: "ok", ...fields });
}
