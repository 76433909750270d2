// The open sessions of 2025 clients: whose they are, how many one person may have, and which are in use. What a session is made
// of stands in session.ts, when an unused session ends in idle_sessions.ts; nothing here knows MCP, tokens or requests.
import type { Clock } from "../../kit/clock.ts";
import { principalKey } from "../../people/principal.ts";
import { Refused } from "../../kit/errors.ts";
import { createIdleSessions, type IdleSession, type IdleSessions } from "./idle_sessions.ts";
import type { MadeId, Person } from "./session_ids.ts";
import { type Closable, type Leasable, Lease, type SessionLease } from "./session_lease.ts";

/** Legacy sessions. A person is (issuer, subject): tokens change at every refresh, people do not. */
export interface SessionStore<Session extends Closable> {
  /**
   * Opens a session of `person` and leases it. When they have as many as allowed, their oldest idle session is closed.
   * Throws Refused `sessions-full` (all of theirs are in use, or the store is full) or `stopping`, before `build` runs.
   */
  open(
    person: Person,
    build: (id: string) => Promise<Session>,
    makeId?: () => MadeId,
  ): Promise<SessionLease<Session>>;
  /** Leases a session. Throws Refused `session-unknown` (also when ended or idle for too long) or `session-foreign`; also as {@link open}. */
  enter(id: string, person: Person): SessionLease<Session>;
  /**
   * Notes that a session was used, for a request that only reads from it; refuses like {@link enter}. Such a request goes on
   * when the session ends.
   */
  touch(id: string, person: Person): Session;
  /** A session that is in the store; does nothing to it, and revives none. */
  peek(id: string): Session | undefined;
  /** Ends a session and closes it; does nothing when it has ended already. */
  end(id: string): void;
  count(): number;
  /** Ends all sessions and lets no more be opened; resolves when they are closed. */
  closeAll(): Promise<void>;
}

/** Dependencies of {@link createSessionStore}. */
export interface SessionStoreDeps<Session> {
  readonly clock: Clock;
  /** At least 128 random bits in visible ASCII: `newSessionId` of session_ids.ts. */
  readonly newId: () => string;
  readonly limits: SessionLimits;
  /** Makes a session again that is not in the store. Waits for nothing: two requests that bring one id share one session. */
  readonly revive?: (id: string, person: Person) => Pick<Leasable<Session>, "session" | "endsAt">;
  /** Told when closing a session fails; the session is over all the same. */
  readonly onError: (error: unknown) => void;
  /** Told of each session that has ended, and how long it was here, in milliseconds. */
  readonly onEnded?: (session: Session, ms: number) => void;
}

/** Bounds of the store, so that repeating `initialize` costs nobody but the repeater. */
export interface SessionLimits {
  readonly perPerson: number;
  readonly total: number;
  /** A session without a request or an open stream for this long is closed. */
  readonly idleMs: number;
}

/** Starts with no session. */
export function createSessionStore<Session extends Closable>(
  deps: SessionStoreDeps<Session>,
): SessionStore<Session> {
  const { clock, limits: { idleMs } } = deps;
  const store: Store<Session> = {
    deps,
    entries: new Map(),
    owners: new Map(),
    idle: createIdleSessions({ clock, idleMs, expire: ({ id }) => endSession(store, id) }),
    closing: new Set(),
    released: (entry) => restEntry(store, entry),
    isStopped: false,
  };
  return {
    open: (person, build, makeId) => openSession(store, person, build, makeId),
    enter(id, person) {
      const entry = findEntry(store, id, person);
      store.idle.remove(entry);
      entry.leases++;
      return new Lease(entry, store.released);
    },
    touch(id, person) {
      const entry = findEntry(store, id, person);
      if (entry.leases === 0) {
        store.idle.remove(entry);
        store.idle.add(entry);
      }
      return entry.session;
    },
    peek: (id) => store.entries.get(id)?.session,
    end: (id) => endSession(store, id),
    count: () => store.entries.size,
    async closeAll() {
      store.isStopped = true;
      for (const id of [...store.entries.keys()]) endSession(store, id);
      await Promise.all(store.closing);
    },
  };
}

/** The state of a store. */
interface Store<Session> {
  readonly deps: SessionStoreDeps<Session>;
  readonly entries: Map<string, Entry<Session>>;
  readonly owners: Map<string, Owner<Session>>;
  readonly idle: IdleSessions<Entry<Session>>;
  readonly closing: Set<Promise<void>>;
  /** Made once: a lease is made per request. */
  readonly released: (entry: BuiltEntry<Session>) => void;
  isStopped: boolean;
}

/** One person; one value for all sessions of theirs. */
interface Owner<Session> {
  readonly key: string;
  readonly person: Person;
  readonly entries: Set<Entry<Session>>;
}

interface Entry<Session> extends IdleSession<Entry<Session>>, Omit<Leasable<Session>, "session"> {
  /** When it was opened or revived here, by `Clock.elapsed`. */
  readonly openedAt: number;
  readonly owner: Owner<Session>;
  /** Undefined while the session is being built. */
  session?: Session;
}

