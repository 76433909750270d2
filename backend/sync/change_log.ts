// The append-only log of all changes of all people, in SQLite: what a push stores and what a pull reads.
// Never changes or deletes a row; only a persona's end does (personas/delete_records.ts). Contract: sync-protocol, sections 2 and 3.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../database/in_transaction.ts";
import { DELTA_CHANGES, PORTION_CHANGES } from "../kit/limits.ts";
import type { NewChange } from "./changeset.ts";
import type { LogClock } from "./log_clock.ts";
import { ChangeRow } from "./wire_change.ts";

/** The log. Positions and times are microseconds since 1970. */
export interface ChangeLog {
  /** Stores a push whole or not at all; when this returns it is on the disk. */
  append(author: Author, changes: readonly NewChange[]): void;
  /** Changes of one table after `since`, at most {@link PORTION_CHANGES} (sync-protocol, section 3). */
  portion(reader: Reader, table: string, since: number): ChangePortion;
  /** Changes of all tables of the app after `since`, at most {@link DELTA_CHANGES} (section 2). */
  delta(reader: Reader, since: number): ChangePortion;
}

/** Creates the log on `changes`. */
export function createChangeLog({ db, clock, randomUUID }: ChangeLogDeps): ChangeLog {
  const insert = prepareInsert(db);
  const tableSources = prepareSources(db, "app = ? AND table_name = ?");
  const appSources = prepareSources(db, "app = ?");
  return {
    append: (author, changes) =>
      inTransaction(db, () => {
        for (const change of changes) insert(clock.next(), randomUUID(), author, change);
      }),
    portion: (reader, table, since) =>
      read(clock, tableSources, reader, [reader.app, table], since, PORTION_CHANGES),
    delta: (reader, since) => read(clock, appSources, reader, [reader.app], since, DELTA_CHANGES),
  };
}

/** Time of the newest change that was ever stored in microseconds, 0 for an empty log. */
export function lastChangeAt(db: DatabaseSync): number {
  const Last = z.object({ last: z.number().nullable() });
  const maxima = ["changes", "change_log_floor"].map((table) =>
    Last.parse(db.prepare(`SELECT max(created_at) AS last FROM ${table}`).get()).last ?? 0
  );
  return Math.max(...maxima);
}

/** What the log needs. */
export interface ChangeLogDeps {
  readonly db: DatabaseSync;
  readonly clock: LogClock;
  readonly randomUUID: () => string;
}

/** Who writes, by which client, into which app. */
export interface Author {
  readonly userId: string;
  readonly clientId: string;
  readonly app: string;
}

/** Who reads: their own changes and those of their spaces, except those that this client wrote itself. */
export interface Reader extends Author {
  /** Spaces the person is a member of now. */
  readonly spaceIds: readonly string[];
}

/** Changes in the order of the log. */
export interface ChangePortion {
  readonly rows: readonly ChangeRow[];
  /** There are more after the last row. */
  readonly hasMore: boolean;
  /** Everything visible up to this time is in `rows`. */
  readonly until: number;
}

function prepareInsert(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO changes (created_at, event_id, user_id, space_id, app, table_name, record_id, op, client_id,
       schema_version, data, stamps, deleted_at, actor, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (at: number, eventId: string, author: Author, change: NewChange) =>
    void insert.run(
      at,
      eventId,
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

function toText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

const COLUMNS = `created_at, event_id, space_id, table_name, record_id, op, schema_version, data, stamps,
  deleted_at, actor, origin`;

/** The statements for a person's own changes and for those of one of their spaces. */
interface Sources {
  readonly own: StatementSync;
  readonly shared: StatementSync;
}

/**
 * One statement per source instead of one OR over all: each walks its own index in order and stops at the limit, so a
 * portion costs the portion and not the history.
 */
function prepareSources(db: DatabaseSync, what: string): Sources {
  const select = (whose: string) =>
    db.prepare(
      `SELECT ${COLUMNS} FROM changes WHERE ${whose} AND ${what} AND created_at > ? AND client_id <> ?
       ORDER BY created_at LIMIT ?`,
    );
  return { own: select("user_id = ?"), shared: select("space_id = ? AND user_id <> ?") };
}

function read(
  clock: LogClock,
  sources: Sources,
  reader: Reader,
  what: readonly string[],
  since: number,
  limit: number,
): ChangePortion {
  const until = clock.current();
  if (since >= until) return { rows: [], hasMore: false, until };
  const tail = [...what, since, reader.clientId, limit + 1];
  const found = [
    sources.own.all(reader.userId, ...tail),
    ...reader.spaceIds.map((spaceId) => sources.shared.all(spaceId, reader.userId, ...tail)),
  ];
  const rows = z.array(ChangeRow).parse(found.flat()).sort((a, b) => a.created_at - b.created_at);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { rows: shown, hasMore, until: hasMore ? last.created_at : until };
}
