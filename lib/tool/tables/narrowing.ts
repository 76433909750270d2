// By what a person can narrow an app within a module: since when, by which tags, which fields. Data for the pages of the sign-in
// server, which makes a grant's document of what the person chose (docs/contracts/auth-vault.md section 12). Judges nothing: the gateway
// obeys the document, which names tables, fields and conditions.

import type { AppTableName, FieldName } from "./app_table.ts";
import { tableColumns } from "./table_columns.ts";

/** What a person can choose within a module. Conditions stand on plaintext fields alone, since they are checked before anything is opened. */
export interface ModuleNarrowing {
  /** The table of the records that the conditions are about, and that pages count. */
  readonly collection: AppTableName;
  /** Every table that the module's tools read or write, those of other modules too. Tables of the collection's app are the module's own. */
  readonly tables: readonly AppTableName[];
  /** What says when a record is; absent: only when it was changed last is known. */
  readonly since?: FieldCondition;
  /** The same for other tables of the module, whose records are no parts of the collection's. A field of their own each. */
  readonly alsoSince?: Readonly<Partial<Record<AppTableName, string>>>;
  /** Where the tags of a record stand: free words, or ids of tags. Absent: its tags are sealed, or it has none. */
  readonly tags?: TagCondition;
  /** Which fields, in words that complete "the app sees …". A choice that is no choice (all fields) is not listed. */
  readonly fieldChoices: readonly FieldChoice[];
}

/**
 * A plaintext field of the record itself, or of a record beside it: the record of `via` whose `on` is this record's id, or whose id is
 * this record's `key`.
 */
export type FieldCondition =
  | { readonly field: string; readonly via?: never; readonly on?: never; readonly key?: never }
  | { readonly via: AppTableName; readonly on: string; readonly field: string; readonly key?: never }
  | { readonly via: AppTableName; readonly key: string; readonly field: string; readonly on?: never };

/** Where tags stand: `words` are what the person wrote, `tags` are ids of records of tags/tags. */
export type TagCondition =
  & { readonly kind: "words" | "tags" }
  & Exclude<FieldCondition, { readonly key: string }>;

/** One choice of fields. */
export interface FieldChoice {
  /** By this word the choice is stored: it is never given to another choice. */
  readonly name: string;
  /** What the app sees, and what it does not see. */
  readonly label: string;
  /** The readable fields of each table that has a sealed field; a table of the module that is not named is readable as a whole. */
  readonly fields: Readonly<Partial<Record<AppTableName, readonly string[]>>>;
}

/**
 * The readable fields of a table for a choice: the plaintext ones without those in `not`, and the sealed ones in `open`. A sealed field
 * that the table gets later stays withheld. What only the Mana apps need, such as the secret of a shared page, is never among them.
 */
export function readable<N extends AppTableName>(
  table: N,
  { open = [], not = [] }: {
    readonly open?: readonly FieldName<N>[];
    readonly not?: readonly FieldName<N>[];
  },
): Readonly<Partial<Record<AppTableName, readonly string[]>>> {
  const opened = new Set<string>(open);
  const left = new Set<string>([...not, ...OF_THE_APPS]);
  const columns = [...tableColumns().get(table) ?? []];
  return {
    [table]: columns.filter(([name, { isSealed }]) => isSealed ? opened.has(name) : !left.has(name))
      .map(([name]) => name),
  };
}

const OF_THE_APPS = [
  "visibilityChangedAt",
  "visibilityChangedBy",
  "unlistedToken",
  "unlistedExpiresAt",
  "publicToken",
  "transcriptModel",
];
