// The sync service's protocol over HTTP: pull, push and the stream of events. Knows nothing about records, folding or caches.
// Contract: sync sections 2 to 4.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import type { ServiceAnswer, ServiceClient } from "../services/service_client.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import { parsePullPortion, type PullPortion, type PushChange } from "./sync_messages.ts";
import { pushAll } from "./sync_push.ts";
import { pauseBeforeRetry, refusalOf, type SyncService } from "./sync_service.ts";

/** Attempts for one portion of a pull: reading again is harmless, but the call has a deadline. */
export const PULL_ATTEMPTS = 3;

/** The sync service as this gateway uses it. */
export interface SyncClient {
  /**
   * The next portion of a table's changes that are newer than `since`. Throws Refused `upstream-token-refused`,
   * `sync-inactive`, `upstream-failed`, `cancelled`.
   */
  pull(caller: Caller, app: string, table: string, since: string, signal: AbortSignal): Promise<PullPortion>;
  /**
   * Resolves once the service has stored everything. Repeats are identical to the byte, so that ids and stamps make them
   * harmless. Throws what {@link pull} throws when nothing can have been stored, else `write-unknown`.
   */
  push(caller: Caller, push: Push, signal: AbortSignal): Promise<void>;
  /**
   * The names of the events of an app's stream: `heartbeat`, and `changes` when there is something newer than `since`, an
   * instant of the service's own clock. The events lack what a fold needs (sync contract section 4), so the changes in them are
   * thrown away: an event is a hint to pull. Resolves when the stream is open; ends with `signal`. Throws what {@link pull}
   * throws.
   */
  listen(caller: Caller, app: string, since: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** One push: changes of one app. */
export interface Push {
  readonly app: string;
  /** What one record is called, for the refusal. */
  readonly record: string;
  readonly changes: readonly PushChange[];
}

/** Dependencies of {@link createSyncClient}. */
export interface SyncClientDeps {
  readonly services: Pick<ServiceClient, "send" | "listen">;
  /** Origin of the sync service, without a trailing slash. */
  readonly baseUrl: string;
  /** The name under which this gateway writes: 1 to 100 visible ASCII characters. */
  readonly clientId: string;
  /** 0 to 1, for the jitter of retries and the reader's name. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** Creates the client. Throws TypeError when `clientId` cannot be a header. */
export function createSyncClient(deps: SyncClientDeps): SyncClient {
  const { services, clientId, random, clock } = deps;
  if (!/^[\x21-\x7e]{1,100}$/.test(clientId)) {
    throw new TypeError("Cannot create the sync client: clientId must be 1 to 100 visible ASCII characters");
  }
  const sync: SyncService = {
    services,
    url: `${deps.baseUrl}/sync/`,
    clientId,
    // The service hides a client's own rows from it, so reading needs a name that never writes (sync section 11.1).
    // Unguessable: a co-member who pushed under this name could hide rows from this gateway alone.
    readerId: `${clientId}-reader-${Math.floor(random() * 2 ** 48).toString(36)}`,
    random,
    clock,
  };
  return Object.freeze({
    pull: (caller: Caller, app: string, table: string, since: string, signal: AbortSignal) =>
      pullPortion(sync, caller, app, table, since, signal),
    push: (caller: Caller, push: Push, signal: AbortSignal) => pushAll(sync, caller, push, signal),
    listen: (caller: Caller, app: string, since: string, signal: AbortSignal) =>
      openStream(sync, caller, app, since, signal),
  });
}

async function pullPortion(
  sync: SyncService,
  caller: Caller,
  app: string,
  table: string,
  since: string,
  signal: AbortSignal,
): Promise<PullPortion> {
  const url = `${sync.url}${encodeURIComponent(app)}/pull?collection=${encodeURIComponent(table)}&since=${
    encodeURIComponent(since)
  }`;
  const headers = { ...bearerOf(caller), "x-client-id": sync.readerId };
  for (let attempt = 0;; attempt++) {
    if (attempt > 0) await pauseBeforeRetry(sync, attempt - 1, signal);
    if (signal.aborted) throw new Refused({ reason: "cancelled" });
    const isLast = attempt === PULL_ATTEMPTS - 1;
    let answer: ServiceAnswer;
    try {
      answer = await sync.services.send({
        service: "sync",
        url,
        headers,
        tally: caller.tally,
        signal,
        isRepeatable: false, // by the service client: this loop repeats it, after a pause
      });
    } catch (error) {
      if (!isLast && error instanceof Refused && isTransient(error)) continue;
      throw error;
    }
    if (!isLast && (answer.status >= 500 || answer.status === 429 || answer.status === 408)) continue;
    if (answer.status < 200 || answer.status >= 300) throw new Refused(refusalOf(answer));
    const portion = parsePullPortion(answer.json, table);
    if (portion === null) throw new Refused(unusableAnswer("sync", answer));
    return portion;
  }
}

async function openStream(
  sync: SyncService,
  caller: Caller,
  app: string,
  since: string,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  // No `collections` in the address: with them the service sends the rows since then at once. The reader's name, so that a
  // write of another gateway with our name is a hint as well.
  const { status, events } = await sync.services.listen({
    service: "sync",
    url: `${sync.url}${encodeURIComponent(app)}/stream?since=${encodeURIComponent(since)}`,
    headers: { ...bearerOf(caller), "x-client-id": sync.readerId },
    signal,
  });
  if (events === null) throw new Refused(refusalOf({ status }));
  return events;
}

function isTransient({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-failed" &&
    (refusal.fault === "timeout" || refusal.fault === "unreachable");
}