type BuiltEntry<Session> = Entry<Session> & { readonly session: Session };

async function openSession<Session extends Closable>(
  store: Store<Session>,
  person: Person,
  build: (id: string) => Promise<Session>,
  makeId: () => MadeId = () => ({ id: store.deps.newId(), endsAt: Infinity }),
): Promise<SessionLease<Session>> {
  const entry = reserveEntry(store, person, makeId);
  let session: Session;
  try {
    session = await build(entry.id);
  } catch (error) {
    endSession(store, entry.id);
    throw error;
  }
  if (store.entries.get(entry.id) !== entry) {
    closeSession(store, session);
    throw new Refused({ reason: "stopping" });
  }
  return new Lease(Object.assign(entry, { session }), store.released);
}

/** Takes the place before anything is awaited, so that many at once cannot pass the limits together. */
function reserveEntry<Session extends Closable>(
  store: Store<Session>,
  person: Person,
  makeId: () => MadeId,
): Entry<Session> {
  const { entries, owners, deps } = store;
  if (store.isStopped) throw new Refused({ reason: "stopping" });
  const key = principalKey(person);
  makeRoom(store, key);
  const { issuer, subject } = person;
  const owner = owners.get(key) ?? { key, person: { issuer, subject }, entries: new Set() };
  const openedAt = deps.clock.elapsed();
  const entry: Entry<Session> = { ...makeId(), owner, leases: 1, openedAt, idleSince: openedAt };
  if (entries.has(entry.id)) throw new Error("Cannot open session: the new id is already in use");
  entries.set(entry.id, entry);
  owners.set(key, owner);
  owner.entries.add(entry);
  store.idle.start();
  return entry;
}

/** Throws Refused `sessions-full`. Nobody else's session is closed for a newcomer: a crowd must not be able to end everyone's work. */
function makeRoom<Session extends Closable>(store: Store<Session>, ownerKey: string): void {
  const { perPerson, total } = store.deps.limits;
  store.idle.sweep();
  const own = store.owners.get(ownerKey)?.entries ?? new Set();
  const isOwnFull = own.size >= perPerson;
  if (!isOwnFull && store.entries.size < total) return;
  const [oldest] = [...own].filter(({ leases }) => leases === 0).sort((a, b) => a.idleSince - b.idleSince);
  // Where the store is full, a session goes for another one of its person only if its id brings it back.
  if (oldest === undefined || !isOwnFull && oldest.endsAt === Infinity) {
    throw new Refused({ reason: "sessions-full" });
  }
  endSession(store, oldest.id);
  if (store.entries.size >= total) throw new Refused({ reason: "sessions-full" });
}

/** Throws Refused `session-unknown` or `session-foreign`. */
function findEntry<Session extends Closable>(
  store: Store<Session>,
  id: string,
  person: Person,
): BuiltEntry<Session> {
  store.idle.sweep();
  const entry = store.entries.get(id) ?? reviveEntry(store, id, person);
  if (!isBuilt(entry)) throw new Refused({ reason: "session-unknown" });
  if (entry.endsAt !== Infinity && entry.endsAt <= store.deps.clock.calendar()) {
    endSession(store, id);
    throw new Refused({ reason: "session-unknown" });
  }
  const { issuer, subject } = entry.owner.person;
  if (issuer !== person.issuer || subject !== person.subject) {
    throw new Refused({ reason: "session-foreign" });
  }
  return entry;
}

function isBuilt<Session>(entry: Entry<Session>): entry is BuiltEntry<Session> {
  return entry.session !== undefined;
}

function reviveEntry<Session extends Closable>(
  store: Store<Session>,
  id: string,
  person: Person,
): Entry<Session> {
  const revived = store.deps.revive?.(id, person);
  if (revived === undefined) throw new Refused({ reason: "session-unknown" });
  const { session, endsAt } = revived;
  return Object.assign(reserveEntry(store, person, () => ({ id, endsAt })), { session, leases: 0 });
}

/** The last of the requests that used a session is through with it. */
function restEntry<Session extends Closable>(store: Store<Session>, entry: BuiltEntry<Session>): void {
  if (store.entries.get(entry.id) !== entry) return;
  store.idle.add(entry);
  entry.session.rest?.();
}

function endSession<Session extends Closable>(store: Store<Session>, id: string): void {
  const entry = store.entries.get(id);
  if (entry === undefined) return;
  const { owner, session } = entry;
  store.entries.delete(id);
  store.idle.remove(entry);
  owner.entries.delete(entry);
  if (owner.entries.size === 0) store.owners.delete(owner.key);
  if (store.entries.size === 0) store.idle.stop();
  if (session === undefined) return;
  closeSession(store, session);
  store.deps.onEnded?.(session, store.deps.clock.elapsed() - entry.openedAt);
}

function closeSession<Session extends Closable>({ deps, closing }: Store<Session>, session: Session): void {
  const closed: Promise<void> = Promise.resolve()
    .then(() => session.close())
    .catch(deps.onError)
    .finally(() => closing.delete(closed));
  closing.add(closed);
}
