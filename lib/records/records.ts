import type { PlainRecord, Shape, StoredRecord, Table } from "./table.ts";
import type { z } from "zod";

/** How a listing is chosen. Everything is optional: the default is every live record by `createdAt`, newest first. */
export interface ListOptions<S extends Shape, E extends keyof S & string> {
  /** Keeps a record by its plaintext fields, before anything is opened. */
  readonly where?: (record: PlainRecord<S, E>) => boolean;
  /** Sorts by plaintext fields. Ties are broken by id, so that the order is total. */
  readonly order?: (a: PlainRecord<S, E>, b: PlainRecord<S, E>) => number;
  /** Keeps a record by its opened fields; opened in order and only until the limit is reached. */
  readonly match?: (record: StoredRecord<S>) => boolean;
  /** At most this many records. */
  readonly limit?: number;
}

/** One listing. */
export interface Listing<S extends Shape> {
  readonly rows: readonly StoredRecord<S>[];
  /** Whether more records would have matched than are returned (by limit or by size). */
  readonly hasMore: boolean;
  /** How many of `rows` have at least one unreadable field. */
  readonly unreadable: number;
}

/** What a reading tool may do with records: of the active space of the calling person, always. */
export interface ReadRecords {
  /** Lists live records. Throws Refused (keys, upstreams). */
  list<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options?: ListOptions<S, E>,
  ): Promise<Listing<S>>;
  /** One live record in full. Throws Refused `record-not-found`. */
  get<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<StoredRecord<S>>;
  /** How many live records there are; opens nothing. */
  count<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    where?: (record: PlainRecord<S, E>) => boolean,
  ): Promise<number>;
}

/** What a writing tool may do: never delete. */
export interface WriteRecords extends ReadRecords {
  /**
   * Stores a new record and answers once the sync service has it. `values` is parsed with the table's row schema.
   * Throws Refused `value-not-storable` for U+0000 and for text that starts with `enc:` in a sealed field,
   * `write-unknown` when no answer came before the deadline.
   */
  insert<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    values: z.input<z.ZodObject<S>>,
  ): Promise<StoredRecord<S>>;
  /**
   * Changes fields of a live record of the active space; `change` sees the record as stored and returns the fields to
   * set, or null to leave it as it is. Fields whose value is equal already are not written.
   * Throws Refused `record-not-found`, never makes a ghost record.
   */
  update<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
    change: (current: StoredRecord<S>) => Partial<z.input<z.ZodObject<S>>> | null,
  ): Promise<{ readonly record: StoredRecord<S>; readonly changed: boolean }>;
}

/** What a destructive tool may do. */
export interface DestructiveRecords extends WriteRecords {
  /** Soft delete: the record gets a `deletedAt` and can be brought back in the app. Throws Refused `record-not-found`. */
  delete<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<void>;
}

/** Capabilities over records by the access a tool declares. */
export interface RecordsByAccess {
  readonly read: ReadRecords;
  readonly write: WriteRecords;
  readonly destructive: DestructiveRecords;
}
