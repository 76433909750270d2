// Why something is refused. Every expected failure of the gateway is one value of Refusal; the word in `reason` is what the log
// and the metrics show. describeRefusal is the only place that turns a refusal into words and a status for the outside, so
// that nothing internal can leak by accident.
import { type ApprovalNeeded, approvalNeeded } from "./refusals/approval_words.ts";
import { type DisclosureBudget, disclosureBudget } from "./refusals/budget_words.ts";
import {
  type GrantExcluded,
  grantExcluded,
  type GrantUnreadable,
  grantUnreadable,
} from "./refusals/grant_words.ts";
import { LEDGER_INACTIVE, LEDGER_UNAVAILABLE } from "./refusals/ledger_words.ts";
import { listOf, quoted } from "./refusals/named_words.ts";
import { type WrittenPartly, writtenPartly } from "./refusals/partly_words.ts";
import {
  choiceOf,
  type ModuleNotInSpace,
  moduleNotInSpace,
  type NamedSpace,
} from "./refusals/space_words.ts";
import { byService, type ServiceName } from "./services.ts";

/** How an upstream failed. `status` is the HTTP status for `rejected`, absent otherwise. */
export type ServiceFault =
  | "timeout"
  | "unreachable"
  | "redirected"
  | "malformed"
  | "too-large"
  | "rejected"
  | "failed";

/** Every way in which the gateway says no. */
export type Refusal =
  // Who calls (HTTP 401, RFC 6750 section 3.1).
  | {
    readonly reason: "token-missing";
    /** No app can sign in: only the person's own token is left. */
    readonly isSignInKnownAbsent?: boolean;
  }
  | { readonly reason: "token-malformed" }
  | { readonly reason: "token-algorithm" }
  | { readonly reason: "token-key-unknown"; readonly publisher: ServiceName }
  | { readonly reason: "token-signature" }
  | { readonly reason: "token-expired" }
  | { readonly reason: "token-not-yet-valid" }
  | { readonly reason: "token-issuer" }
  | { readonly reason: "token-audience" }
  | { readonly reason: "token-subject" }
  | { readonly reason: "token-revoked" }
  | { readonly reason: "exchange-unavailable"; readonly upstream: ServiceName }
  /** A token of an app where only the person's own is good. */
  | { readonly reason: "token-not-own" }
  // What the HTTP request looks like.
  | { readonly reason: "host-not-allowed" }
  | { readonly reason: "origin-not-allowed" }
  | { readonly reason: "not-found" }
  /** Not from a page of the sign-in server; answered as a path that is not there. `fault` is for the log. */
  | {
    readonly reason: "page-token-refused";
    readonly fault: Refusal["reason"] | "body-other" | "person-other";
  }
  | { readonly reason: "method-not-allowed"; readonly allow: string }
  | { readonly reason: "body-too-large"; readonly limitBytes: number }
  | { readonly reason: "body-timeout" }
  | { readonly reason: "header-invalid"; readonly header: string; readonly expected: string }
  | { readonly reason: "profile-unknown"; readonly profiles: readonly string[] }
  | { readonly reason: "session-unknown" }
  | { readonly reason: "session-foreign" }
  | { readonly reason: "sessions-full" }
  | { readonly reason: "answer-elsewhere" }
  | { readonly reason: "overloaded"; readonly retryAfterSeconds: number }
  | { readonly reason: "share-exceeded"; readonly retryAfterSeconds: number }
  | { readonly reason: "stopping" }
  | { readonly reason: "interrupted" }
  // Which space.
  | { readonly reason: "spaces-untold" }
  | { readonly reason: "space-not-member" }
  | { readonly reason: "space-not-granted" }
  | { readonly reason: "space-grant-over" }
  | { readonly reason: "space-choice-needed"; readonly spaces: readonly NamedSpace[] }
  /** No space that may be used here has the id or name that the call gave. */
  | { readonly reason: "space-unknown"; readonly spaces: readonly NamedSpace[] }
  /** Several have that name. */
  | { readonly reason: "space-ambiguous"; readonly spaces: readonly NamedSpace[] }
  | ModuleNotInSpace
  // What may be done.
  | { readonly reason: "scope-missing"; readonly scope: string; readonly challenge: string }
  | { readonly reason: "tool-unknown" }
  | { readonly reason: "input-invalid"; readonly problems: readonly string[] }
  | { readonly reason: "cursor-invalid" }
  | { readonly reason: "result-too-large" }
  | { readonly reason: "policy-denied"; readonly rule: string; readonly advice: string }
  // Records.
  | { readonly reason: "record-not-found"; readonly record: string; readonly id: string }
  | { readonly reason: "record-unreadable"; readonly record: string; readonly fields: readonly string[] }
  /** The document of the app's grant cannot be read. */
  | GrantUnreadable
  /** The document of the app's grant does not let a change through. */
  | GrantExcluded
  | { readonly reason: "value-not-storable"; readonly field: string; readonly why: string }
  | { readonly reason: "write-unknown"; readonly record: string; readonly ids: readonly string[] }
  | WrittenPartly
  // How much of a person's records an app is handed.
  | DisclosureBudget
  // The person wants every answer in their ledger first.
  | { readonly reason: "ledger-unavailable" }
  /** The sync service takes no row of it, because of the person's subscription. */
  | { readonly reason: "ledger-inactive" }
  // What a person decides on their own page. `now` is what the page shows instead; it is never logged.
  | ApprovalNeeded
  /** The person has allowed a call, and it is done; what the tool answers holds what the app may not be shown any more. */
  | { readonly reason: "approval-done" }
  | { readonly reason: "approval-unknown" }
  | { readonly reason: "call-unknown" }
  | { readonly reason: "approval-changed"; readonly now: object }
  | { readonly reason: "approval-expired"; readonly now: object }
  | { readonly reason: "approval-used"; readonly now: object }
  | { readonly reason: "grant-ended" }
  | { readonly reason: "scope-gone" }
  | { readonly reason: "space-left" }
  | { readonly reason: "plan-unknown" }
  | { readonly reason: "plan-changed"; readonly now: object }
  // Keys.
  | { readonly reason: "zero-knowledge" }
  | { readonly reason: "vault-not-initialised" }
  | { readonly reason: "vault-key-invalid" }
  // Upstreams.
  | { readonly reason: "upstream-token-refused"; readonly upstream: ServiceName }
  | { readonly reason: "sync-inactive" }
  | {
    readonly reason: "upstream-failed";
    readonly upstream: ServiceName;
    readonly fault: ServiceFault;
    readonly status?: number;
  }
  | { readonly reason: "cancelled" }
  | { readonly reason: "internal" };

