import { type Caller, type Principal, principalKey } from "../auth/principal.ts";
import { Refused } from "../errors.ts";
import { MAX_FOLDED_BYTES, MAX_PULL_PAGES, PULL_OVERLAP_MS } from "../limits.ts";
import { applyChange, createFoldedLog, type FoldedLog } from "./fold.ts";
import type { HintMark, HintStreams } from "./hint_streams.ts";
import { EPOCH, stepBack } from "./instant.ts";
import { type SharedRun, startSharedRun } from "./shared_run.ts";
import type { SyncClient } from "./sync_client.ts";
import type { PullPage } from "./wire.ts";
import type { Secret } from "../secret.ts";

/**
 * A state that was first built is built once more after this long: the sync service believes memberships for 5
 * minutes, so what it left out just after somebody joined a space lies before the cursor by now (sync section 11.17).
 */
export const FOLD_SETTLE_MS = 6 * 60_000;
/** A state is built anew after this long: rows skipped by a failed membership lookup come back (sync section 6). */
export const FOLD_MAX_AGE_MS = 60 * 60_000;

/** Dependencies of {@link createLogCache}. */
export interface LogCacheDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly now: () => number;
  /** What allows leaving out a pull; every read pulls without it. */
  readonly hints?: Pick<HintStreams, "touch" | "begin" | "holds" | "onHint">;
  /** Entries of an answer that were no change at all. */
  readonly observeMalformed?: (app: string, table: string, count: number) => void;
  /** {@link MAX_FOLDED_BYTES} by default. */
  readonly maxBytes?: number;
}

/** Who reads: the state belongs to the person, the pull runs with the token of this call. */
export interface LogReader {
  readonly caller: Caller;
  /** Changes with the set of spaces the person is a member of: joining does not redeliver older rows. */
  readonly membershipVersion: string;
  readonly signal: AbortSignal;
  /** Only a pull that begins after this call will do (`X-Mana-Fresh: strict`). */
  readonly isStrict?: boolean;
}

/**
 * Somebody who wants to know what pulls of one table of one person bring. Called while a pull is applied: must neither
 * throw nor wait.
 */
export interface LogWatcher {
  /** Something new may be there to be pulled. */
  stale(): void;
  /** A change of the record `id` is about to be applied. */
  before(log: FoldedLog, id: string): void;
  /** Changes have been applied. */
  after(log: FoldedLog): void;
  /** The log was built anew: what changed meanwhile is not known. */
  rebuilt(): void;
}

/** Folded logs by person and table. Holds what the service stores, never an opened value. */
export interface LogCache {
  /**
   * The log as of now, never without the person's own acknowledged writes. A read pulls what is new, which also shows
   * that the person may still read; while a stream would tell of news, one within 250 ms of the last pull does
   * not. The state is live; take from it what is needed before the next await. Throws what `SyncClient.pull` throws.
   */
  read(reader: LogReader, app: string, table: string): Promise<FoldedLog>;
  /** After a write of the person: a pull that began before it does not satisfy a later read. */
  wrote(principal: Principal, app: string, table: string): void;
  /** Tells `watcher` until the returned function is called. Nothing is pulled for it. */
  watch(principal: Principal, app: string, table: string, watcher: LogWatcher): () => void;
  /** Estimated memory in use. */
  bytes(): number;
}

interface State {
  readonly log: FoldedLog;
  /** Event ids that the overlap may bring again, with the end of the page they came in, oldest first. */
  readonly seen: Map<string, string>;
  readonly builtAt: number;
  readonly isSettled: boolean;
  /** Null until the first page. */
  cursor: string | null;
  /** A new change has come since the last whole pull: known ones that the log has after it are applied again. */
  isReplaying: boolean;
}

interface Entry {
  readonly key: string;
  readonly membershipVersion: string;
  state: State;
  /** Writes of the person since the entry was made. */
  writes: number;
  run:
    | { readonly shared: SharedRun<void>; readonly writes: () => number; readonly token: Secret<string> }
    | null;
  /** What was known when the last pull began that came to its end; null where nothing can be left out. */
  confirmed: { readonly mark: HintMark; readonly writes: number } | null;
  bytes: number;
}

const ENTRY_BYTES = 1_000;
const SEEN_BYTES = 200;

