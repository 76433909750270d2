// Folded tables by person, kept between reads: who waits for which pull, when a read needs none, and what leaves memory first.
// Holds records as the service stores them, never an opened value. The pull itself is refresh_state.ts.

import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { createLinkedOrder, type LinkedItem, type LinkedOrder } from "../kit/linked_order.ts";
import { SharedWork } from "../kit/shared_work.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import { type ChangeWatcher, type ChangeWatchers, createChangeWatchers } from "./change_watchers.ts";
import type { FoldedTable } from "./folded/folded_table.ts";
import type { HintMark, HintStreams } from "./hint_streams.ts";
import { EPOCH } from "./instant.ts";
import type { ChangeNews } from "./news/change_news.ts";
import type { PullDeps } from "./pull_changes.ts";
import { bytesOf, createPullState, type PullState } from "./pull_state.ts";
import { type ChangeReader, FOLD_MAX_AGE_MS, mayLackRecords, refreshState } from "./refresh_state.ts";
import type { SyncClient } from "./sync_client.ts";

/** Folded tables by person, app and table. */
export interface ChangeCache {
  /**
   * The table as of now, never without the person's own acknowledged writes. A read pulls what is new, which also shows that
   * the person may still read. While a stream would tell of news, a read within 250 ms of the last pull does not pull. The
   * folded table is live: take from it what is needed before the next await. Throws what `SyncClient.pull` throws.
   */
  read(reader: ChangeReader, app: string, table: string): Promise<FoldedTable>;
  /** To be called after a write of the person: a pull that began before the write does not satisfy a later read. */
  wrote(principal: Principal, app: string, table: string): void;
  /** Tells `watcher` until the returned function is called. Nothing is pulled for it. */
  watch(principal: Principal, app: string, table: string, watcher: ChangeWatcher): () => void;
  /** Estimated memory in use, in bytes. */
  bytes(): number;
}

/** Dependencies of {@link createChangeCache}. */
export interface ChangeCacheDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
  /** By which a read may do without a pull; without hints every read pulls. */
  readonly hints?: Pick<HintStreams, "touch" | "begin" | "holds" | "onHint">;
  /** What other gateways tell of pushes; absent where there are none. Watchers look sooner by it, and that is all. */
  readonly news?: Pick<ChangeNews, "watch" | "onHeard">;
  /** Told how many entries of an answer were left out; see `PullPortion.malformed`. */
  readonly observeMalformed?: (app: string, table: string, count: number) => void;
  /** Bytes of all folded tables together, as heap_size.ts estimates them. */
  readonly maxBytes: number;
}

/** Starts with no table. */
export function createChangeCache(deps: ChangeCacheDeps): ChangeCache {
  const watchers = createChangeWatchers(deps.news);
  deps.hints?.onHint(watchers.stale);
  deps.news?.onHeard(watchers.stale);
  const cache: CacheState = {
    hints: deps.hints,
    pulling: { ...deps, watchers },
    watchers,
    maxBytes: deps.maxBytes,
    tables: new Map(),
    order: createLinkedOrder(),
    bytes: 0,
  };
  return Object.freeze({
    read: (reader: ChangeReader, app: string, table: string) => readTable(cache, reader, app, table),
    wrote: (principal: Principal, app: string, table: string) => noteWrite(cache, principal, app, table),
    watch: watchers.add,
    bytes: () => cache.bytes,
  });
}

interface CacheState {
  readonly hints: ChangeCacheDeps["hints"];
  readonly pulling: PullDeps;
  readonly watchers: ChangeWatchers;
  readonly maxBytes: number;
  readonly tables: Map<string, CachedTable>;
  /** The tables in order of use. */
  readonly order: LinkedOrder<CachedTable>;
  bytes: number;
}

/** One table of one person. */
interface CachedTable extends LinkedItem<CachedTable> {
  readonly key: string;
  readonly membershipVersion: string;
  state: PullState;
  /** Writes of the person since the table is cached. */
  writes: number;
  /** The last pull that was started and is not over. */
  pull: Pull | null;
  /** The hint mark taken when the last completed pull began. Null: the next read must pull. */
  confirmed: { readonly mark: HintMark; readonly writes: number } | null;
  bytes: number;
}

interface Pull {
  readonly work: SharedWork<void>;
  /** `CachedTable.writes` when the pull began: what was written before is in it. Infinite until the pull begins. */
  writes: number;
  /** Whether the log is pulled from its start. Readers may still ask for that until the pull begins. */
  isWhole: boolean;
}

/** What an empty table takes, in bytes. */
const TABLE_BYTES = 1_000;

