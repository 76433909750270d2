// Refusals of the endpoints that services call, in the envelope of the auth service (auth-vault, section 3).
import { jsonAnswer } from "./json_answer.ts";

/** `{statusCode, message}`. */
export function serviceError(statusCode: number, message: string): Response {
  return jsonAnswer(statusCode, { statusCode, message });
}
