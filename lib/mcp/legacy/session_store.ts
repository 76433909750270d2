import type { Clock } from "../../kit/clock.ts";
import { type Principal, principalKey } from "../../people/principal.ts";
import { Refused } from "../../kit/errors.ts";
import { createLinkedOrder, type LinkedItem } from "../../kit/linked_order.ts";

/** Whatever a session keeps alive; closed when the session ends. */
export interface SessionResource {
  close(): Promise<void>;
  /** Called when the last lease has been released, each time; must not throw. */
  rest?(): void;
}

/** Dependencies of {@link createSessions}. */
export interface SessionsDeps {
  readonly clock: Clock;
  /** At least 128 random bits in visible ASCII: {@link newSessionId}. */
  readonly newId: () => string;
  readonly limits: SessionLimits;
  /** Told when closing a resource fails; the session is over all the same. */
  readonly onError: (error: unknown) => void;
}

/** Bounds of the store, so that repeating `initialize` costs nobody but the repeater. */
export interface SessionLimits {
  readonly perPerson: number;
  readonly total: number;
  /** A session without a request or an open stream for this long is closed. */
  readonly idleMs: number;
}

/** The right to use a session for one request. The session is not idle before {@link release}. */
export interface SessionLease<Resource> {
  readonly id: string;
  readonly resource: Resource;
  /** To be called when the answer has been sent completely; calling it again does nothing. */
  release(): void;
}

/** Legacy sessions. A person is (issuer, subject): tokens change at every refresh, people do not. */
export interface Sessions<Resource extends SessionResource> {
  /**
   * Opens a session of `person` and leases it. When they have as many as allowed, their oldest idle one is closed.
   * Throws Refused `sessions-full` (all of theirs are in use, or the store is full) or `stopping`, before `build` runs.
   */
  open(person: Person, build: (id: string) => Promise<Resource>): Promise<SessionLease<Resource>>;
  /** Leases a session. Throws Refused `session-unknown` (also when ended or idle for too long) or `session-foreign`. */
  enter(id: string, person: Person): SessionLease<Resource>;
  /**
   * Notes that a session was used, for a request that wants nothing but to know of it; refuses like {@link enter}. Such a
   * request goes on when the session ends.
   */
  touch(id: string, person: Person): Resource;
  /** Ends a session and closes its resource; does nothing when it has ended already. */
  end(id: string): void;
  count(): number;
  /** Ends all sessions and lets no more be opened; resolves when their resources are closed. */
  closeAll(): Promise<void>;
}

type Person = Pick<Principal, "issuer" | "subject">;

/** A session id of 192 random bits (MCP 2025-11-25: globally unique, cryptographically secure, visible ASCII). */
export function newSessionId(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}

/** One person with a session; one value for all of theirs. */
interface Owner<Resource> {
  readonly key: string;
  readonly person: Person;
  readonly sessions: Set<Entry<Resource>>;
}

interface Entry<Resource> extends LinkedItem<Entry<Resource>> {
  readonly id: string;
  readonly owner: Owner<Resource>;
  /** Undefined while it is being built. */
  resource?: Resource;
  leases: number;
  idleSince: number;
}