/** Creates an empty cache. */
export function createLogCache(deps: LogCacheDeps): LogCache {
  const maxBytes = deps.maxBytes ?? MAX_FOLDED_BYTES;
  /** In order of use, least recent first. */
  const entries = new Map<string, Entry>();
  let bytes = 0;
  /** By person and app, since that is what a hint names. */
  const watchers = new Map<string, Set<{ readonly table: string; readonly watcher: LogWatcher }>>();

  const watchersOf = (principal: Principal, app: string, table: string): LogWatcher[] => {
    const all = watchers.get(watchKey(principalKey(principal), app));
    return all === undefined
      ? []
      : [...all].filter((entry) => entry.table === table).map(({ watcher }) => watcher);
  };

  deps.hints?.onHint((person, app) => {
    for (const { watcher } of [...watchers.get(watchKey(person, app)) ?? []]) watcher.stale();
  });

  const newState = (isSettled: boolean): State => ({
    log: createFoldedLog(),
    seen: new Map(),
    builtAt: deps.now(),
    isSettled,
    cursor: null,
    isReplaying: false,
  });

  const remove = (entry: Entry): void => {
    if (entries.get(entry.key) !== entry) return;
    entries.delete(entry.key);
    bytes -= entry.bytes;
  };

  const account = (entry: Entry, state: State): void => {
    const size = ENTRY_BYTES + state.log.bytes + state.seen.size * SEEN_BYTES;
    if (size > maxBytes) {
      remove(entry);
      throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "too-large" });
    }
    if (entries.get(entry.key) !== entry) return;
    bytes += size - entry.bytes;
    entry.bytes = size;
    for (const other of entries.values()) {
      if (bytes <= maxBytes) return;
      if (other !== entry) remove(other);
    }
  };

  const entryOf = (reader: LogReader, app: string, table: string): Entry => {
    const key = keyOf(reader.caller.principal, app, table);
    let entry = entries.get(key);
    if (entry !== undefined && entry.membershipVersion !== reader.membershipVersion) {
      remove(entry);
      entry = undefined;
    }
    if (entry === undefined) {
      entry = {
        key,
        membershipVersion: reader.membershipVersion,
        state: newState(false),
        writes: 0,
        run: null,
        confirmed: null,
        bytes: ENTRY_BYTES,
      };
      bytes += ENTRY_BYTES;
    }
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };

  /** Brings `state` up to date page by page; after a failure it is as of the last whole page, and goes on from there. */
  const pullInto = async (
    entry: Entry,
    state: State,
    caller: Caller,
    app: string,
    table: string,
    signal: AbortSignal,
  ): Promise<void> => {
    // Of a log that is built from its start, every change is news and none is.
    const isWhole = state.cursor === null;
    let since = state.cursor === null ? EPOCH : stepBack(state.cursor, { ms: PULL_OVERLAP_MS });
    let reached = since;
    for (let number = 0; number < MAX_PULL_PAGES; number++) {
      const page = await deps.sync.pull(caller, app, table, since, signal);
      // A service that never says the end, or says it for the same place again, must not keep us busy forever.
      if (page.hasMore && page.syncedUntil <= reached) break;
      if (page.malformed > 0) deps.observeMalformed?.(app, table, page.malformed);
      applyPage(state, page, isWhole ? [] : watchersOf(caller.principal, app, table));
      account(entry, state);
      if (!page.hasMore) {
        state.isReplaying = false;
        forgetSeen(state, stepBack(page.syncedUntil, { ms: 2 * PULL_OVERLAP_MS }));
        account(entry, state);
        if (isWhole) { for (const watcher of watchersOf(caller.principal, app, table)) watcher.rebuilt(); }
        return;
      }
      reached = page.syncedUntil;
      // Rows that share the boundary's time may be cut off by the page: ask from just before it (sync section 11.3).
      since = stepBack(page.syncedUntil, { micros: 1 });
    }
    throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
  };

  const refresh = async (entry: Entry, caller: Caller, app: string, table: string, signal: AbortSignal) => {
    const { state } = entry;
    const maxAge = state.isSettled ? FOLD_MAX_AGE_MS : FOLD_SETTLE_MS;
    if (state.cursor === null || deps.now() - state.builtAt < maxAge) {
      await pullInto(entry, state, caller, app, table, signal);
    } else {
      const rebuilt = newState(true);
      await pullInto(entry, rebuilt, caller, app, table, signal);
      entry.state = rebuilt;
    }
  };

  const startRun = (entry: Entry, caller: Caller, app: string, table: string): NonNullable<Entry["run"]> => {
    const previous = entry.run?.shared.over;
    let writes = Infinity;
    const run = {
      shared: startSharedRun(async (signal) => {
        // One at a time, or pages of two pulls would be applied out of order.
        await previous;
        const before = writes = entry.writes;
        const mark = deps.hints?.begin(caller.principal, app) ?? null;
        // A pull that fails says that the person may not read, or that nobody knows.
        entry.confirmed = null;
        await refresh(entry, caller, app, table, signal);
        if (mark !== null) entry.confirmed = { mark, writes: before };
      }),
      writes: () => writes,
      token: caller.token,
    };
    entry.run = run;
    void run.shared.over.then(() => {
      if (entry.run === run) entry.run = null;
    });
    return run;
  };

  return Object.freeze({
    async read(reader: LogReader, app: string, table: string) {
      for (;;) {
        const entry = entryOf(reader, app, table);
        const { run: running, confirmed } = entry;
        if (
          confirmed !== null && !reader.isStrict && confirmed.writes === entry.writes &&
          deps.hints?.holds(confirmed.mark)
        ) return entry.state.log;
        // Writes are infinite until the pull has begun.
        const joinable = running !== null && !running.shared.isAbandoned() &&
          running.writes() >= (reader.isStrict ? Infinity : entry.writes);
        const run = joinable ? running : startRun(entry, reader.caller, app, table);
        try {
          await run.shared.join(reader.signal);
          deps.hints?.touch(reader.caller, app, entry.state.cursor ?? EPOCH);
          return entry.state.log;
        } catch (error) {
          // Another call's token was refused, which says nothing of this one's.
          if (!(!run.token.equals(reader.caller.token) && isTokenRefused(error))) throw error;
        }
      }
    },
    wrote(principal: Principal, app: string, table: string) {
      const entry = entries.get(keyOf(principal, app, table));
      if (entry !== undefined) entry.writes += 1;
      for (const watcher of watchersOf(principal, app, table)) watcher.stale();
    },
    watch(principal: Principal, app: string, table: string, watcher: LogWatcher) {
      const key = watchKey(principalKey(principal), app);
      const own = watchers.get(key) ?? new Set();
      const watching = { table, watcher };
      watchers.set(key, own.add(watching));
      return () => {
        own.delete(watching);
        if (own.size === 0 && watchers.get(key) === own) watchers.delete(key);
      };
    },
    bytes: () => bytes,
  });
}

