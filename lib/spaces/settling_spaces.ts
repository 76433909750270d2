// From when on the sync service is sure to show everything of a shared space to a person: it believes memberships for five
// minutes, so records of a space that was joined meanwhile are held back. Contract: sync sections 6 and 11.17.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import type { Clock } from "../kit/clock.ts";
import { MEMBERSHIP_CACHE_ENTRIES, MEMBERSHIP_SETTLE_MS } from "../kit/limits.ts";
import type { Directory } from "./choose_space.ts";

/** Since when the gateway knows which people are in which shared spaces. */
export interface SettlingSpaces {
  /** To be called with each answer of the auth service about a person (`principalKey`). A space that it names no more is forgotten. */
  note(person: string, directory: Directory): void;
  /** One space of a person; null for the personal space, of which nothing is ever held back, and for a space that was not noted. */
  find(person: string, space: { readonly id: string; readonly kind: string }): SettlingSpace | null;
}

/**
 * Starts with no person, so that after a start of the process every shared space is new: nobody tells when a person joined.
 * Holds {@link MEMBERSHIP_CACHE_ENTRIES} people, and forgets who was noted longest ago.
 */
export function createSettlingSpaces(clock: Pick<Clock, "elapsed">): SettlingSpaces {
  const people = createBoundedCache<ReadonlyMap<string, SettlingSpace>>(MEMBERSHIP_CACHE_ENTRIES);
  return Object.freeze({
    note(person: string, { spaces }: Directory) {
      const before = people.peek(person);
      const now = clock.elapsed();
      const shared = spaces.filter(({ type }) => type !== "personal");
      people.set(
        person,
        new Map(shared.map(({ id }) => [id, before?.get(id) ?? new SettlingSpace(id, now)])),
      );
    },
    find: (person: string, { id, kind }: { readonly id: string; readonly kind: string }) =>
      kind === "personal" ? null : people.peek(person)?.get(id) ?? null,
  });
}

/** A shared space of one person. All times are of {@link Clock.elapsed}. A class, since whoever reads in the space shares the object. */
export class SettlingSpace {
  readonly id: string;
  /** When the auth service was first heard to name the space. */
  readonly seenAt: number;
  #settlesAt: number;

  constructor(id: string, seenAt: number) {
    this.id = id;
    this.seenAt = seenAt;
    this.#settlesAt = seenAt + MEMBERSHIP_SETTLE_MS;
  }

  /** What the sync service is asked from this time on, it answers whole. What was asked before may lack records of co-members. */
  get settlesAt(): number {
    return this.#settlesAt;
  }

  /**
   * To be called when the sync service, asked at `askedAt`, has shown what a co-member wrote in the space: so it knew of the
   * membership by then. An answer from before `seenAt` says nothing, since the person may have left and come back.
   */
  noteShown(askedAt: number): void {
    if (askedAt >= this.seenAt && askedAt < this.#settlesAt) this.#settlesAt = askedAt;
  }
}