/** Creates an empty store. At most one timer is armed, and none while there is no session. */
export function createSessions<Resource extends SessionResource>(deps: SessionsDeps): Sessions<Resource> {
  const { limits } = deps;
  const entries = new Map<string, Entry<Resource>>();
  const byOwner = new Map<string, Owner<Resource>>();
  /** The unused ones: a sweep looks at what it closes and one more, however many there are. */
  const idle = createLinkedOrder<Entry<Resource>>();
  const closing = new Set<Promise<void>>();
  let disarm: (() => void) | undefined;
  let stopped = false;

  function arm(): void {
    if (disarm !== undefined || entries.size === 0) return;
    const oldest = idle.oldest();
    const delayMs = oldest === undefined
      ? limits.idleMs
      : oldest.idleSince + limits.idleMs - deps.clock.elapsed();
    disarm = deps.clock.after(Math.max(delayMs, 1), () => {
      disarm = undefined;
      sweep();
      arm();
    });
  }

  function sweep(): void {
    const oldestAllowed = deps.clock.elapsed() - limits.idleMs;
    for (;;) {
      const oldest = idle.oldest();
      if (oldest === undefined || oldest.idleSince > oldestAllowed) return;
      end(oldest.id); // which takes it out
    }
  }

  function close(resource: Resource): void {
    const closed: Promise<void> = Promise.resolve()
      .then(() => resource.close())
      .catch(deps.onError)
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function end(id: string): void {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    idle.remove(entry);
    entry.owner.sessions.delete(entry);
    if (entry.owner.sessions.size === 0) byOwner.delete(entry.owner.key);
    if (entries.size === 0) {
      disarm?.();
      disarm = undefined;
    }
    if (entry.resource !== undefined) close(entry.resource);
  }

  function lease(entry: Entry<Resource>, resource: Resource): SessionLease<Resource> {
    let released = false;
    return {
      id: entry.id,
      resource,
      release() {
        if (released) return;
        released = true;
        entry.leases--;
        if (entry.leases > 0 || entries.get(entry.id) !== entry) return;
        entry.idleSince = deps.clock.elapsed();
        idle.add(entry);
        resource.rest?.();
      },
    };
  }

  /** Throws Refused `session-unknown` or `session-foreign`. */
  function entryOf(id: string, person: Person): { entry: Entry<Resource>; resource: Resource } {
    sweep();
    const entry = entries.get(id);
    if (entry?.resource === undefined) throw new Refused({ reason: "session-unknown" });
    const { issuer, subject } = entry.owner.person;
    if (issuer !== person.issuer || subject !== person.subject) {
      throw new Refused({ reason: "session-foreign" });
    }
    return { entry, resource: entry.resource };
  }

  function makeRoom(key: string): void {
    sweep();
    const own = byOwner.get(key)?.sessions;
    if (own !== undefined && own.size >= limits.perPerson) {
      const [oldest] = [...own].filter((entry) => entry.leases === 0).sort((a, b) =>
        a.idleSince - b.idleSince
      );
      if (oldest === undefined) throw new Refused({ reason: "sessions-full" });
      end(oldest.id);
    }
    // Nobody else's session is closed for a newcomer: a crowd of them must not be able to end everyone's work.
    if (entries.size >= limits.total) throw new Refused({ reason: "sessions-full" });
  }

  return {
    async open(person, build) {
      if (stopped) throw new Refused({ reason: "stopping" });
      const key = principalKey(person);
      makeRoom(key);
      const owner = byOwner.get(key) ??
        { key, person: { issuer: person.issuer, subject: person.subject }, sessions: new Set() };
      const entry: Entry<Resource> = { id: deps.newId(), owner, leases: 1, idleSince: deps.clock.elapsed() };
      if (entries.has(entry.id)) throw new Error("Cannot open session: the new id is already in use");
      // The place is taken before anything is awaited, so that many at once cannot pass the limits together.
      entries.set(entry.id, entry);
      byOwner.set(key, owner);
      owner.sessions.add(entry);
      arm();
      let resource: Resource;
      try {
        resource = await build(entry.id);
      } catch (error) {
        end(entry.id);
        throw error;
      }
      if (entries.get(entry.id) !== entry) {
        close(resource);
        throw new Refused({ reason: "stopping" });
      }
      entry.resource = resource;
      return lease(entry, resource);
    },
    enter(id, person) {
      const { entry, resource } = entryOf(id, person);
      idle.remove(entry);
      entry.leases++;
      return lease(entry, resource);
    },
    touch(id, person) {
      const { entry, resource } = entryOf(id, person);
      if (entry.leases === 0) {
        idle.remove(entry);
        entry.idleSince = deps.clock.elapsed();
        idle.add(entry);
      }
      return resource;
    },
    end,
    count: () => entries.size,
    async closeAll() {
      stopped = true;
      for (const id of [...entries.keys()]) end(id);
      await Promise.all(closing);
    },
  };
}
