// What the sign-in server's pages are answered: JSON, and for a refusal a code that the page has words for. Never kept by anybody,
// never readable by a page of another origin.
import { bearerChallenge } from "../http/bearer.ts";
import { describeRefusal, type Refusal } from "../kit/errors.ts";
import type { ServiceName } from "../kit/services.ts";

/** The answer of an action that was done. */
export function pageAnswer(answer: object): Response {
  return json(200, answer);
}

/** The answer of an action that was refused. Words and codes are ours; `now` of a refusal goes along, for the page to show. */
export function pageFault(refusal: Refusal): Response {
  const { status, code, shows } = faultOf(refusal);
  const { message } = describeRefusal(refusal);
  const answer = json(status, { error: { code, message }, ...shows });
  if (status === 401) answer.headers.set("www-authenticate", bearerChallenge(refusal, message, null));
  return answer;
}

/** A refusal as a page is told of it. */
export interface PageFault {
  readonly status: number;
  readonly code: string;
  /** What there is now, instead of what the person was shown. */
  readonly shows?: Readonly<Record<string, object>>;
}

function faultOf(refusal: Refusal): PageFault {
  switch (refusal.reason) {
    case "approval-unknown":
      return { status: 404, code: "approval-unknown" };
    case "call-unknown":
      return { status: 404, code: "call-unknown" };
    case "approval-changed":
      return { status: 409, code: "changed", shows: { approval: refusal.now } };
    case "plan-changed":
      return { status: 409, code: "changed", shows: { preview: refusal.now } };
    case "approval-expired":
      return { status: 410, code: "expired", shows: { approval: refusal.now } };
    case "approval-used":
      return { status: 410, code: "used", shows: { approval: refusal.now } };
    case "grant-ended":
    case "scope-gone":
      return { status: 403, code: refusal.reason };
    case "space-left":
    case "space-not-member":
    case "space-grant-over":
      return { status: 403, code: "space-left" };
    case "plan-unknown":
      return { status: 422, code: "plan-unknown" };
    case "zero-knowledge":
    case "vault-not-initialised":
      return { status: 503, code: "no-key" };
    case "vault-key-invalid":
      return { status: 502, code: "vault-down" };
    case "sync-inactive":
      return { status: 503, code: "sync-down" };
    case "upstream-failed":
      return { status: 503, code: DOWN[refusal.upstream] };
    case "share-exceeded":
    case "policy-denied":
      return { status: 429, code: "too-many" };
    case "overloaded":
    case "stopping":
      return { status: 503, code: "busy" };
    // Whether something was stored is known to nobody: the same click completes it.
    case "interrupted":
    case "cancelled":
    case "write-unknown":
    case "write-partly":
      return { status: 504, code: "interrupted" };
    case "input-invalid":
    case "header-invalid":
    case "body-too-large":
    case "body-timeout":
      return { status: describeRefusal(refusal).status, code: "input" };
    default:
      return refusal.reason.startsWith("token-")
        ? { status: 401, code: "unauthorized" }
        : { status: 500, code: "failed" };
  }
}

/** The code for a service that does not answer. */
const DOWN: Readonly<Record<ServiceName, string>> = {
  auth: "auth-down",
  "sign-in": "auth-down",
  vault: "vault-down",
  sync: "sync-down",
};

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
