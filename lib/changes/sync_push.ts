// Pushing changes to the sync service: bodies of a size it takes, attempts, and whether a failed attempt may have stored
// something. A caller is never told "refused" when something may be stored. Contract: sync section 2.

import { type Refusal, Refused } from "../kit/errors.ts";
import { MAX_PUSH_BYTES, PUSH_ATTEMPTS } from "../kit/limits.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import type { Push } from "./sync_client.ts";
import { isPushAnswer, type PushChange, type PushRequest } from "./sync_messages.ts";
import { pauseBeforeRetry, refusalOf, type SyncService } from "./sync_service.ts";

/** No row is newer than this, so that a push answers with an empty delta (sync contract section 2). */
const FAR_FUTURE = "9999-12-31T23:59:59.999Z";

/** Pushes everything, body after body; see `SyncClient.push`. */
export async function pushAll(
  sync: SyncService,
  caller: Caller,
  { app, record, changes }: Push,
  signal: AbortSignal,
): Promise<void> {
  let isAnyStored = false;
  for (const body of bodiesOf(sync.clientId, changes)) {
    const failure = await pushBody(sync, caller, app, body, signal);
    if (failure === null) {
      isAnyStored = true;
      continue;
    }
    // Once anything may be stored, "it was refused" would be a lie that invites a duplicate.
    if (!isAnyStored && failure.kind !== "ambiguous") {
      throw new Refused(failure.refusal, { cause: failure.cause });
    }
    const ids = [...new Set(changes.map(({ id }) => id))];
    throw new Refused({ reason: "write-unknown", record, ids }, { cause: failure.cause });
  }
}

/** How an attempt failed: `final` nothing is stored, `retry` nothing is stored yet, `ambiguous` it may be. */
interface PushFailure {
  readonly refusal: Refusal;
  readonly kind: "final" | "retry" | "ambiguous";
  readonly cause?: unknown;
}

/** Pushes one body, PUSH_ATTEMPTS times at most. Null when it is stored. One ambiguous attempt makes the failure ambiguous. */
async function pushBody(
  sync: SyncService,
  caller: Caller,
  app: string,
  body: string,
  signal: AbortSignal,
): Promise<PushFailure | null> {
  let isAmbiguous = false;
  let last: PushFailure = { refusal: { reason: "cancelled" }, kind: "final" };
  for (let attempt = 0; attempt < PUSH_ATTEMPTS; attempt++) {
    if (attempt > 0) await pauseBeforeRetry(sync, attempt - 1, signal);
    if (signal.aborted) break;
    const failure = await attemptPush(sync, caller, app, body, signal);
    if (failure === null) return null;
    last = failure;
    isAmbiguous ||= failure.kind === "ambiguous";
    if (failure.kind === "final") break;
  }
  return isAmbiguous ? { ...last, kind: "ambiguous" } : last;
}

/** One attempt. Null when it succeeded. */
async function attemptPush(
  sync: SyncService,
  caller: Caller,
  app: string,
  body: string,
  signal: AbortSignal,
): Promise<PushFailure | null> {
  try {
    const answer = await sync.services.send({
      service: "sync",
      url: sync.url + encodeURIComponent(app),
      method: "POST",
      headers: { ...bearerOf(caller), "x-client-id": sync.clientId },
      tally: caller.tally,
      body,
      signal,
    });
    const { status } = answer;
    if (status >= 200 && status < 300) {
      if (isPushAnswer(answer.json)) return null;
      return { refusal: unusableAnswer("sync", answer), kind: "ambiguous" };
    }
    // 429 is the one transient answer that says for certain that nothing was done.
    const kind = status >= 500 || status === 408 ? "ambiguous" : status === 429 ? "retry" : "final";
    return { refusal: refusalOf(answer), kind };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusal } = error;
    // A redirect is a complete answer of something that is not the sync service.
    const isRedirect = refusal.reason === "upstream-failed" && refusal.fault === "redirected";
    return { refusal, kind: isRedirect ? "final" : "ambiguous", cause: error };
  }
}

/** Bodies of at most MAX_PUSH_BYTES, in order. Made once per push, so that a retry sends the same bytes. */
function bodiesOf(clientId: string, changes: readonly PushChange[]): string[] {
  const encoder = new TextEncoder();
  const bodyOf = (some: readonly PushChange[]): string => {
    const request: PushRequest = { clientId, since: FAR_FUTURE, schemaVersion: 1, changes: some };
    return JSON.stringify(request);
  };
  const whole = bodyOf(changes);
  // No character takes more than three bytes: most pushes are written once, and measured by nobody.
  if (3 * whole.length <= MAX_PUSH_BYTES) return changes.length === 0 ? [] : [whole];
  const overhead = encoder.encode(bodyOf([])).byteLength;
  const bodies: string[] = [];
  let next: PushChange[] = [];
  let size = overhead;
  for (const change of changes) {
    const bytes = encoder.encode(JSON.stringify(change)).byteLength + 1;
    if (overhead + bytes > MAX_PUSH_BYTES) {
      throw new Refused({
        reason: "value-not-storable",
        field: "the record as a whole",
        why: "it is larger than the sync service takes",
      });
    }
    if (next.length > 0 && size + bytes > MAX_PUSH_BYTES) {
      bodies.push(bodyOf(next));
      next = [];
      size = overhead;
    }
    next.push(change);
    size += bytes;
  }
  if (next.length > 0) bodies.push(bodyOf(next));
  return bodies;
}
