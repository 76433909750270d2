// The streams of the sync service that say when something is new, one per active person and app: who has one, for how long, and
// when a read may do without a pull because of it. One stream by itself is hint_stream.ts. Contract: sync sections 4 and 11.19.

import type { Clock } from "../kit/clock.ts";
import { FRESH_MS, HINT_IDLE_MS, HINT_KEEP_MS, HINT_SWEEP_MS, MAX_HINT_STREAMS } from "../kit/limits.ts";
import { createLinkedOrder, type LinkedOrder } from "../kit/linked_order.ts";
import { type Caller, type Principal, principalKey, servicesEnd } from "../people/principal.ts";
import {
  haltHintStream,
  type HintStream,
  type HintStreamDeps,
  isExpired,
  isHealthy,
  isSilent,
  openHintStream,
  reopenLater,
} from "./hint_stream.ts";
import { personAppKey } from "./change_watchers.ts";
import type { ChangeNews } from "./news/change_news.ts";
import type { SyncClient } from "./sync_client.ts";

/**
 * Streams carry no data and never all the news (writes of co-members of a space do not wake the reference, and events get
 * lost). So they never replace a pull: they only allow leaving out a pull for a moment.
 */
export interface HintStreams {
  /**
   * To be called when the person reads: opens a stream with the token of this call, or keeps the open stream. `since` is where
   * the last pull ended, on the service's clock, so that the stream does not send what was pulled.
   */
  touch(caller: Caller, app: string, since: string): void;
  /** To be taken when a pull begins; null while no stream could tell of news. */
  begin(principal: Principal, app: string): HintMark | null;
  /** Whether a pull that began with `mark` began at most {@link FRESH_MS} ago, and no news was told since. */
  holds(mark: HintMark): boolean;
  /** Tells `listener` of each hint, and of each time after which hints may have been missed. */
  onHint(listener: (person: string, app: string) => void): void;
  /** Ends the streams that were opened for this client of the person: its access was taken back. */
  drop(principal: Principal): void;
  /** How many streams are open or waiting to be opened again. */
  count(): number;
  /** Ends all streams; none is opened any more. */
  close(): void;
}

/** What was known of news when a pull began; see {@link HintStreams.holds}. */
export interface HintMark {
  readonly key: string;
  /** The stream itself: another stream of the same key has missed hints. */
  readonly stream: object;
  readonly hints: number;
  /** When the mark was taken, on `Clock.elapsed`. */
  readonly at: number;
}

/** Starts with no stream. One timer looks after all streams, and there is none while there is no stream. */
export function createHintStreams(deps: {
  readonly sync: Pick<SyncClient, "listen">;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** {@link MAX_HINT_STREAMS} by default. */
  readonly maxStreams?: number;
  /** Other gateways that write for the same people; none by default. */
  readonly others?: OtherGateways;
}): HintStreams {
  const { sync, clock, random, others } = deps;
  const listeners: ((person: string, app: string) => void)[] = [];
  const onHint = ({ person, app }: HintStream) => {
    for (const listener of listeners) listener(person, app);
  };
  const state: StreamsState = {
    deps: { sync, clock, random, onHint },
    others,
    maxStreams: deps.maxStreams ?? MAX_HINT_STREAMS,
    streams: new Map(),
    order: createLinkedOrder(),
    cancelSweep: null,
    isClosed: false,
  };
  others?.news?.onHeard((person, app) => {
    const stream = state.streams.get(personAppKey(person, app));
    if (stream !== undefined) stream.hints += 1;
  });
  return Object.freeze({
    touch: (caller: Caller, app: string, since: string) => touchStream(state, caller, app, since),
    begin: (principal: Principal, app: string) => takeMark(state, principal, app),
    holds: (mark: HintMark) => isMarkFresh(state, mark),
    onHint: (listener: (person: string, app: string) => void) => void listeners.push(listener),
    drop: (principal: Principal) => dropClient(state, principal),
    count: () => state.streams.size,
    close() {
      state.isClosed = true;
      for (const stream of [...state.streams.values()]) removeStream(state, stream);
    },
  });
}

/**
 * A person who has written at one gateway and reads at the next has to find what they wrote. The service's stream may tell of it
 * later than that, so the gateways tell each other; where that cannot be, no pull is left out.
 */
export interface OtherGateways {
  /** Whether their writes may go unheard: nothing carries their news now. */
  areUnheard(): boolean;
  /** Absent where nothing ever carries it. */
  readonly news?: Pick<ChangeNews, "watch" | "onHeard">;
}

