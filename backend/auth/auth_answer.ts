// Refusals of the account endpoints (auth-vault, section 3). The other envelope of the service is sign_in/http/service_error.ts,
// and OAuth has its own: sign_in/oauth/oauth_answer.ts.
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";

/** Refusals of the account endpoints with their status. */
const STATUS = {
  INVALID_CREDENTIALS: 401,
  EMAIL_ALREADY_REGISTERED: 409,
  WEAK_PASSWORD: 400,
  ACCOUNT_LOCKED: 429,
  VALIDATION: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  INTERNAL: 500,
} as const;

/** A code of the account endpoints. */
export type AuthErrorCode = keyof typeof STATUS;

/** `{error, message, status, retryAfterSec?}`, with `Retry-After` when the caller can come back. */
export function authError(code: AuthErrorCode, message: string, retryAfterSeconds?: number): Response {
  const status = STATUS[code];
  if (retryAfterSeconds === undefined) return jsonAnswer(status, { error: code, message, status });
  return jsonAnswer(status, { error: code, message, status, retryAfterSec: retryAfterSeconds }, {
    "retry-after": String(retryAfterSeconds),
  });
}
