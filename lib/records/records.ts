// What a tool may do with records, by its access: always in the active space of the calling person. The promises stand here
// once; what a record looks like to a tool is in define_table.ts.

import type { SortKey } from "./sort_order.ts";
import type { PageRequest } from "./result_page.ts";
import type { PartTable, PlainRecord, Shape, StoredRecord, Table } from "./define_table.ts";
import type { z } from "zod";

/** What a tool may do with records, by the access it declares. */
export interface RecordsByAccess {
  readonly read: ReadRecords;
  readonly write: WriteRecords;
  readonly destructive: DestructiveRecords;
}

/** What a reading tool may do. */
export interface ReadRecords {
  /** Lists live records. Throws Refused (keys, upstreams, `cursor-invalid`). */
  list<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options?: ListOptions<S, E>,
  ): Promise<Listing<S>>;
  /** Searches live records. Throws as {@link list}. */
  search<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options: SearchOptions<S, E>,
  ): Promise<Findings<S>>;
  /** One live record; for a reading tool cut to what fits into a result. Throws Refused `record-not-found`. */
  get<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<StoredRecord<S>>;
  /**
   * One live record with a portion of its text `field`, from `offset` (UTF-16 code units) on and never from within a
   * character. The other fields are clipped. Throws Refused `record-not-found`.
   */
  getPortion<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
    field: keyof S & string,
    offset: number,
  ): Promise<RecordPortion<S>>;
  /**
   * Shows `visit` every live record in full, in no order, for a sum or a choice that needs them all: what a result holds is no
   * limit. Resolves to how many of them have an unreadable field. Throws as {@link list}.
   */
  scan<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    options: ScanOptions<S, E>,
    visit: (record: StoredRecord<S>) => void,
  ): Promise<number>;
  /** Shows `visit` the plaintext fields of every live record, in no order, and opens nothing: {@link scan} then opens the chosen ones. */
  lookThrough<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    visit: (record: PlainRecord<S, E>) => void,
  ): Promise<void>;
  /** The same for deleted records, as they were: a deleted instance of a series says that its day was taken out. */
  lookThroughDeleted<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    visit: (record: PlainRecord<S, E>) => void,
  ): Promise<void>;
  /** How many live records there are; opens nothing. */
  count<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    where?: (record: PlainRecord<S, E>) => boolean,
  ): Promise<number>;
}

/** What a writing tool may do: of what is stored it removes only parts, never a record of its own. */
export interface WriteRecords extends ReadRecords {
  /** A new id, for an item within a record such as a step of a checklist. Records get their ids by {@link insert}. */
  newId(): string;
  /**
   * Stores a new record and answers once the sync service has it. `values` are parsed by the table's schema.
   * Throws Refused `value-not-storable` for U+0000 and for text that starts with `enc:` in a sealed field,
   * `write-unknown` when no answer came before the deadline.
   */
  insert<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    values: z.input<z.ZodObject<S>>,
    options?: InsertOptions<S, E>,
  ): Promise<StoredRecord<S>>;
  /**
   * Changes fields of a live record. `change` sees the record as stored and returns the fields to set, or null to leave
   * the record as it is. Fields that have the value already are not written.
   * Throws Refused `record-not-found`, and never makes a ghost record.
   */
  update<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
    change: RowChange<S>,
  ): Promise<UpdatedRow<S>>;
  /**
   * Stores several rows, of any apps. `work` only plans; when it has returned, everything is sent in the order in which it was
   * added. When it throws, nothing was written. The callbacks of one space and module run one after the other, until what they
   * planned is stored. Throws what `work` throws, what a push throws when nothing can have been stored, and Refused
   * `write-partly` otherwise: the same call then completes the write. To be called once in a call, which writes nothing else.
   */
  writeTogether<T>(work: (rows: RowsTogether) => Promise<T>): Promise<T>;
}

/** What a destructive tool may do. */
export interface DestructiveRecords extends WriteRecords {
  /** As a writing tool's, and `remove` takes records of every table. */
  writeTogether<T>(work: (rows: AnyRowsTogether) => Promise<T>): Promise<T>;
  /** Gives a live record a `deletedAt`. A device that knows it can bring it back. Throws Refused `record-not-found`. */
  delete<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<void>;
}

/** The rows of one write, as the callback of `writeTogether` adds them. */
export interface RowsTogether {
  /** The id of a record that is inserted further down; `fixed` where it follows from another record, and no record has it yet. */
  newId(
    table: { readonly app: string; readonly name: string; readonly record: string },
    fixed?: string,
  ): string;
  /** As {@link WriteRecords.insert}; the record is not stored yet. Throws TypeError for an id that newId did not give. */
  insert<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    values: z.input<z.ZodObject<S>>,
    options?: PlannedInsert<S, E>,
  ): Promise<StoredRecord<S>>;
  /**
   * As {@link WriteRecords.update}, of the record as it is before this write; `change` is not called when an earlier call with
   * the same arguments has stored the update. Throws TypeError for a record that this write has already.
   */
  update<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
    change: RowChange<S>,
  ): Promise<UpdatedRow<S>>;
  /**
   * Gives a part a `deletedAt`. False where there is no such record, or none any more. Throws TypeError for a table that is not
   * defined with `isPart`, and for a record that this write has already.
   */
  remove<S extends Shape, E extends keyof S & string>(table: PartTable<S, E>, id: string): Promise<boolean>;
}