async function readTable(
  cache: CacheState,
  reader: ChangeReader,
  app: string,
  table: string,
): Promise<FoldedTable> {
  const { caller, isStrict, settling } = reader;
  const { clock } = cache.pulling;
  for (;;) {
    const cached = findTable(cache, reader, app, table);
    const { confirmed } = cached;
    const isLacking = settling ? mayLackRecords(cached.state, settling, reader.isWhole, clock) : false;
    if (
      confirmed !== null && !isStrict && !isLacking && confirmed.writes === cached.writes &&
      cache.hints?.holds(confirmed.mark)
    ) return cached.state.folded;
    const needed = isStrict ? Infinity : cached.writes;
    const pull = pullToJoin(cached.pull, needed, isLacking) ??
      startPull(cache, cached, caller, app, table, isLacking);
    try {
      await pull.work.join(reader.signal);
      // The service may have shown a co-member's record for the first time: earlier records lie before the position.
      if (settling && mayLackRecords(cached.state, settling, reader.isWhole, clock) && !pull.isWhole) {
        continue;
      }
      cache.hints?.touch(caller, app, cached.state.position ?? EPOCH);
      return cached.state.folded;
    } catch (error) {
      if (!pull.work.isOthersRefusal(error, caller.token)) throw error;
    }
  }
}

/** The pull under way, or waiting to begin, if it will do. One that has not begun is made to pull the whole log where needed. */
function pullToJoin(pull: Pull | null, needed: number, needsWhole: boolean): Pull | null {
  if (pull === null || pull.work.isAbandoned() || pull.writes < needed) return null;
  if (pull.writes === Infinity) pull.isWhole ||= needsWhole;
  return needsWhole && !pull.isWhole ? null : pull;
}

/** The cached table, which now counts as used last; a new one when there is none of this set of memberships. */
function findTable(cache: CacheState, reader: ChangeReader, app: string, table: string): CachedTable {
  const key = tableKey(reader.caller.principal, app, table);
  let cached = cache.tables.get(key);
  if (cached !== undefined && cached.membershipVersion !== reader.membershipVersion) {
    remove(cache, cached);
    cached = undefined;
  }
  if (cached === undefined) {
    cached = {
      key,
      membershipVersion: reader.membershipVersion,
      state: createPullState({ builtAt: cache.pulling.clock.elapsed(), maxAgeMs: FOLD_MAX_AGE_MS }),
      writes: 0,
      pull: null,
      confirmed: null,
      bytes: TABLE_BYTES,
    };
    cache.bytes += TABLE_BYTES;
    cache.tables.set(key, cached);
  }
  use(cache, cached);
  return cached;
}

function startPull(
  cache: CacheState,
  cached: CachedTable,
  caller: Caller,
  app: string,
  table: string,
  isWhole: boolean,
): Pull {
  const previous = cached.pull?.work.over;
  const work = new SharedWork(caller.token, async (signal) => {
    // One pull at a time, or portions of two pulls would be applied out of order.
    await previous;
    pull.writes = cached.writes;
    const mark = cache.hints?.begin(caller.principal, app) ?? null;
    // A pull that fails says that the person may not read, or that nobody knows.
    cached.confirmed = null;
    await refreshState(
      cache.pulling,
      cached,
      { caller, app, table, signal },
      pull.isWhole,
      (state) => account(cache, cached, state),
    );
    if (mark !== null) cached.confirmed = { mark, writes: pull.writes };
  });
  const pull: Pull = { work, writes: Infinity, isWhole };
  cached.pull = pull;
  void work.over.then(() => {
    if (cached.pull === pull) cached.pull = null;
  });
  return pull;
}

/** Counts the size that a state has now, and makes room. Throws Refused `upstream-failed` when it is too large by itself. */
function account(cache: CacheState, cached: CachedTable, state: PullState): void {
  const size = TABLE_BYTES + bytesOf(state);
  if (size > cache.maxBytes) {
    remove(cache, cached);
    throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "too-large" });
  }
  if (cache.tables.get(cached.key) !== cached) return;
  cache.bytes += size - cached.bytes;
  cached.bytes = size;
  if (cache.bytes <= cache.maxBytes) return;
  // A table that is being pulled is in use, so that all others go before it.
  use(cache, cached);
  for (
    let oldest = cache.order.oldest();
    oldest !== undefined && oldest !== cached;
    oldest = cache.order.oldest()
  ) {
    remove(cache, oldest);
    if (cache.bytes <= cache.maxBytes) return;
  }
}

function remove(cache: CacheState, cached: CachedTable): void {
  if (cache.tables.get(cached.key) !== cached) return;
  cache.tables.delete(cached.key);
  cache.order.remove(cached);
  cache.bytes -= cached.bytes;
}

function use({ order }: CacheState, cached: CachedTable): void {
  order.remove(cached);
  order.add(cached);
}

function noteWrite({ tables, watchers }: CacheState, principal: Principal, app: string, table: string): void {
  const cached = tables.get(tableKey(principal, app, table));
  if (cached !== undefined) cached.writes += 1;
  for (const watcher of watchers.of(principal, app, table)) watcher.stale();
}

function tableKey(principal: Principal, app: string, table: string): string {
  return JSON.stringify([principalKey(principal), app, table]);
}
