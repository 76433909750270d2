// Brings the news of a push to the open streams. Carries names of tables, never changes.
import type { NewChange } from "./changeset.ts";

/** Brings the news of a push to the open streams. */
export interface StreamHub {
  add(stream: OpenStream): void;
  remove(stream: OpenStream): void;
  /** Open streams of one person. */
  countOf(userId: string): number;
  /** Streams and distinct people, for `/health` and `/metrics`. */
  counts(): { readonly connections: number; readonly users: number };
  /**
   * Wakes the author's streams and those of the members of every space that was written to. In the reference
   * only the author's streams wake up (sync-protocol, section 4, item 4).
   */
  publish(author: { userId: string; app: string }, changes: readonly NewChange[]): Promise<void>;
  /** Ends the streams of one person, whose account is gone. */
  closeOf(userId: string): void;
  /** Ends all streams, for a graceful stop. */
  closeAll(): void;
}

/** Creates the hub; `membersOf` answers who belongs to a space now. */
export function createStreamHub(membersOf: (spaceId: string) => Promise<readonly string[]>): StreamHub {
  const byUser = new Map<string, Set<OpenStream>>();

  return {
    add(stream) {
      const mine = byUser.get(stream.userId) ?? new Set();
      byUser.set(stream.userId, mine.add(stream));
    },
    remove(stream) {
      const mine = byUser.get(stream.userId);
      mine?.delete(stream);
      if (mine?.size === 0) byUser.delete(stream.userId);
    },
    countOf: (userId) => byUser.get(userId)?.size ?? 0,
    counts() {
      let connections = 0;
      for (const mine of byUser.values()) connections += mine.size;
      return { connections, users: byUser.size };
    },
    async publish(author, changes) {
      if (byUser.size === 0) return;
      const news = new Map([[author.userId, new Set(changes.map((change) => change.table))]]);
      for (const [spaceId, shared] of Map.groupBy(changes, (change) => change.spaceId)) {
        if (spaceId === undefined) continue;
        for (const userId of await membersOf(spaceId)) {
          const tables = news.get(userId) ?? new Set();
          for (const change of shared) tables.add(change.table);
          news.set(userId, tables);
        }
      }
      for (const [userId, tables] of news) {
        for (const stream of byUser.get(userId) ?? []) {
          if (stream.app === author.app) stream.notify(tables);
        }
      }
    },
    closeOf(userId) {
      for (const stream of [...byUser.get(userId) ?? []]) stream.close();
    },
    closeAll() {
      for (const mine of [...byUser.values()]) for (const stream of [...mine]) stream.close();
    },
  };
}

/** A stream of one person on one app. */
export interface OpenStream {
  readonly userId: string;
  readonly app: string;
  /** These tables have new changes that this person may see. */
  notify(tables: Iterable<string>): void;
  /** Ends the stream. */
  close(): void;
}