/** The rows of a destructive tool. */
export interface AnyRowsTogether extends RowsTogether {
  /** The same for a record of any table. */
  remove<S extends Shape, E extends keyof S & string>(table: Table<S, E>, id: string): Promise<boolean>;
}

/** Sees a record as stored and returns the fields to set, or null to leave the record as it is. */
export type RowChange<S extends Shape> = (
  current: StoredRecord<S>,
) => Partial<z.input<z.ZodObject<S>>> | null;

/** What an update has made of a record. */
export interface UpdatedRow<S extends Shape> {
  readonly record: StoredRecord<S>;
  readonly changed: boolean;
}

/** A field that can be sorted by. Never a sealed field, since the values that are sorted by go into cursors. */
export type PlainField<S extends Shape, E extends keyof S & string> =
  | Exclude<keyof S & string, E>
  | "createdAt"
  | "updatedAt";

/** How a listing is chosen. By default it has every live record by `createdAt`, newest first. */
export interface ListOptions<S extends Shape, E extends keyof S & string> {
  /** Keeps a record by its plaintext fields, before anything is opened. */
  readonly where?: (record: PlainRecord<S, E>) => boolean;
  /** Sorts by plaintext fields, the first key first. Ties are broken by id, so that the order is total. */
  readonly order?: readonly SortKey<PlainField<S, E>>[];
  /** Keeps a record by its opened fields. Records are opened in order, and only until the limit is reached. */
  readonly match?: ((record: StoredRecord<S>) => boolean) | undefined;
  /** The fields to give, besides those that every record has; all by default. A long text is for the tool that reads it. */
  readonly show?: readonly (keyof S & string)[];
  /** Which page of the listing, usually the tool's input as it is. By default all that fits into a result. */
  readonly page?: PageRequest;
}

/** What a scan looks at. */
export interface ScanOptions<S extends Shape, E extends keyof S & string>
  extends Pick<ListOptions<S, E>, "where"> {
  /** Only the records with these ids, as far as they are there. */
  readonly ids?: ReadonlySet<string>;
  /** Fields that the result shows of each record without naming it by its `id`: they count as handed out. */
  readonly shows?: readonly (keyof S & string)[];
  /** Whether `visit` looks for words that the app has given: that counts as a search, since it tells something of each text. */
  readonly isSearch?: boolean;
}

/** What a listing says besides its rows. */
export interface ListingEnd {
  /** Whether more records would have matched than are returned, by limit or by size. */
  readonly hasMore: boolean;
  /** As `cursor` of the same call it goes on with the very next record. Absent at the end, and without `page`. */
  readonly nextCursor?: string;
  /** How many of the rows have at least one unreadable field. */
  readonly unreadable: number;
}

/** One listing. */
export interface Listing<S extends Shape> extends ListingEnd {
  readonly rows: readonly StoredRecord<S>[];
}

/** What a search looks for, and where. */
export interface SearchOptions<S extends Shape, E extends keyof S & string> {
  /** Words that all have to occur, in double quotes as a phrase. Without words every record is found. */
  readonly query: string;
  /** The text field that counts more. */
  readonly heading: keyof S & string;
  /** The long text field, of which a hit has a snippet. */
  readonly body: keyof S & string;
  /** As in {@link ListOptions}. */
  readonly where?: (record: PlainRecord<S, E>) => boolean;
  /** The order among hits that fit equally well. */
  readonly order?: readonly SortKey<PlainField<S, E>>[];
  /** As in {@link ListOptions}. */
  readonly page?: PageRequest;
}

/** A record that a search has found. */
export interface Found<S extends Shape> {
  /** The record without its body. */
  readonly record: StoredRecord<S>;
  /** The body around the first match, or its beginning. Absent where the body cannot be read. */
  readonly snippet?: string;
}

/** What a search has found, the best first. */
export interface Findings<S extends Shape> extends ListingEnd {
  readonly rows: readonly Found<S>[];
}

/** One record with a portion of its long text: as much of it as fits into a result. */
export interface RecordPortion<S extends Shape> {
  readonly record: StoredRecord<S>;
  /** Length of the whole text in UTF-16 code units; 0 where the text cannot be read. */
  readonly chars: number;
  /** The offset at which the text goes on. Absent at its end. */
  readonly nextOffset?: number;
}

/** How a new record is stored. */
export interface InsertOptions<S extends Shape, E extends keyof S & string> {
  /**
   * The number field that lists are ordered by, smallest first. It is set to one above the highest number in the space, so
   * that the record comes last. Records made at the same time through this gateway get different numbers.
   */
  readonly lastBy?: Exclude<keyof S & string, E>;
}

/** How a new record is stored together with others. */
export interface PlannedInsert<S extends Shape, E extends keyof S & string> extends InsertOptions<S, E> {
  /** The id that `newId` gave for the record; a new one by default. */
  readonly id?: string;
}
