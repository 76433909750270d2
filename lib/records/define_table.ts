// Tables: the one truth for app id, table name, fields and sealed fields, and what a record of a table looks like to a tool.
// How records of a table are read is records.ts; which fields must be sealed is the contract's word (collections).

import type { z } from "zod";

/**
 * Checks a definition and makes it a table. Throws TypeError when a sealed field is not a field of the row, or when the row
 * has a field that every record has anyway.
 */
export function defineTable<
  const S extends Shape,
  const E extends keyof S & string,
  const P extends boolean = false,
>(
  definition: TableDefinition<S, E> & { readonly isPart?: P },
): Table<S, E> & { readonly isPart: P } {
  for (const field of definition.encrypted) {
    if (!(field in definition.row.shape)) {
      throw new TypeError(
        `Cannot define table ${definition.app}/${definition.name}: encrypted field ${field} is not in the row`,
      );
    }
  }
  for (const field of RESERVED) {
    if (field in definition.row.shape) {
      throw new TypeError(
        `Cannot define table ${definition.app}/${definition.name}: field ${field} is the repository's own`,
      );
    }
  }
  const { encrypted, row, newRecords, isPart = false, plainTextsOccur = false } = definition;
  const table: Table<S, E> = Object.freeze({
    ...definition,
    isPart,
    plainTextsOccur,
    encrypted: Object.freeze([...encrypted]),
    encryptedSet: new Set<string>([...encrypted, ...newRecords?.sealed ?? []]),
    newRecords: newRecords ?? plainlyNew(row, encrypted),
  });
  if (!isMarked(table, isPart)) throw new TypeError(`Cannot define table ${table.app}/${table.name}`);
  return table;
}

/** Says to the compiler that a table has the mark that its definition gave. */
function isMarked<T extends { readonly isPart: boolean }, P extends boolean>(
  table: T,
  isPart: P | false,
): table is T & { readonly isPart: P } {
  return table.isPart === isPart;
}

/** New records as the row says, for a table that an author describes without data. */
function plainlyNew(row: z.ZodObject, sealed: readonly string[]): NewRecords {
  return { schema: () => row, sealed, visibility: "space" };
}

/** Fields of a row by name. */
export type Shape = z.ZodRawShape;

/** What the author of a module writes; see docs/authoring-tools.md. */
export interface TableDefinition<S extends Shape = Shape, E extends keyof S & string = keyof S & string> {
  /** App id on the wire, e.g. `todo`. */
  readonly app: string;
  /** Table name on the wire, e.g. `tasks`. */
  readonly name: string;
  /** What one record is called in messages, e.g. `task`. */
  readonly record: string;
  /** The record's own fields. `id`, `createdAt` and `updatedAt` are added to them. */
  readonly row: z.ZodObject<S>;
  /** Fields that are sealed in the personal space (contract: collections). */
  readonly encrypted: readonly E[];
  /** How new records are written; by default as `row` says, visible to everybody in the space. */
  readonly newRecords?: NewRecords;
  /**
   * The records are parts of others, and go with them: a log, a time block, a row that joins two records. A writing tool may
   * remove them. False by default.
   */
  readonly isPart?: boolean;
  /**
   * The Mana apps store plaintext in sealed fields of this table (contract: modules section 1). It is read under `REQUIRE_SEALED` as
   * well, and no finding. False by default.
   */
  readonly plainTextsOccur?: boolean;
}

/** A checked table. */
export interface Table<S extends Shape = Shape, E extends keyof S & string = keyof S & string>
  extends TableDefinition<S, E> {
  /** Every sealed field of the table, also those that `row` leaves out. */
  readonly encryptedSet: ReadonlySet<string>;
  readonly newRecords: NewRecords;
  readonly isPart: boolean;
  readonly plainTextsOccur: boolean;
  /** The fields that the grant of a caller keeps back, in a table that was made for this grant; absent otherwise. */
  readonly withheld?: readonly string[];
}

/** A table of which a writing tool may remove records. */
export type PartTable<S extends Shape = Shape, E extends keyof S & string = keyof S & string> =
  & Table<S, E>
  & { readonly isPart: true };

/** How the new records of a table are written. */
export interface NewRecords {
  /** What the Mana apps store, exactly, with the fields that `row` leaves out. Throws TypeError where no tool may write. */
  schema(): z.ZodObject;
  /** Every sealed field of `schema`. */
  readonly sealed: readonly string[];
  /** Who sees the record in a shared space: the members, or the person alone. Null: nothing is stored, as the apps do. */
  readonly visibility: "space" | "private" | null;
}

/** Members that every record has. */
export interface RecordBase {
  readonly id: string;
  /** ISO time of the insert, null where the writer gave none. */
  readonly createdAt: string | null;
  /** ISO time of the newest change of any field. */
  readonly updatedAt: string | null;
}

type Values<S extends Shape> = z.infer<z.ZodObject<S>>;

/** A record by its plaintext fields: what filters and sort orders may look at before anything is opened. */
export type PlainRecord<S extends Shape, E extends keyof S & string> =
  & RecordBase
  & { readonly [K in Exclude<keyof Values<S>, E>]?: Values<S>[K] };

/**
 * A record as a tool sees it. A field is absent when it could not be read: sealed with a key that is not this person's,
 * of another version, tampered with, or not of the declared form. `unreadable` names these fields and is absent when all
 * could be read. `clipped` names fields of which only the beginning is given, `withheld` the fields that the caller's grant keeps back.
 */
export type StoredRecord<S extends Shape> =
  & RecordBase
  & { readonly [K in keyof Values<S>]?: Values<S>[K] }
  & { readonly unreadable?: string[]; readonly clipped?: string[]; readonly withheld?: string[] };

/** {@link PlainRecord} of a table. */
export type PlainRecordOf<T> = T extends Table<infer S, infer E> ? PlainRecord<S, E> : never;

/** {@link StoredRecord} of a table. */
export type StoredRecordOf<T> = T extends Table<infer S, infer _E> ? StoredRecord<S> : never;

/**
 * The member of a result that holds what the model must read: who wrote the records, what looks like an instruction. No
 * field, argument or module may have this name.
 */
export const REMARKS = "remarks";

/** Members that the gateway sets on every record, with what it says of the others, and the remarks on a result. */
export const RESERVED: readonly string[] = [
  "id",
  "spaceId",
  "authorId",
  "userId",
  "visibility",
  "createdAt",
  "updatedAt",
  "deletedAt",
  "unreadable",
  "clipped",
  "withheld",
  REMARKS,
];
