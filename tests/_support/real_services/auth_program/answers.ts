// The two envelopes of refusals (auth-vault, section 3), and JSON.

const STATUS = {
  INVALID_CREDENTIALS: 401,
  EMAIL_NOT_VERIFIED: 403,
  EMAIL_ALREADY_REGISTERED: 409,
  WEAK_PASSWORD: 400,
  ACCOUNT_LOCKED: 429,
  VALIDATION: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  INTERNAL: 500,
} as const;

/** A code of the account endpoints. */
export type RefusalCode = keyof typeof STATUS;

/** `{error, message, status, retryAfterSec?}`, with `Retry-After` when the caller can come back. */
export function refusal(code: RefusalCode, message: string, retryAfterSec?: number): Response {
  const status = STATUS[code];
  return retryAfterSec === undefined
    ? Response.json({ error: code, message, status }, { status })
    : Response.json({ error: code, message, status, retryAfterSec }, {
      status,
      headers: { "retry-after": String(retryAfterSec) },
    });
}

/** The other envelope: `{statusCode, message}`. */
export function httpRefusal(statusCode: number, message: string): Response {
  return Response.json({ statusCode, message }, { status: statusCode });
}
