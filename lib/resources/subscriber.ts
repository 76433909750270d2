import type { Clock } from "../kit/clock.ts";
import { type Caller, principalKey } from "../people/principal.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Spaces } from "../spaces/spaces.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_SUBSCRIPTIONS_PER_STREAM, NOTIFY_MS, SUBSCRIBED_POLL_MS } from "../kit/limits.ts";
import type { Gate } from "../policy/gate.ts";
import { watchRecords } from "../records/watch_records.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { RequestContext } from "../people/request_context.ts";
import type { Resources } from "./resources.ts";

/** What every subscriber works with. */
export interface SubscriberDeps {
  readonly resources: Pick<Resources, "find">;
  readonly changes: RecordStore["changes"];
  readonly spaces: Spaces;
  readonly gate: Gate;
  readonly clock: Clock;
  /** Where pulls for a subscriber are timed: they are part of no request. */
  readonly tally: RequestTally;
  /** Told of errors that are no refusal. The message may quote data: log the class only. */
  readonly onError: (error: unknown) => void;
}

/** Where a subscriber sends to. */
export interface SubscriberOutlet {
  /** Sends a notification, or returns false: {@link Subscriber.flush} is called when there is room again. */
  send(uri: string): boolean;
  /** The caller's token has ended, or its access was taken back: nothing will be sent with it any more. */
  onOver(): void;
}

/** One open stream that is told when records change. */
export interface Subscriber {
  /** Subscribes to an address that {@link isSubscribable} has let pass; false when there are as many as may be. */
  add(uri: string): boolean;
  remove(uri: string): void;
  /** From now on with the token of this request, of the same person. */
  renew(requestContext: RequestContext): void;
  /** Sends what is due. */
  flush(): void;
  /** Lets go of everything; resolves when nothing that it began goes on. */
  stop(): Promise<void>;
}

/** One table in one space, and who wants what of it. */
interface Watch {
  readonly space: string;
  readonly table: { readonly app: string; readonly name: string };
  /** Addresses as the client wrote them, by record id; null is the collection. */
  readonly uris: Map<string, string | null>;
  active: ActiveSpace | null;
  unwatch: (() => void) | null;
  disarm: () => void;
  pulledAt: number;
  isPulling: boolean;
  /** Whether a pull has come to its end since. */
  isPulled: boolean;
  isStale: boolean;
}

/** Whether the caller may be told of changes of what an address names: the rules of reading it. */
export async function isSubscribable(
  deps: Pick<SubscriberDeps, "resources" | "spaces" | "gate">,
  caller: Caller,
  uri: string,
): Promise<boolean> {
  const found = deps.resources.find(uri);
  if (found === null || !deps.gate.shows(found.tool, caller.principal)) return false;
  return (await deps.spaces.resolve(caller, found.address.space)).choice.ok;
}

/**
 * Creates a subscriber with no subscriptions. It pulls each table it has an address of: after a hint, and now and then, since
 * co-members' writes need not come with one. It is told only of rows that this person may see, and asks again about
 * access, membership and scopes before each notification.
 */