interface StreamsState {
  readonly deps: HintStreamDeps;
  readonly others: OtherGateways | undefined;
  readonly maxStreams: number;
  readonly streams: Map<string, HintStream>;
  /** The streams in order of use. */
  readonly order: LinkedOrder<HintStream>;
  /** Calls the next sweep off; null while none is armed. */
  cancelSweep: (() => void) | null;
  isClosed: boolean;
}

function touchStream(state: StreamsState, caller: Caller, app: string, since: string): void {
  if (state.isClosed) return;
  const { deps, order, streams } = state;
  const person = principalKey(caller.principal);
  const key = personAppKey(person, app);
  const stream = streams.get(key);
  if (stream === undefined) return addStream(state, key, person, caller, app, since);
  order.remove(stream);
  order.add(stream);
  stream.touchedAt = deps.clock.elapsed();
  if (since > stream.since) stream.since = since;
  if (stream.caller.token.equals(caller.token)) return;
  if (caller.principal.expiresAt < stream.caller.principal.expiresAt && !stream.isRefused) return;
  // The token is for the next time the stream is opened; the open stream goes on until its own token ends.
  const wasExpired = isExpired(stream, deps.clock);
  stream.caller = caller;
  if (stream.isRefused || wasExpired) {
    haltHintStream(stream);
    stream.isRefused = false;
    void openHintStream(deps, stream);
  }
}

/** Opens a stream, unless there is no room for it or the caller's token is over. */
function addStream(
  state: StreamsState,
  key: string,
  person: string,
  caller: Caller,
  app: string,
  since: string,
): void {
  const { deps, order, streams } = state;
  if (!makeRoom(state)) return;
  const stream: HintStream = {
    key,
    person,
    app,
    caller,
    expiresAt: servicesEnd(caller.principal),
    since,
    touchedAt: deps.clock.elapsed(),
    heardAt: null,
    hints: 0,
    attempts: 0,
    running: null,
    cancelRetry: null,
    isRefused: false,
    unwatch: null,
  };
  if (isExpired(stream, deps.clock)) return;
  streams.set(key, stream);
  order.add(stream);
  stream.unwatch = state.others?.news?.watch(caller.principal, app, undefined) ?? null;
  state.cancelSweep ??= deps.clock.after(HINT_SWEEP_MS, () => sweep(state));
  void openHintStream(deps, stream);
}

/** Whether there is room for one more stream. A stream that was needed a moment ago makes no room. */
function makeRoom(state: StreamsState): boolean {
  if (state.streams.size < state.maxStreams) return true;
  const oldest = state.order.oldest();
  if (oldest === undefined || state.deps.clock.elapsed() - oldest.touchedAt < HINT_KEEP_MS) return false;
  removeStream(state, oldest);
  return true;
}

function takeMark(
  { deps, streams, others }: StreamsState,
  principal: Principal,
  app: string,
): HintMark | null {
  if (others?.areUnheard()) return null;
  const stream = streams.get(personAppKey(principalKey(principal), app));
  return stream !== undefined && isHealthy(stream, deps.clock)
    ? { key: stream.key, stream, hints: stream.hints, at: deps.clock.elapsed() }
    : null;
}

function isMarkFresh(
  { deps, streams, others }: StreamsState,
  { key, stream, hints, at }: HintMark,
): boolean {
  if (deps.clock.elapsed() - at >= FRESH_MS || others?.areUnheard()) return false;
  const present = streams.get(key);
  return present === stream && present.hints === hints && isHealthy(present, deps.clock);
}

/** Ends the streams of people who stopped reading, and opens those again that expired or fell silent. */
function sweep(state: StreamsState): void {
  const { deps, streams } = state;
  const { clock } = deps;
  for (const stream of [...streams.values()]) {
    if (
      clock.elapsed() - stream.touchedAt >= HINT_IDLE_MS ||
      servicesEnd(stream.caller.principal) <= clock.calendar()
    ) {
      removeStream(state, stream);
    } else if (isExpired(stream, clock) || isSilent(stream, clock)) {
      haltHintStream(stream);
      reopenLater(deps, stream);
    }
  }
  state.cancelSweep = streams.size > 0 ? clock.after(HINT_SWEEP_MS, () => sweep(state)) : null;
}

function dropClient(state: StreamsState, principal: Principal): void {
  const person = principalKey(principal);
  for (const stream of [...state.streams.values()]) {
    const { client } = stream.caller.principal;
    if (stream.person === person && client?.id === principal.client?.id) removeStream(state, stream);
  }
}

function removeStream(state: StreamsState, stream: HintStream): void {
  haltHintStream(stream);
  stream.unwatch?.();
  stream.unwatch = null;
  if (state.streams.get(stream.key) === stream) state.streams.delete(stream.key);
  state.order.remove(stream);
  if (state.streams.size > 0) return;
  state.cancelSweep?.();
  state.cancelSweep = null;
}
