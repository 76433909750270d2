// What names records, noted while the logs of a window are read: most records that an app changed lately were named lately. Holds
// values as they are stored, within a bound. Opens nothing.

import type { Change } from "../../changes/change.ts";
import { titleFieldsOf } from "../record_title.ts";
import type { TableNames } from "../table_names.ts";

/** Characters of titles that are held for one request, an estimate of each entry's own memory included. */
const MAX_CHARS = 3_000_000;
const ENTRY_CHARS = 200;
/** A longer value is not held: it is looked up in the folded table where it is needed. */
const MAX_TITLE_CHARS = 2_000;

/** The titles of records. A class, since one is made per request. */
export class TitleNotes {
  readonly #names: TableNames;
  readonly #fields = new Map<string, readonly (readonly string[])[]>();
  /** By record, those noted longest ago first. */
  readonly #notes = new Map<string, TitleNote>();
  #chars = 0;

  constructor(names: TableNames) {
    this.#names = names;
  }

  /** The fields that name the records of a table, the best first. Only the first of them are noted. */
  fieldsOf(app: string, table: string): readonly (readonly string[])[] {
    const key = `${app}/${table}`;
    let fields = this.#fields.get(key);
    if (fields === undefined) {
      fields = titleFieldsOf(this.#names.of(app, table).fields);
      this.#fields.set(key, fields);
    }
    return fields;
  }

  /** Notes what a change says of a record's title. `fields` are the first of {@link fieldsOf}. */
  note(record: () => string, fields: readonly string[], change: Change): void {
    if (change.op === "delete") return;
    for (const field of fields) {
      const written = writtenIn(change, field);
      if (written === null) continue;
      this.#put(record(), field, written);
    }
  }

  /** The stored values of all `fields` of a record; null where one was not noted. */
  of(record: string, fields: readonly string[]): ReadonlyMap<string, unknown> | null {
    const note = this.#notes.get(record);
    if (note === undefined || fields.some((field) => !note.has(field))) return null;
    return new Map([...note].map(([field, { value }]) => [field, value]));
  }

  #put(record: string, field: string, written: Written): void {
    const note: TitleNote = this.#notes.get(record) ?? new Map();
    const before = note.get(field);
    if (before !== undefined && before.stamp > written.stamp) return;
    if (this.#notes.delete(record)) this.#chars -= charsOf(note);
    note.set(field, written);
    this.#notes.set(record, note);
    this.#chars += charsOf(note);
    for (const [oldest, held] of this.#notes) {
      if (this.#chars <= MAX_CHARS) return;
      this.#notes.delete(oldest);
      this.#chars -= charsOf(held);
    }
  }
}

type TitleNote = Map<string, Written>;

interface Written {
  readonly value: string;
  readonly stamp: string;
}

function charsOf(note: TitleNote): number {
  let chars = ENTRY_CHARS;
  for (const { value } of note.values()) chars += value.length;
  return chars;
}

/** What a change wrote into a field; null where it wrote no text, or one that is too long to be held. */
function writtenIn({ data, fields }: Change, name: string): Written | null {
  if (data !== null) {
    const value = data[name];
    const stamp = data.updatedAt ?? data.createdAt;
    return isTitle(value) ? { value, stamp: typeof stamp === "string" ? stamp : "" } : null;
  }
  if (fields !== null) {
    for (const field of fields) {
      if (field.name === name) {
        return isTitle(field.value) ? { value: field.value, stamp: field.stamp } : null;
      }
    }
  }
  return null;
}

function isTitle(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TITLE_CHARS;
}
