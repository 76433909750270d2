// The shared store on a Valkey or Redis server: asks it while it answers, and leaves it alone while it does not. Three answers missed
// in a row, a write that is refused, or a lost connection, and the store is away: nobody waits for it any more, and it is tried again each
// second.
import type { Clock } from "../kit/clock.ts";
import { STORE_LOG_MS, STORE_MISSES, STORE_PAUSE_MS, STORE_WATCH_MS } from "../kit/limits.ts";
import type { Log } from "../observe/log.ts";
import type { ValkeySettings } from "../settings/node_settings.ts";
import { type AnswerRace, createAnswerRace, SILENT } from "./answer_race.ts";
import { isMissed, runScript, tryOut } from "./run_script.ts";
import type { SharedStore, StoreReply, StoreScript } from "./shared_store.ts";
import { describeFault, faultOf, refusesWrites, type StoreFault } from "./store_faults.ts";
import { connectValkey, type ValkeyConnection } from "./valkey_client.ts";

/** Creates the store and starts to connect. A server that is not there is a store that is away, and no reason not to start. */
export function createValkeyStore(deps: ValkeyStoreDeps): SharedStore {
  const store: Store = {
    ...deps,
    race: createAnswerRace(deps.clock),
    up: null,
    doubted: null,
    misses: 0,
    generation: 0,
    isClosed: false,
    toldAt: null,
    isToldAway: false,
    listeners: new Map(),
    totals: { answered: 0, missed: 0, skipped: 0 },
    wake: () => {},
  };
  const life = live(store);
  return Object.freeze({
    decide: (script: StoreScript, keys: readonly string[], args: readonly (string | number)[]) => {
      if (store.up !== null) return decide(store, store.up, script, keys, args);
      store.totals.skipped++;
      return null;
    },
    publish: (channel: string, message: string) =>
      void store.up?.send(["PUBLISH", channel, message]).catch(() => {}),
    subscribe: (channel: string, onMessage: (message: string) => void) => {
      const of = store.listeners.get(channel) ?? new Set();
      const isNew = !store.listeners.has(channel);
      store.listeners.set(channel, of.add(onMessage));
      const { up } = store;
      if (isNew && up !== null) {
        void hear(store, up, channel).catch((error) => lose(store, up, faultOf(error)));
      }
      return () => void of.delete(onMessage);
    },
    state: () => store.up === null ? "degraded" as const : "up" as const,
    generation: () => store.generation,
    totals: () => store.totals,
    close: () => {
      store.isClosed = true;
      for (const connection of [store.up, store.doubted]) connection?.end();
      store.up = store.doubted = null;
      store.race.stop();
      store.wake();
      return life;
    },
  });
}

/** Dependencies of {@link createValkeyStore}. */
export interface ValkeyStoreDeps {
  readonly valkey: ValkeySettings;
  readonly clock: Clock;
  readonly log: Log;
}

interface Store extends ValkeyStoreDeps {
  readonly race: AnswerRace;
  /** The connection that is asked; null while the store is away. */
  up: ValkeyConnection | null;
  /** A connection that has missed too much, and is tried once before it is given up. */
  doubted: ValkeyConnection | null;
  /** Decisions missed in a row. */
  misses: number;
  generation: number;
  isClosed: boolean;
  /** When it was last told that the store is away, and whether it was not told since that it is back. */
  toldAt: number | null;
  isToldAway: boolean;
  readonly listeners: Map<string, Set<(message: string) => void>>;
  readonly totals: { answered: number; missed: number; skipped: number };
  /** Ends the rest that {@link live} takes. */
  wake: () => void;
}

