// The open sessions of 2025 clients: whose they are, how many one person may have, and which are in use. What a session is made
// of stands in session.ts, when an unused session ends in idle_sessions.ts; nothing here knows MCP, tokens or requests.
import type { Clock } from "../../kit/clock.ts";
import { type Principal, principalKey } from "../../people/principal.ts";
import { Refused } from "../../kit/errors.ts";
import { createIdleSessions, type IdleSession, type IdleSessions } from "./idle_sessions.ts";

/** Legacy sessions. A person is (issuer, subject): tokens change at every refresh, people do not. */
export interface SessionStore<Session extends Closable> {
  /**
   * Opens a session of `person` and leases it. When they have as many as allowed, their oldest idle session is closed.
   * Throws Refused `sessions-full` (all of theirs are in use, or the store is full) or `stopping`, before `build` runs.
   */
  open(person: Person, build: (id: string) => Promise<Session>): Promise<SessionLease<Session>>;
  /** Leases a session. Throws Refused `session-unknown` (also when ended or idle for too long) or `session-foreign`. */
  enter(id: string, person: Person): SessionLease<Session>;
  /**
   * Notes that a session was used, for a request that only reads from it; refuses like {@link enter}. Such a request goes on
   * when the session ends.
   */
  touch(id: string, person: Person): Session;
  /** Ends a session and closes it; does nothing when it has ended already. */
  end(id: string): void;
  count(): number;
  /** Ends all sessions and lets no more be opened; resolves when they are closed. */
  closeAll(): Promise<void>;
}

/** What the store needs of a session. */
export interface Closable {
  /** Called once, when the session ends. */
  close(): Promise<void>;
  /** Called when the last lease has been released, each time; must not throw. */
  rest?(): void;
}

/** The right to use a session for one request. The session is not idle before {@link release}. */
export interface SessionLease<Session> {
  readonly id: string;
  readonly session: Session;
  /** To be called when the answer has been sent completely; calling it again does nothing. */
  release(): void;
}

/** Dependencies of {@link createSessionStore}. */
export interface SessionStoreDeps {
  readonly clock: Clock;
  /** At least 128 random bits in visible ASCII: {@link newSessionId}. */
  readonly newId: () => string;
  readonly limits: SessionLimits;
  /** Told when closing a session fails; the session is over all the same. */
  readonly onError: (error: unknown) => void;
}

/** Bounds of the store, so that repeating `initialize` costs nobody but the repeater. */
export interface SessionLimits {
  readonly perPerson: number;
  readonly total: number;
  /** A session without a request or an open stream for this long is closed. */
  readonly idleMs: number;
}

type Person = Pick<Principal, "issuer" | "subject">;

/** Starts with no session. */
export function createSessionStore<Session extends Closable>(deps: SessionStoreDeps): SessionStore<Session> {
  const { clock, limits: { idleMs } } = deps;
  const store: Store<Session> = {
    deps,
    entries: new Map(),
    owners: new Map(),
    idle: createIdleSessions({ clock, idleMs, expire: ({ id }) => endSession(store, id) }),
    closing: new Set(),
    isStopped: false,
  };
  return {
    open: (person, build) => openSession(store, person, build),
    enter(id, person) {
      const entry = findEntry(store, id, person);
      store.idle.remove(entry);
      entry.leases++;
      return new Lease(store, entry);
    },
    touch(id, person) {
      const entry = findEntry(store, id, person);
      if (entry.leases === 0) {
        store.idle.remove(entry);
        store.idle.add(entry);
      }
      return entry.session;
    },
    end: (id) => endSession(store, id),
    count: () => store.entries.size,
    async closeAll() {
      store.isStopped = true;
      for (const id of [...store.entries.keys()]) endSession(store, id);
      await Promise.all(store.closing);
    },
  };
}

/** A session id of 192 random bits (MCP 2025-11-25: globally unique, cryptographically secure, visible ASCII). */
export function newSessionId(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}

/** The state of a store. */
interface Store<Session> {
  readonly deps: SessionStoreDeps;
  readonly entries: Map<string, Entry<Session>>;
  readonly owners: Map<string, Owner<Session>>;
  readonly idle: IdleSessions<Entry<Session>>;
  readonly closing: Set<Promise<void>>;
  isStopped: boolean;
}