/** A refusal on its way to one of the three catch sites (the HTTP edge, the tool call site, the door of pages). */
export class Refused extends Error {
  override readonly name: string = "Refused";
  /** What is refused and why. */
  readonly refusal: Refusal;
  /**
   * @param refusal what is refused; the message is its reason only, so that a stray log of the error shows no data
   * @param options `cause` is kept for the log's error class, never for its text
   */
  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.reason, options);
    this.refusal = refusal;
  }
}

/**
 * The vault holds no key a server could use: the person chose zero-knowledge (contract: auth-vault section 5).
 * Tools on plaintext tables work, tools that need the key are refused with this.
 */
export class ZeroKnowledgeUserError extends Refused {
  override readonly name = "ZeroKnowledgeUserError";
  constructor() {
    super({ reason: "zero-knowledge" });
  }
}

/** A refusal in words for the outside: never an upstream's text, a token, a key or a stored value. */
export interface DescribedRefusal {
  /** HTTP status at the HTTP edge. */
  readonly status: number;
  /** One sentence on what was wrong and what to do. */
  readonly message: string;
}

const SERVICE_WORDS = byService(({ words }) => words);

/** The one exhaustive mapping from a refusal to its outside answer; the exact reason goes to the log. */
export function describeRefusal(refusal: Refusal): DescribedRefusal {
  switch (refusal.reason) {
    case "token-missing":
      return answer(
        401,
        refusal.isSignInKnownAbsent
          ? "A bearer token is missing, and no app can sign in here: send your own token as `Authorization: Bearer <token>`."
          : "A bearer token is missing: send `Authorization: Bearer <token>`.",
      );
    case "token-malformed":
      return answer(401, "The bearer token is malformed: it must be one signed JWT.");
    case "token-algorithm":
      return answer(401, "The bearer token is signed with an algorithm that is not accepted: use EdDSA.");
    case "token-key-unknown":
      return answer(
        401,
        `The bearer token is signed with a key the ${
          SERVICE_WORDS[refusal.publisher]
        } does not publish: sign in again.`,
      );
    case "token-signature":
      return answer(401, "The bearer token's signature does not match: sign in again.");
    case "token-expired":
      return answer(401, "The bearer token has expired: get a fresh one and repeat the request.");
    case "token-not-yet-valid":
      return answer(401, "The bearer token is not valid yet: check the clocks of client and server.");
    case "token-issuer":
      return answer(401, "The bearer token was issued by another service than this gateway trusts.");
    case "token-audience":
      return answer(401, "The bearer token is meant for another audience than this gateway.");
    case "token-subject":
      return answer(401, "The bearer token names no person: its `sub` claim is missing or empty.");
    case "token-revoked":
      return answer(401, "Access was taken back or has ended: connect again.");
    case "token-not-own":
      return answer(401, "Only the person's own token is good here.");
    case "exchange-unavailable":
      return answer(
        503,
        refusal.upstream === "auth"
          ? "This gateway cannot act for a connected app: its operator has to set MANA_SERVICE_KEY, or the auth service offers no token exchange."
          : `This gateway cannot act for a connected app: the ${
            SERVICE_WORDS[refusal.upstream]
          } offers no token exchange.`,
      );
    case "host-not-allowed":
      return answer(403, "The Host header is not allowed here: add the host to ALLOWED_HOSTS.");
    case "origin-not-allowed":
      return answer(403, "The Origin header is not allowed here: add the origin to CORS_ORIGINS.");
    case "not-found":
    case "page-token-refused":
      return answer(404, "There is nothing at this path: the MCP endpoint is /mcp.");
    case "method-not-allowed":
      return answer(405, `This method is not allowed here: use ${refusal.allow}.`);
    case "body-too-large":
      return answer(413, `The request body is larger than ${refusal.limitBytes} bytes: send less at once.`);
    case "body-timeout":
      return answer(408, "The request body did not arrive in time: send it again.");
    case "header-invalid":
      return answer(400, `The ${refusal.header} header is invalid: expected ${refusal.expected}.`);
    case "profile-unknown":
      return answer(
        400,
        refusal.profiles.length === 0
          ? "This gateway has no profiles: leave profile out of the address."
          : `There is no profile of this name: use one of ${
            refusal.profiles.join(", ")
          }, or leave profile out of the address.`,
      );
    case "session-unknown":
      return answer(404, "The session is unknown or has ended: send a new initialize request.");
    case "session-foreign":
      return answer(403, "The session belongs to another person: start a session of your own.");
    case "sessions-full":
      return answer(503, "Too many sessions are open: close one with DELETE or try again later.");
    case "answer-elsewhere":
      return answer(
        409,
        "Another node of the gateway asked this, and cannot be told the answer: make the call again.",
      );
    case "overloaded":
      return answer(503, "The gateway is busy: try again shortly.");
    case "share-exceeded":
      return answer(429, "Too many of your requests are under way: wait for one to end.");
    case "stopping":
      return answer(503, "The gateway is stopping: connect again shortly.");
    case "interrupted":
      // Not 503, which clients and proxies take as leave to send the same again by themselves.
      return answer(
        504,
        "The gateway stopped before the answer was known: what was to be changed may have been changed. Connect again, and list before you repeat a call.",
      );
    case "spaces-untold":
      // Not the personal space under its made-up name: the apps store under its real id, so that every list would be empty
      // and look like the truth.
      return answer(
        503,
        `Nothing was read or changed: the auth service does not tell this gateway which spaces you have. ${SPACES_TOLD_BY}`,
      );
    case "space-not-member":
      return answer(
        403,
        "You are not a member of the space that was chosen: list your spaces and choose one of them.",
      );
    case "space-not-granted":
      return answer(
        403,
        "This client was not given the space that was chosen: choose another or connect again.",
      );
    case "space-grant-over":
      return answer(
        403,
        "You are no longer a member of any space that this client was given: connect again and choose.",
      );
    case "space-choice-needed":
      return answer(
        400,
        `It is not clear which space is meant. ${choiceOf(refusal.spaces)}`,
      );
    case "space-unknown":
      return answer(
        403,
        refusal.spaces.length === 0
          ? "No space that can be used here has this id or name."
          : `No space that can be used here has this id or name. ${choiceOf(refusal.spaces)}`,
      );
    case "space-ambiguous":
      return answer(400, `Several spaces have this name. ${choiceOf(refusal.spaces)}`);
    case "module-not-in-space":
      return answer(409, moduleNotInSpace(refusal));
    case "scope-missing":
      return answer(403, `The token does not allow this: connect again and allow ${refusal.scope}.`);
    case "tool-unknown":
      return answer(404, "There is no tool of this name: see tools/list.");
    case "input-invalid":
      return answer(400, `The arguments are invalid: ${refusal.problems.join("; ")}.`);
    case "cursor-invalid":
      return answer(
        400,
        "The cursor is not one for this call: other arguments, another space, or the gateway was restarted. Start again without cursor.",
      );
    case "result-too-large":
      return answer(
        413,
        "The call was carried out, but its result is too large to be handed on: do not repeat a change, and read less at once.",
      );
    case "policy-denied":
      return answer(403, `The call is not allowed (${refusal.rule}): ${refusal.advice}`);
    case "record-not-found":
      return answer(
        404,
        `No ${refusal.record} with id ${quoted(refusal.id)} exists in this space: list them first.`,
      );
    case "record-unreadable":
      return answer(
        409,
        `This ${refusal.record} cannot be changed because its ${
          refusal.fields.join(", ")
        } cannot be read with your key.`,
      );
    case "grant-unreadable":
      return answer(403, grantUnreadable(refusal));
    case "grant-excluded":
      return answer(403, grantExcluded(refusal));
    case "value-not-storable":
      return answer(400, `The value of ${refusal.field} cannot be stored: ${refusal.why}.`);
    case "write-unknown":
      return answer(
        504,
        `It is unknown whether the ${refusal.record} was stored (${
          listOf(refusal.ids)
        }): the sync service gave no answer in time. List before you repeat the call.`,
      );
    case "write-partly":
      return answer(504, writtenPartly(refusal));
    case "disclosure-budget":
      return answer(429, disclosureBudget(refusal));
    case "ledger-unavailable":
      return answer(503, LEDGER_UNAVAILABLE);
    case "ledger-inactive":
      return answer(402, LEDGER_INACTIVE);
    case "approval-needed":
      return answer(403, approvalNeeded(refusal));
    case "approval-done":
      return answer(
        409,
        "This was done: the person has allowed it. What came of it is not told, since what this app may see was changed " +
          "meanwhile. Do not make this call again; list the records instead.",
      );
    case "approval-unknown":
      return answer(404, "There is no request of this id that waits for your decision.");
    case "call-unknown":
      return answer(404, "In this time no app made a call of this id.");
    case "approval-changed":
      return answer(409, "What was to be changed has changed meanwhile: look at it again, then decide.");
    case "approval-expired":
      return answer(410, "The time to decide is over: nothing was done.");
    case "approval-used":
      return answer(410, "This was decided already.");
    case "grant-ended":
      return answer(403, "The app is not connected any more: nothing was done.");
    case "scope-gone":
      return answer(403, "The app is no longer allowed to do this: nothing was done.");
    case "space-left":
      return answer(403, "You are no longer a member of this space: nothing was done.");
    case "plan-unknown":
      return answer(422, "There is no such plan: look at what would be undone again.");
    case "plan-changed":
      return answer(409, "Something changed meanwhile: look at what would be undone again, then decide.");
    case "zero-knowledge":
      return answer(
        403,
        "Your vault is in zero-knowledge mode, so no server holds your key: encrypted data can only be used in the Mana app.",
      );
    case "vault-not-initialised":
      return answer(
        409,
        "Your encryption vault does not exist yet: open the Mana app once, then repeat the call.",
      );
    case "vault-key-invalid":
      return answer(502, "The key vault answered with something that is not a key: ask your operator.");
    case "upstream-token-refused":
      return answer(
        401,
        `The ${SERVICE_WORDS[refusal.upstream]} refused your token: sign in again and repeat the call.`,
      );
    case "sync-inactive":
      return answer(
        402,
        "Your sync subscription is inactive: activate it in the Mana app, then repeat the call.",
      );
    case "upstream-failed":
      return answer(
        refusal.fault === "timeout" ? 504 : 503,
        `The ${SERVICE_WORDS[refusal.upstream]} ${
          refusal.fault === "timeout" ? "did not answer in time" : "is not available"
        }: try again later.`,
      );
    case "cancelled":
      return answer(499, "The call was cancelled.");
    case "internal":
      return answer(500, "Something went wrong inside the gateway: try again later.");
  }
}

/** What has to be done where the auth service tells nobody's spaces to a bare token; for whoever calls, and for their operator. */
export const SPACES_TOLD_BY =
  "Connect the client through a sign-in server, or have the gateway's operator set one up (MANA_SIGN_IN_URL) or set " +
  "MANA_SERVICE_KEY.";

function answer(status: number, message: string): DescribedRefusal {
  // An id of a record or space in it may be another writer's, with half a surrogate pair.
  return { status, message: message.toWellFormed() };
}
