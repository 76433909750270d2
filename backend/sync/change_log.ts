import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../database/in_transaction.ts";
import { DELTA_CHANGES, PAGE_CHANGES } from "../kit/limits.ts";
import type { NewChange } from "./changeset.ts";
import type { LogClock } from "./log_clock.ts";
import { ChangeRow } from "./wire_change.ts";

/** Who reads: their own changes and those of their spaces, except what this client wrote itself. */
export interface Reader {
  readonly userId: string;
  /** Spaces the person is a member of now. */
  readonly spaceIds: readonly string[];
  readonly clientId: string;
  readonly app: string;
}

/** Changes in the order of the log. */
export interface ChangePage {
  readonly rows: readonly ChangeRow[];
  /** There are more after the last one. */
  readonly hasMore: boolean;
  /** Everything visible up to here is in `rows`, in microseconds. */
  readonly until: number;
}

/** The append-only log of all changes of all people. */
export interface ChangeLog {
  /** Stores a push whole or not at all; when this returns it is on the disk. */
  append(author: { userId: string; clientId: string; app: string }, changes: readonly NewChange[]): void;
  /** One page of one table after `since` (sync-protocol, section 3). */
  page(reader: Reader, table: string, since: number): ChangePage;
  /** Changes of all tables of the app after `since`, at most {@link DELTA_CHANGES} (section 2). */
  delta(reader: Reader, since: number): ChangePage;
}

/** Time of the newest stored change in microseconds, 0 for an empty log. */
export function lastChangeAt(db: DatabaseSync): number {
  const Last = z.object({ last: z.number().nullable() });
  return Last.parse(db.prepare("SELECT max(created_at) AS last FROM changes").get()).last ?? 0;
}

const COLUMNS = `created_at, event_id, space_id, table_name, record_id, op, schema_version, data, stamps,
  deleted_at, actor, origin`;

/** What of the log's needs comes from outside. */
export interface ChangeLogDeps {
  readonly db: DatabaseSync;
  readonly clock: LogClock;
  readonly randomUUID: () => string;
}

/** Creates the log on `changes`. */
export function createChangeLog({ db, clock, randomUUID }: ChangeLogDeps): ChangeLog {
  const insert = db.prepare(
    `INSERT INTO changes (created_at, event_id, user_id, space_id, app, table_name, record_id, op, client_id,
       schema_version, data, stamps, deleted_at, actor, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  // One statement per source instead of one OR over all: each walks its own index in order and stops at the
  // limit, so a page costs the page and not the history.
  const select = (where: string) =>
    db.prepare(
      `SELECT ${COLUMNS} FROM changes WHERE ${where} AND client_id <> ? ORDER BY created_at LIMIT ?`,
    );
  const own = {
    page: select("user_id = ? AND app = ? AND table_name = ? AND created_at > ?"),
    delta: select("user_id = ? AND app = ? AND created_at > ?"),
  };
  const shared = {
    page: select("space_id = ? AND user_id <> ? AND app = ? AND table_name = ? AND created_at > ?"),
    delta: select("space_id = ? AND user_id <> ? AND app = ? AND created_at > ?"),
  };

  const read = (
    reader: Reader,
    since: number,
    limit: number,
    tables: readonly string[],
    kind: "page" | "delta",
  ) => {
    const until = clock.current();
    if (since >= until) return { rows: [], hasMore: false, until };
    const tail = [reader.app, ...tables, since, reader.clientId, limit + 1];
    const all = (statement: StatementSync, ...who: string[]) => statement.all(...who, ...tail);
    const found = [
      all(own[kind], reader.userId),
      ...reader.spaceIds.map((spaceId) => all(shared[kind], spaceId, reader.userId)),
    ];
    const rows = z.array(ChangeRow).parse(found.flat()).sort((a, b) => a.created_at - b.created_at);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const hasMore = rows.length > limit && last !== undefined;
    return { rows: shown, hasMore, until: hasMore ? last.created_at : until };
  };

  return {
    append(author, changes) {
      inTransaction(db, () => {
        for (const change of changes) {
          insert.run(
            clock.next(),
            randomUUID(),
            author.userId,
            change.spaceId ?? null,
            author.app,
            change.table,
            change.id,
            change.op,
            author.clientId,
            change.schemaVersion,
            toText(change.data),
            toText(change.stamps),
            change.deletedAt ?? null,
            toText(change.actor),
            change.origin ?? null,
          );
        }
      });
    },
    page: (reader, table, since) => read(reader, since, PAGE_CHANGES, [table], "page"),
    delta: (reader, since) => read(reader, since, DELTA_CHANGES, [], "delta"),
  };
}

function toText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
