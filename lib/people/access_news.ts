// News of what people changed of their connected apps: whoever learns of a change tells the other gateways, and each asks again sooner
// what it had found out of that person's apps. News allows nothing and refuses nothing: introspection alone does.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import { isJsonObject } from "../kit/json.ts";
import type { Clock } from "../kit/clock.ts";
import { ACCESS_NEWS_MS, INTROSPECTION_CACHE_MS, INTROSPECTION_ENTRIES } from "../kit/limits.ts";
import { areMarks, type Marks } from "../nodes/marks.ts";
import { createMessageShare } from "../nodes/message_share.ts";
import type { NodeMessages } from "../nodes/node_messages.ts";
import type { Principal } from "./principal.ts";

/** Hears and tells of changed access. */
export interface AccessNews {
  /** A connected client was let in: news of its person is about its token, too. */
  noteAdmitted(principal: Principal): void;
  /**
   * Introspection says something else of this client than before. `isOver`: that its access was taken back. Told once, and not by whoever
   * was told of it.
   */
  learnt(principal: Principal, isOver: boolean): void;
  /** The person has changed something, as their own page says just now. */
  changedBy(subject: string): void;
  /** `doubt` is told whose tokens there is news of. */
  onNews(doubt: (tokenId: string) => void): void;
  /** Calls `look` soon after news of the person, once what was found before is believed no more. Returns how to stop. */
  watch(subject: string, look: () => void): () => void;
}

/** Dependencies of {@link createAccessNews}. */
export interface AccessNewsDeps {
  readonly marks: Marks;
  readonly messages: Pick<NodeMessages, "send" | "on">;
  readonly clock: Clock;
}

/** Starts with nobody known. */
export function createAccessNews({ marks, messages, clock }: AccessNewsDeps): AccessNews {
  const people = createBoundedCache<PersonNews>(INTROSPECTION_ENTRIES);
  const doubters: ((tokenId: string) => void)[] = [];
  const noted = new WeakSet<Principal>();
  const personOf = (subject: string): PersonNews => {
    const mark = marks.own("person", subject);
    let person = people.get(mark);
    if (person === undefined) people.set(mark, person = new PersonNews());
    return person;
  };
  const spread = (person: PersonNews, known = ""): void => {
    for (const tokenId of person.tokens.keys()) {
      if (tokenId !== known) { for (const doubt of doubters) doubt(tokenId); }
    }
    person.lookSoon(clock);
  };
  messages.on("revoked", parseNews, (told) => {
    for (const mark of told) {
      const person = people.peek(mark);
      if (person === undefined) continue;
      person.heardAt = clock.elapsed();
      spread(person);
    }
  });
  const share = createMessageShare(clock);
  // Whoever clicks without a pause takes nobody else's news away; their own is found by asking then.
  const tell = (subject: string) => {
    if (share(subject)) messages.send("revoked", { person: marks.all("person", subject) });
  };
  return Object.freeze({
    noteAdmitted(principal: Principal): void {
      if (principal.client === null || noted.has(principal)) return;
      noted.add(principal);
      personOf(principal.subject).note(principal.client.tokenId, principal.expiresAt, clock.calendar());
    },
    learnt({ subject, client }: Principal, isOver: boolean): void {
      const person = personOf(subject);
      if (client === null || !person.tokens.has(client.tokenId)) return;
      // Whoever comes again with it tells nobody anything new.
      if (isOver) person.tokens.delete(client.tokenId);
      const isHeard = clock.elapsed() - person.heardAt < HEARD_MS;
      person.heardAt = clock.elapsed();
      // What was found just now of this token is the news.
      spread(person, client.tokenId);
      if (!isHeard) tell(subject);
    },
    changedBy(subject: string): void {
      const person = personOf(subject);
      person.heardAt = clock.elapsed();
      spread(person);
      tell(subject);
    },
    onNews: (doubt: (tokenId: string) => void) => void doubters.push(doubt),
    watch(subject: string, look: () => void): () => void {
      const person = personOf(subject);
      person.looks.add(look);
      return () => {
        person.looks.delete(look);
        person.restIfUnwatched();
      };
    },
  });
}

/** Whoever was told so lately finds the same change by itself, and tells nobody again: else each gateway would tell all others. */
const HEARD_MS = 2 * INTROSPECTION_CACHE_MS;
/** Tokens of one person that news is about, the newest: an app gets one every quarter of an hour. */
const MAX_TOKENS = 100;

/** What one person's connected apps were let in with. A class, since one is made per person. */
class PersonNews {
  /** By id of the token: when it ends, seconds since 1970. */
  readonly tokens = new Map<string, number>();
  readonly looks = new Set<() => void>();
  /** When there was news last, on `Clock.elapsed`. */
  heardAt = -Infinity;
  #cancel: (() => void) | null = null;

  note(tokenId: string, expiresAt: number, now: number): void {
    this.tokens.delete(tokenId);
    for (const [known, end] of this.tokens) if (end * 1000 <= now) this.tokens.delete(known);
    if (this.tokens.size >= MAX_TOKENS) this.tokens.delete(this.tokens.keys().next().value ?? "");
    this.tokens.set(tokenId, expiresAt);
  }

  /** However much news comes, streams are looked at four times a second at most. */
  lookSoon(clock: Clock): void {
    if (this.#cancel !== null || this.looks.size === 0) return;
    this.#cancel = clock.after(ACCESS_NEWS_MS, () => {
      this.#cancel = null;
      for (const look of [...this.looks]) look();
    });
  }

  restIfUnwatched(): void {
    if (this.looks.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
  }
}

function parseNews(body: unknown): readonly string[] | null {
  return isJsonObject(body) && areMarks(body.person) ? body.person : null;
}