async function decide(
  store: Store,
  connection: ValkeyConnection,
  script: StoreScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<StoreReply | null> {
  const found = await runScript(store.race, connection, script, keys, args);
  if (isMissed(found)) {
    store.totals.missed++;
    const isAway = ++store.misses >= STORE_MISSES || refusesWrites(found.fault);
    if (connection === store.up && isAway) doubt(store, connection, found.fault);
    return null;
  }
  store.totals.answered++;
  store.misses = 0;
  return found;
}

/** Keeps the store connected, from its start until it is closed. */
async function live(store: Store): Promise<void> {
  while (!store.isClosed) {
    await bringUp(store);
    while (store.up !== null) await watch(store, store.up);
    if (!store.isClosed) await rest(store, STORE_PAUSE_MS);
  }
}

/** One trial: with the connection that is there, or else, or where that is of no use, with a new one. */
async function bringUp(store: Store): Promise<void> {
  let fault: StoreFault | null = "closed";
  if (store.doubted !== null) fault = await tryOut(store.race, store.doubted);
  if (fault !== null && !store.isClosed) {
    store.doubted?.end();
    store.doubted = null;
    fault = await reconnect(store);
  }
  if (store.isClosed) return;
  if (fault !== null) return tellAway(store, fault);
  store.misses = 0;
  store.up = store.doubted;
  store.doubted = null;
  if (store.isToldAway) store.log.info("store-back");
  store.isToldAway = false;
}

/** Makes a connection that hears every channel and has been tried out. Returns what is wrong; null where nothing is. */
async function reconnect(store: Store): Promise<StoreFault | null> {
  let connection: ValkeyConnection | null = null;
  try {
    connection = await connectValkey({
      url: store.valkey.url,
      clock: store.clock,
      onLost: (fault) => lose(store, connection, fault),
    });
    const made = connection;
    if (store.isClosed) {
      made.end();
      return null;
    }
    store.doubted = made;
    store.generation++;
    const heard = await Promise.all([...store.listeners.keys()].map((channel) => hear(store, made, channel)));
    const fault = heard.find((fault) => fault !== null) ?? await tryOut(store.race, made);
    // Lost, or closed, while it was tried out.
    if (fault === null && store.doubted !== made) return "closed";
    if (fault !== null) lose(store, made, fault);
    return fault;
  } catch (error) {
    lose(store, connection, faultOf(error));
    return faultOf(error);
  }
}

/** Hears a channel from now on. Returns what is wrong; null where nothing is. */
async function hear(
  store: Store,
  connection: ValkeyConnection,
  channel: string,
): Promise<StoreFault | null> {
  const onMessage = (message: string) => {
    for (const listener of [...store.listeners.get(channel) ?? []]) listener(message);
  };
  try {
    return await store.race.run(connection.subscribe(channel, onMessage)) === SILENT ? "silent" : null;
  } catch (error) {
    return faultOf(error);
  }
}

/** Waits until somebody else finds out that the store is away, or until nobody has asked for long: then it is tried. */
async function watch(store: Store, connection: ValkeyConnection): Promise<void> {
  const before = store.totals.answered;
  await rest(store, STORE_WATCH_MS);
  if (store.up !== connection || store.totals.answered > before) return;
  for (let missed = 0; missed < STORE_MISSES; missed++) {
    const fault = await tryOut(store.race, connection);
    if (fault === null || store.up !== connection) return;
    if (missed === STORE_MISSES - 1) doubt(store, connection, fault);
  }
}

/** The store is away; the connection is tried once more before another one is made. */
function doubt(store: Store, connection: ValkeyConnection, fault: StoreFault): void {
  store.up = null;
  store.doubted = connection;
  if (refusesWrites(fault)) store.generation++;
  tellAway(store, fault);
  store.wake();
}

/** The connection is over. */
function lose(store: Store, connection: ValkeyConnection | null, fault: StoreFault): void {
  connection?.end();
  if (connection === null || store.isClosed) return;
  if (store.doubted === connection) store.doubted = null;
  if (store.up !== connection) return;
  store.up = null;
  tellAway(store, fault);
  store.wake();
}

/** At most one line a minute, however often the store comes and goes. */
function tellAway(store: Store, fault: StoreFault): void {
  const now = store.clock.elapsed();
  if (store.toldAt !== null && now - store.toldAt < STORE_LOG_MS) return;
  store.toldAt = now;
  store.isToldAway = true;
  store.log.warn("store-degraded", {
    fault,
    problem: `the shared store cannot be asked: ${describeFault(fault)}`,
  });
}

/** Waits so long, or until it is woken. */
function rest(store: Store, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = store.clock.after(ms, resolve);
    store.wake = () => {
      cancel();
      resolve();
    };
  });
}