function keyOf(principal: Principal, app: string, table: string): string {
  return JSON.stringify([principalKey(principal), app, table]);
}

function watchKey(person: string, app: string): string {
  return JSON.stringify([person, app]);
}

/**
 * Applies what is new. A change that committed late lies before changes that were applied already, and order decides
 * between equal stamps and around hard deletes: what the log has after it is applied once more (sync section 11.4). That
 * ends in the same state as one pass in order, since every change after the late one is in the overlap as well.
 */
function applyPage(state: State, page: PullPage, watchers: readonly LogWatcher[]): void {
  for (const change of page.changes) {
    if (change.eventId !== null) {
      if (!state.seen.has(change.eventId)) {
        state.seen.set(change.eventId, page.syncedUntil);
        state.isReplaying = true;
      } else if (!state.isReplaying) continue;
    }
    for (const watcher of watchers) watcher.before(state.log, change.id);
    applyChange(state.log, change);
  }
  for (const watcher of watchers) watcher.after(state.log);
  state.cursor = page.syncedUntil;
}

/**
 * Drops the ids that no pull can bring again. Twice the overlap is kept: the end of a last page is another clock's time
 * than that of its rows (sync section 3).
 */
function forgetSeen(state: State, until: string): void {
  for (const [eventId, end] of state.seen) {
    if (end >= until) return;
    state.seen.delete(eventId);
  }
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof Refused && error.refusal.reason === "upstream-token-refused";
}