/** One person with a session; one value for all of theirs. */
interface Owner<Session> {
  readonly key: string;
  readonly person: Person;
  readonly entries: Set<Entry<Session>>;
}

interface Entry<Session> extends IdleSession<Entry<Session>> {
  readonly id: string;
  readonly owner: Owner<Session>;
  /** Undefined while the session is being built. */
  session?: Session;
  leases: number;
}

type BuiltEntry<Session> = Entry<Session> & { readonly session: Session };

async function openSession<Session extends Closable>(
  store: Store<Session>,
  person: Person,
  build: (id: string) => Promise<Session>,
): Promise<SessionLease<Session>> {
  if (store.isStopped) throw new Refused({ reason: "stopping" });
  const entry = reserveEntry(store, person);
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
  return new Lease(store, Object.assign(entry, { session }));
}

/** Takes the place before anything is awaited, so that many at once cannot pass the limits together. */
function reserveEntry<Session extends Closable>(store: Store<Session>, person: Person): Entry<Session> {
  const { entries, owners, deps } = store;
  const key = principalKey(person);
  makeRoom(store, key);
  const { issuer, subject } = person;
  const owner = owners.get(key) ?? { key, person: { issuer, subject }, entries: new Set() };
  const entry: Entry<Session> = { id: deps.newId(), owner, leases: 1, idleSince: deps.clock.elapsed() };
  if (entries.has(entry.id)) throw new Error("Cannot open session: the new id is already in use");
  entries.set(entry.id, entry);
  owners.set(key, owner);
  owner.entries.add(entry);
  store.idle.start();
  return entry;
}

/** Throws Refused `sessions-full`. */
function makeRoom<Session extends Closable>(store: Store<Session>, ownerKey: string): void {
  const { limits } = store.deps;
  store.idle.sweep();
  const own = store.owners.get(ownerKey)?.entries;
  if (own !== undefined && own.size >= limits.perPerson) {
    const [oldest] = [...own].filter(({ leases }) => leases === 0).sort((a, b) => a.idleSince - b.idleSince);
    if (oldest === undefined) throw new Refused({ reason: "sessions-full" });
    endSession(store, oldest.id);
  }
  // Nobody else's session is closed for a newcomer: a crowd of newcomers must not be able to end everyone's work.
  if (store.entries.size >= limits.total) throw new Refused({ reason: "sessions-full" });
}

/** Throws Refused `session-unknown` or `session-foreign`. */
function findEntry<Session extends Closable>(
  store: Store<Session>,
  id: string,
  person: Person,
): BuiltEntry<Session> {
  store.idle.sweep();
  const entry = store.entries.get(id);
  if (entry === undefined || !isBuilt(entry)) throw new Refused({ reason: "session-unknown" });
  const { issuer, subject } = entry.owner.person;
  if (issuer !== person.issuer || subject !== person.subject) {
    throw new Refused({ reason: "session-foreign" });
  }
  return entry;
}

function isBuilt<Session>(entry: Entry<Session>): entry is BuiltEntry<Session> {
  return entry.session !== undefined;
}

/** A class, since one is made per request. */
class Lease<Session extends Closable> implements SessionLease<Session> {
  readonly id: string;
  readonly session: Session;
  readonly #store: Store<Session>;
  readonly #entry: Entry<Session>;
  #isReleased = false;

  constructor(store: Store<Session>, entry: BuiltEntry<Session>) {
    this.id = entry.id;
    this.session = entry.session;
    this.#store = store;
    this.#entry = entry;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    const entry = this.#entry;
    entry.leases--;
    if (entry.leases > 0 || this.#store.entries.get(entry.id) !== entry) return;
    this.#store.idle.add(entry);
    this.session.rest?.();
  }
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
  if (session !== undefined) closeSession(store, session);
}

function closeSession<Session extends Closable>({ deps, closing }: Store<Session>, session: Session): void {
  const closed: Promise<void> = Promise.resolve()
    .then(() => session.close())
    .catch(deps.onError)
    .finally(() => closing.delete(closed));
  closing.add(closed);
}