export function createSubscriber(
  deps: SubscriberDeps,
  first: RequestContext,
  outlet: SubscriberOutlet,
): Subscriber {
  const { clock } = deps;
  const person = principalKey(first.caller.principal);
  const watches = new Map<string, Watch>();
  const due = new Set<string>();
  const over = new AbortController();
  let requestContext = first;
  let isOver = false;
  let flushedAt = -Infinity;
  let disarmFlush: (() => void) | null = null;
  let isFlushing = false;

  const working = new Set<Promise<void>>();
  const run = (work: Promise<void>): void => {
    const done = work.catch(deps.onError).finally(() => working.delete(done));
    working.add(done);
  };

  const giveUp = (): void => {
    if (isOver || over.signal.aborted) return;
    isOver = true;
    outlet.onOver();
  };

  /** The caller with a token of now; null where there is none any more. Throws Refused where it cannot be known. */
  const callerNow = async (): Promise<Caller | null> => {
    const { again, caller } = requestContext;
    if (caller.principal.expiresAt * 1000 <= clock.calendar()) return null;
    try {
      return { ...await again(), tally: deps.tally };
    } catch (error) {
      if (error instanceof Refused && error.refusal.reason === "token-revoked") return null;
      throw error;
    }
  };

  const flushSoon = (): void => {
    if (due.size === 0 || over.signal.aborted || disarmFlush !== null || isFlushing) return;
    disarmFlush = clock.after(Math.max(0, flushedAt + NOTIFY_MS - clock.elapsed()), () => {
      disarmFlush = null;
      run(flush());
    });
  };

  const flush = async (): Promise<void> => {
    if (isFlushing || over.signal.aborted) return;
    isFlushing = true;
    const uris = [...due];
    try {
      const caller = await callerNow();
      if (caller === null) return giveUp();
      for (const uri of uris) {
        // What was granted when the change was pulled may have been taken back since.
        const isAllowed = await isSubscribable(deps, caller, uri);
        if (over.signal.aborted) return;
        if (!isAllowed) due.delete(uri);
        else if (!due.has(uri)) continue; // unsubscribed meanwhile
        else if (outlet.send(uri)) {
          due.delete(uri);
          flushedAt = clock.elapsed();
        } else return; // there is a call when there is room
      }
    } catch (error) {
      // Not known is not allowed: what is due stays so, until the next change or poll asks again.
      if (!(error instanceof Refused)) throw error;
      flushedAt = clock.elapsed() + SUBSCRIBED_POLL_MS;
    } finally {
      isFlushing = false;
    }
    flushSoon();
  };

  const changed = (watch: Watch, ids: ReadonlySet<string> | null): void => {
    for (const [uri, id] of watch.uris) if (ids === null || id === null || ids.has(id)) due.add(uri);
    flushSoon();
  };

  const pull = async (watch: Watch): Promise<void> => {
    watch.isPulling = true;
    watch.isStale = false;
    watch.pulledAt = clock.elapsed();
    try {
      const caller = await callerNow();
      if (caller === null) return giveUp();
      const { choice, membershipVersion } = await deps.spaces.resolve(caller, watch.space);
      watch.active = choice.ok ? choice.space : null;
      if (!choice.ok) return;
      if (over.signal.aborted || watches.get(keyOf(watch.space, watch.table)) !== watch) return;
      // Before the first pull: what somebody has read before they subscribed may have changed since. A log that is only
      // built by that pull tells of nothing, since whoever reads after subscribing reads what it brings, or more.
      watch.unwatch ??= watchRecords({
        changes: deps.changes,
        principal: caller.principal,
        table: watch.table,
        space: () => watch.active,
        onStale: () => stale(watch),
        onChanged: (ids) => {
          if (ids !== null || watch.isPulled) changed(watch, ids);
        },
      });
      const { app, name } = watch.table;
      const reader = { caller, membershipVersion, signal: over.signal, isStrict: watch.isPulled };
      await deps.changes.read(reader, app, name);
      watch.isPulled = true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.refusal.reason === "upstream-token-refused") giveUp();
    } finally {
      watch.isPulling = false;
      pullLater(watch);
    }
  };

  const pullLater = (watch: Watch): void => {
    if (over.signal.aborted || isOver || watches.get(keyOf(watch.space, watch.table)) !== watch) return;
    watch.disarm();
    const wait = watch.isStale ? watch.pulledAt + NOTIFY_MS - clock.elapsed() : SUBSCRIBED_POLL_MS;
    watch.disarm = clock.after(Math.max(0, wait), () => run(pull(watch)));
  };

  const stale = (watch: Watch): void => {
    if (watch.isStale) return;
    watch.isStale = true;
    if (!watch.isPulling) pullLater(watch);
  };

  const drop = (watch: Watch): void => {
    watches.delete(keyOf(watch.space, watch.table));
    watch.disarm();
    watch.unwatch?.();
  };

  return Object.freeze({
    add(uri: string): boolean {
      const found = deps.resources.find(uri);
      if (found === null || over.signal.aborted) return false;
      let count = 0;
      for (const { uris } of watches.values()) count += uris.size;
      const { address: { space, id }, resource: { table } } = found;
      const key = keyOf(space, table);
      let watch = watches.get(key);
      if (watch?.uris.has(uri)) return true;
      if (count >= MAX_SUBSCRIPTIONS_PER_STREAM) return false;
      if (watch === undefined) {
        watch = {
          space,
          table,
          uris: new Map(),
          active: null,
          unwatch: null,
          disarm: () => {},
          pulledAt: -Infinity,
          isPulling: false,
          isPulled: false,
          isStale: false,
        };
        watches.set(key, watch);
        if (!isOver) run(pull(watch));
      }
      watch.uris.set(uri, id);
      return true;
    },
    remove(uri: string) {
      due.delete(uri);
      for (const watch of [...watches.values()]) {
        if (watch.uris.delete(uri) && watch.uris.size === 0) drop(watch);
      }
    },
    renew(next: RequestContext) {
      if (principalKey(next.caller.principal) !== person) return;
      requestContext = next;
      if (!isOver) return;
      isOver = false;
      for (const watch of watches.values()) if (!watch.isPulling) run(pull(watch));
    },
    flush: flushSoon,
    async stop() {
      over.abort();
      disarmFlush?.();
      disarmFlush = null;
      for (const watch of [...watches.values()]) drop(watch);
      due.clear();
      await Promise.all(working);
    },
  });
}

function keyOf(space: string, { app, name }: Watch["table"]): string {
  return JSON.stringify([space, app, name]);
}
