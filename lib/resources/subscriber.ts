// Tells one open stream which records changed. Pulling is watched_table.ts, pacing is notifier.ts, the caller's token is
// stream_caller.ts; here they meet. Nothing here knows how a notification is written.
import type { Clock } from "../kit/clock.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import { MAX_SUBSCRIPTIONS_PER_STREAM } from "../kit/limits.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Gate } from "../policy/gate.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { Spaces } from "../spaces/spaces.ts";
import { Notifier } from "./notifier.ts";
import type { Resources } from "./resources.ts";
import { StreamCaller } from "./stream_caller.ts";
import { WatchedTable } from "./watched_table.ts";

/** One open stream that is told when records change. */
export interface Subscriber {
  /** Subscribes to an address that `isSubscribable` has let pass; false when there are as many as may be. */
  add(uri: string): boolean;
  remove(uri: string): void;
  /** From now on with the token of this request, of the same person. */
  renew(requestContext: RequestContext): void;
  /** Sends what is due. */
  flush(): void;
  /** Lets go of everything; resolves when nothing that the subscriber began goes on. */
  stop(): Promise<void>;
}

/** Where a subscriber sends to. */
export interface SubscriberOutlet {
  /** Sends a notification, or returns false: {@link Subscriber.flush} is called when there is room again. */
  send(uri: string): boolean;
  /** The caller's token has ended, or its access was taken back: nothing will be sent with it any more. */
  onOver(): void;
}

/** What every subscriber works with. */
export interface SubscriberDeps {
  readonly resources: Pick<Resources, "find">;
  readonly changes: RecordStore["changes"];
  readonly grants: RecordGrants;
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly clock: Clock;
  /** Where pulls for a subscriber are timed: they are part of no request. */
  readonly tally: RequestTally;
  /** Told of errors that are no refusal. The message may quote data: log the class only. */
  readonly onError: (error: unknown) => void;
}

/** What the parts of one subscriber share. */
export interface SubscriberStream {
  readonly caller: StreamCaller;
  /** Ends when the stream does. */
  readonly signal: AbortSignal;
  /** Starts work that {@link Subscriber.stop} waits for. */
  run(work: Promise<void>): void;
}

/**
 * Starts with no subscription. The subscriber pulls each table it has an address of: after a hint, and now and then, since
 * co-members' writes need not come with a hint. It is told only of rows that this person may see, and asks again about
 * access, membership and scopes before each notification.
 */
export function createSubscriber(
  deps: SubscriberDeps,
  requestContext: RequestContext,
  outlet: SubscriberOutlet,
): Subscriber {
  const over = new AbortController();
  const working = new Set<Promise<void>>();
  const stream: SubscriberStream = {
    caller: new StreamCaller(deps, requestContext, over.signal, outlet.onOver),
    signal: over.signal,
    run(work) {
      const done = work.catch(deps.onError).finally(() => working.delete(done));
      working.add(done);
    },
  };
  const notifier = new Notifier(deps, stream, outlet.send);
  /** By space and table. */
  const tables = new Map<string, WatchedTable>();
  return Object.freeze({
    add: (uri: string) => addUri(deps, stream, notifier, tables, uri),
    remove(uri: string) {
      notifier.forget(uri);
      for (const [key, table] of [...tables]) {
        if (!table.uris.delete(uri) || table.uris.size > 0) continue;
        tables.delete(key);
        table.drop();
      }
    },
    renew(next: RequestContext) {
      if (!stream.caller.renew(next)) return;
      for (const table of tables.values()) table.pullNow();
    },
    flush: () => notifier.flushSoon(),
    async stop() {
      over.abort();
      notifier.stop();
      for (const table of tables.values()) table.drop();
      tables.clear();
      await Promise.all(working);
    },
  });
}

function addUri(
  deps: SubscriberDeps,
  stream: SubscriberStream,
  notifier: Notifier,
  tables: Map<string, WatchedTable>,
  uri: string,
): boolean {
  const found = deps.resources.find(uri);
  if (found === null || stream.signal.aborted) return false;
  const { address: { space, id }, resource: { table } } = found;
  const key = JSON.stringify([space, table.app, table.name]);
  const watched = tables.get(key);
  if (watched?.uris.has(uri)) return true;
  let count = 0;
  for (const { uris } of tables.values()) count += uris.size;
  if (count >= MAX_SUBSCRIPTIONS_PER_STREAM) return false;
  if (watched !== undefined) watched.uris.set(uri, id);
  else {
    const added = new WatchedTable(deps, stream, { space, table }, (changed) => notifier.add(changed));
    tables.set(key, added);
    added.uris.set(uri, id);
    added.pullNow();
  }
  return true;
}
