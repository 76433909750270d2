import type { Clock } from "../kit/clock.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_PUSH_BYTES, PUSH_ATTEMPTS, PUSH_RETRY_BASE_MS } from "../kit/limits.ts";
import type { ServiceAnswer, ServiceClient } from "../services/service_client.ts";
import {
  isPushAnswer,
  parsePullPortion,
  type PullPortion,
  type PushChange,
  type PushRequest,
} from "./sync_messages.ts";

/** Attempts for one page of a pull: reading again is harmless, but the call has a deadline. */
export const PULL_ATTEMPTS = 3;
/** No row is newer than this, so that a push answers with an empty delta (sync contract section 2). */
const FAR_FUTURE = "9999-12-31T23:59:59.999Z";

/** Dependencies of {@link createSyncClient}. */
export interface SyncClientDeps {
  readonly services: ServiceClient;
  /** Origin of the sync service, without a trailing slash. */
  readonly baseUrl: string;
  /** What this gateway calls itself as a writer: visible ASCII. */
  readonly clientId: string;
  /** 0 to 1, for the jitter of retries and the reader's name. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** One push: changes of one app. */
export interface Push {
  readonly app: string;
  /** What one record is called, for the refusal. */
  readonly record: string;
  readonly changes: readonly PushChange[];
}

/** The sync service's protocol, and nothing about records. */
export interface SyncClient {
  /**
   * One page of a table's changes after `since`. Throws Refused `upstream-token-refused`, `sync-inactive`,
   * `upstream-failed`, `cancelled`.
   */
  pull(caller: Caller, app: string, table: string, since: string, signal: AbortSignal): Promise<PullPortion>;
  /**
   * Answers once the service has stored everything. Repeats are identical to the byte, so that ids and stamps make
   * them harmless. Throws what {@link pull} throws when nothing can have been stored, else `write-unknown`.
   */
  push(caller: Caller, push: Push, signal: AbortSignal): Promise<void>;
  /**
   * The names of the events of an app's stream: `heartbeat`, and `changes` for what is newer than `since`, an instant of
   * the service's own clock. What changed is thrown away: the events lack what a fold needs (sync contract section 4), so
   * they are a hint to pull. Resolves when the stream is open; ends with `signal`. Throws what {@link pull} throws.
   */
  listen(caller: Caller, app: string, since: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** Creates the client. Throws TypeError when `clientId` cannot be a header. */
export function createSyncClient(deps: SyncClientDeps): SyncClient {
  if (!/^[\x21-\x7e]{1,100}$/.test(deps.clientId)) {
    throw new TypeError("Cannot create the sync client: clientId must be 1 to 100 visible ASCII characters");
  }
  // The service hides a client's own rows from it, so reading needs a name that never writes (sync section 11.1).
  // Unguessable: a co-member who pushed under it could hide rows from this gateway alone.
  const readerId = `${deps.clientId}-reader-${Math.floor(deps.random() * 2 ** 48).toString(36)}`;
  const base = `${deps.baseUrl}/sync/`;

  const pause = async (attempt: number, signal: AbortSignal): Promise<void> => {
    const ms = deps.random() * PUSH_RETRY_BASE_MS * 2 ** attempt;
    // Whether the wait was cut short is asked of the signal, the same way for every implementation of delay.
    await deps.clock.wait(ms, signal).catch(() => {});
  };

  /** One attempt: null when it succeeded. */
  const attemptPush = async (caller: Caller, app: string, body: string, signal: AbortSignal) => {
    try {
      const answer = await deps.services.send({
        service: "sync",
        url: base + encodeURIComponent(app),
        method: "POST",
        headers: { ...bearerOf(caller), "x-client-id": deps.clientId },
        tally: caller.tally,
        body,
        signal,
      });
      if (answer.status >= 200 && answer.status < 300) {
        if (isPushAnswer(answer.json)) return null;
        return fault({ reason: "upstream-failed", upstream: "sync", fault: "malformed" }, "ambiguous");
      }
      const { status } = answer;
      // 429 is the one transient answer that says for certain that nothing was done.
      return fault(
        refusalOf(answer),
        status >= 500 || status === 408 ? "ambiguous" : status === 429 ? "retry" : "final",
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { refusal } = error;
      // A redirect is a complete answer of something that is not the sync service.
      return fault(
        refusal,
        refusal.reason === "upstream-failed" && refusal.fault === "redirected" ? "final" : "ambiguous",
        error,
      );
    }
  };

  const pushBody = async (
    caller: Caller,
    app: string,
    body: string,
    signal: AbortSignal,
  ): Promise<Fault | null> => {
    let ambiguous = false;
    let last: Fault = fault({ reason: "cancelled" }, "final");
    for (let attempt = 0; attempt < PUSH_ATTEMPTS; attempt++) {
      if (attempt > 0) await pause(attempt - 1, signal);
      if (signal.aborted) break;
      const failed = await attemptPush(caller, app, body, signal);
      if (failed === null) return null;
      last = failed;
      ambiguous ||= failed.kind === "ambiguous";
      if (failed.kind === "final") break;
    }
    return ambiguous ? { ...last, kind: "ambiguous" } : last;
  };

  return Object.freeze({
    async pull(caller: Caller, app: string, table: string, since: string, signal: AbortSignal) {
      const url = `${base}${encodeURIComponent(app)}/pull?collection=${encodeURIComponent(table)}&since=${
        encodeURIComponent(since)
      }`;
      const headers = { ...bearerOf(caller), "x-client-id": readerId };
      for (let attempt = 0;; attempt++) {
        if (attempt > 0) await pause(attempt - 1, signal);
        if (signal.aborted) throw new Refused({ reason: "cancelled" });
        const last = attempt === PULL_ATTEMPTS - 1;
        let answer: ServiceAnswer;
        try {
          answer = await deps.services.send({
            service: "sync",
            url,
            headers,
            tally: caller.tally,
            signal,
            isRepeatable: false, // by the client: it is repeated here, after a pause
          });
        } catch (error) {
          if (!last && error instanceof Refused && isTransient(error)) continue;
          throw error;
        }
        if (!last && (answer.status >= 500 || answer.status === 429 || answer.status === 408)) continue;
        if (answer.status < 200 || answer.status >= 300) throw new Refused(refusalOf(answer));
        const page = parsePullPortion(answer.json, table);
        if (page === null) {
          throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
        }
        return page;
      }
    },

    async listen(caller: Caller, app: string, since: string, signal: AbortSignal) {
      // No `collections`: that is what would send the rows since then at once. The reader's name, so that a write of
      // another gateway with our name is a hint as well.
      const { status, events } = await deps.services.listen({
        service: "sync",
        url: `${base}${encodeURIComponent(app)}/stream?since=${encodeURIComponent(since)}`,
        headers: { ...bearerOf(caller), "x-client-id": readerId },
        signal,
      });
      if (events === null) throw new Refused(refusalOf({ status }));
      return events;
    },

    async push(caller: Caller, push: Push, signal: AbortSignal) {
      const bodies = chunk(deps.clientId, push.changes);
      let stored = false;
      for (const body of bodies) {
        const failed = await pushBody(caller, push.app, body, signal);
        if (failed === null) {
          stored = true;
          continue;
        }
        // Once anything may be stored, "it was refused" would be a lie that invites a duplicate.
        if (!stored && failed.kind !== "ambiguous") {
          throw new Refused(failed.refusal, { cause: failed.cause });
        }
        const ids = [...new Set(push.changes.map(({ id }) => id))];
        throw new Refused({ reason: "write-unknown", record: push.record, ids }, { cause: failed.cause });
      }
    },
  });
}

/** How an attempt failed: `final` nothing is stored, `retry` nothing is stored yet, `ambiguous` it may be. */
interface Fault {
  readonly refusal: Refused["refusal"];
  readonly kind: "final" | "retry" | "ambiguous";
  readonly cause: unknown;
}

function fault(refusal: Refused["refusal"], kind: Fault["kind"], cause?: unknown): Fault {
  return { refusal, kind, cause };
}

function isTransient(error: Refused): boolean {
  const { refusal } = error;
  return refusal.reason === "upstream-failed" &&
    (refusal.fault === "timeout" || refusal.fault === "unreachable");
}

function refusalOf({ status }: Pick<ServiceAnswer, "status">): Refused["refusal"] {
  if (status === 401) return { reason: "upstream-token-refused", upstream: "sync" };
  if (status === 402) return { reason: "sync-inactive" };
  return {
    reason: "upstream-failed",
    upstream: "sync",
    fault: status >= 500 ? "failed" : "rejected",
    status,
  };
}

/** Bodies of at most MAX_PUSH_BYTES, in order. Made once per push: a retry sends the same bytes. */
function chunk(clientId: string, changes: readonly PushChange[]): string[] {
  const encoder = new TextEncoder();
  const bodyOf = (part: readonly PushChange[]): string => {
    const request: PushRequest = { clientId, since: FAR_FUTURE, schemaVersion: 1, changes: part };
    return JSON.stringify(request);
  };
  const overhead = encoder.encode(bodyOf([])).byteLength;
  const bodies: string[] = [];
  let part: PushChange[] = [];
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
    if (part.length > 0 && size + bytes > MAX_PUSH_BYTES) {
      bodies.push(bodyOf(part));
      part = [];
      size = overhead;
    }
    part.push(change);
    size += bytes;
  }
  if (part.length > 0) bodies.push(bodyOf(part));
  return bodies;
}
