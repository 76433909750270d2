import type { Clock } from "../kit/clock.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { Refused } from "../kit/errors.ts";
import { createLinkedOrder, type LinkedItem } from "../kit/linked_order.ts";
import { MAX_FOLDED_BYTES } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import type { FoldedTable } from "./fold.ts";
import type { HintMark, HintStreams } from "./hint_streams.ts";
import { EPOCH } from "./instant.ts";
import { createAnchorCheck } from "./change_log_anchor.ts";
import { createChangePull } from "./pull_changes.ts";
import { bytesOf, createPullState, type PullState } from "./pull_state.ts";
import { type ChangeWatcher, createChangeWatchers } from "./change_watchers.ts";
import { type SharedWork, startSharedWork } from "../kit/shared_work.ts";
import type { SyncClient } from "./sync_client.ts";

/**
 * A state that was first built is built once more after this long: the sync service believes memberships for 5
 * minutes, so what it left out just after somebody joined a space lies before the cursor by now (sync section 11.17).
 */
export const FOLD_SETTLE_MS = 6 * 60_000;
/** A state is built anew after this long: rows skipped by a failed membership lookup come back (sync section 6). */
export const FOLD_MAX_AGE_MS = 60 * 60_000;

/** Dependencies of {@link createChangeCache}. */
export interface ChangeCacheDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
  /** What allows leaving out a pull; every read pulls without it. */
  readonly hints?: Pick<HintStreams, "touch" | "begin" | "holds" | "onHint">;
  /** Entries of an answer that were left out; see `PullPortion.malformed`. */
  readonly observeMalformed?: (app: string, table: string, count: number) => void;
  /** {@link MAX_FOLDED_BYTES} by default. */
  readonly maxBytes?: number;
}

/** Who reads: the state belongs to the person, the pull runs with the token of this call. */
export interface ChangeReader {
  readonly caller: Caller;
  /** Changes with the set of spaces the person is a member of: joining does not redeliver older rows. */
  readonly membershipVersion: string;
  readonly signal: AbortSignal;
  /** Only a pull that begins after this call will do (`X-Mana-Fresh: strict`). */
  readonly isStrict?: boolean;
}

/** Folded logs by person and table. Holds what the service stores, never an opened value. */
export interface ChangeCache {
  /**
   * The log as of now, never without the person's own acknowledged writes. A read pulls what is new, which also shows
   * that the person may still read; while a stream would tell of news, one within 250 ms of the last pull does
   * not. The state is live; take from it what is needed before the next await. Throws what `SyncClient.pull` throws.
   */
  read(reader: ChangeReader, app: string, table: string): Promise<FoldedTable>;
  /** After a write of the person: a pull that began before it does not satisfy a later read. */
  wrote(principal: Principal, app: string, table: string): void;
  /** Tells `watcher` until the returned function is called. Nothing is pulled for it. */
  watch(principal: Principal, app: string, table: string, watcher: ChangeWatcher): () => void;
  /** Estimated memory in use. */
  bytes(): number;
}

interface Entry extends LinkedItem<Entry> {
  readonly key: string;
  readonly membershipVersion: string;
  state: PullState;
  /** Writes of the person since the entry was made. */
  writes: number;
  run:
    | { readonly shared: SharedWork<void>; readonly writes: () => number; readonly token: Secret<string> }
    | null;
  /** What was known when the last pull began that came to its end; null where nothing can be left out. */
  confirmed: { readonly mark: HintMark; readonly writes: number } | null;
  bytes: number;
}

const ENTRY_BYTES = 1_000;

/** Creates an empty cache. */
export function createChangeCache(deps: ChangeCacheDeps): ChangeCache {
  const maxBytes = deps.maxBytes ?? MAX_FOLDED_BYTES;
  const watchers = createChangeWatchers();
  const pull = createChangePull({ ...deps, watchers });
  const anchors = createAnchorCheck(deps);
  const entries = new Map<string, Entry>();
  /** The entries in order of use. */
  const order = createLinkedOrder<Entry>();
  let bytes = 0;

  deps.hints?.onHint(watchers.stale);

  const remove = (entry: Entry): void => {
    if (entries.get(entry.key) !== entry) return;
    entries.delete(entry.key);
    order.remove(entry);
    bytes -= entry.bytes;
  };

  const use = (entry: Entry): void => {
    order.remove(entry);
    order.add(entry);
  };

  const account = (entry: Entry, state: PullState): void => {
    const size = ENTRY_BYTES + bytesOf(state);
    if (size > maxBytes) {
      remove(entry);
      throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "too-large" });
    }
    if (entries.get(entry.key) !== entry) return;
    bytes += size - entry.bytes;
    entry.bytes = size;
    if (bytes <= maxBytes) return;
    // What is being pulled is in use, so that all others go before it.
    use(entry);
    for (let oldest = order.oldest(); oldest !== undefined && oldest !== entry; oldest = order.oldest()) {
      remove(oldest);
      if (bytes <= maxBytes) return;
    }
  };

  const entryOf = (reader: ChangeReader, app: string, table: string): Entry => {
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
        state: createPullState({ builtAt: deps.clock.calendar(), isSettled: false }),
        writes: 0,
        run: null,
        confirmed: null,
        bytes: ENTRY_BYTES,
      };
      bytes += ENTRY_BYTES;
      entries.set(key, entry);
    }
    use(entry);
    return entry;
  };

  const refresh = async (entry: Entry, caller: Caller, app: string, table: string, signal: AbortSignal) => {
    const target = { caller, app, table, signal };
    const pullInto = (state: PullState) => pull(state, { ...target, onResized: () => account(entry, state) });
    const rebuild = async (isSettled: boolean) => {
      const rebuilt = createPullState({ builtAt: deps.clock.calendar(), isSettled });
      await pullInto(rebuilt);
      entry.state = rebuilt;
    };
    const { state } = entry;
    const maxAge = state.isSettled ? FOLD_MAX_AGE_MS : FOLD_SETTLE_MS;
    if (state.cursor !== null && deps.clock.calendar() - state.builtAt >= maxAge) return await rebuild(true);
    const { anchor, isAnchorShown, cursor } = state;
    // Due: at the same time as the pull, so that the read does not wait for it.
    const early = anchor !== null && anchors.isDue(anchor) ? anchors.look(anchor, target) : null;
    const outcome = await pullInto(state);
    state.isAnchorShown = cursor !== null && (outcome === "shown" || state.anchor !== anchor);
    // Shown a moment ago and no more: it has grown older than the overlap, or it is gone.
    const isDoubtful = outcome === "missing" || (outcome === "silent" && isAnchorShown);
    const look = early ?? (anchor !== null && isDoubtful ? anchors.look(anchor, target) : null);
    const found = look === null ? anchor : await look;
    if (outcome === "older" || (anchor !== null && found === null)) {
      // What the service knows of memberships may be as old as its log: not settled.
      await rebuild(false);
    } else if (state.anchor === anchor) state.anchor = found;
  };

  const startRun = (entry: Entry, caller: Caller, app: string, table: string): NonNullable<Entry["run"]> => {
    const previous = entry.run?.shared.over;
    let writes = Infinity;
    const run = {
      shared: startSharedWork(async (signal) => {
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
    async read(reader: ChangeReader, app: string, table: string) {
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
      for (const watcher of watchers.of(principal, app, table)) watcher.stale();
    },
    watch: watchers.add,
    bytes: () => bytes,
  });
}

function keyOf(principal: Principal, app: string, table: string): string {
  return JSON.stringify([principalKey(principal), app, table]);
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof Refused && error.refusal.reason === "upstream-token-refused";
}
