// What names records, noted while the logs of a window are read: most records that an app changed lately were named lately. Holds
// values as they are stored, within a bound. Opens nothing.

import type { Change } from "../../changes/change.ts";
import { titleFieldsOf } from "../record_title.ts";
import type { TableNames } from "../table_names.ts";

/** Characters of titles that are held for one request, an estimate of each entry's own memory included. */
const MAX_CHARS = 4_000_000;
const ENTRY_CHARS = 100;
/** A longer value is not held: it is looked up in the folded table where it is needed. */
const MAX_TITLE_CHARS = 2_000;

/** The titles of records. A class, since one is made per request. */
export class TitleNotes {
  readonly #names: TableNames;
  readonly #fields = new Map<string, readonly (readonly string[])[]>();
  /** By space, table and field the stored value of each record; as plain as that, since there is one for nearly each record. */
  readonly #notes = new Map<string, Map<string, string>>();
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

  /** Notes what a change says of a record's title; a later change counts. `fields` are the first of {@link fieldsOf}. */
  note(app: string, table: string, space: string, fields: readonly string[], change: Change): void {
    if (change.op === "delete") return;
    for (const field of fields) {
      const value = writtenIn(change, field);
      if (value !== undefined) this.#put(noteKey(app, table, space, field), change.id, value);
    }
  }

  /** The stored values of all `fields` of a record; null where one was not noted. */
  of(
    { app, table, id }: { readonly app: string; readonly table: string; readonly id: string },
    space: string,
    fields: readonly string[],
  ): ReadonlyMap<string, unknown> | null {
    const values = new Map<string, unknown>();
    for (const field of fields) {
      const value = this.#notes.get(noteKey(app, table, space, field))?.get(id);
      if (value === undefined) return null;
      values.set(field, value);
    }
    return values;
  }

  #put(key: string, id: string, value: unknown): void {
    const notes = this.#notes.get(key);
    const before = notes?.get(id);
    const held = before === undefined ? 0 : charsOf(id, before);
    const isTitle = typeof value === "string" && value !== "" && value.length <= MAX_TITLE_CHARS;
    if (!isTitle || this.#chars - held + charsOf(id, value) > MAX_CHARS) {
      // An older title must not be taken for the present one.
      if (notes?.delete(id) === true) this.#chars -= held;
      return;
    }
    this.#chars += charsOf(id, value) - held;
    if (notes === undefined) this.#notes.set(key, new Map([[id, value]]));
    else notes.set(id, value);
  }
}

function charsOf(id: string, value: string): number {
  return ENTRY_CHARS + id.length + value.length;
}

function noteKey(app: string, table: string, space: string, field: string): string {
  return `${app}/${table}/${field} ${space}`;
}

/** What a change wrote into a field; undefined where it wrote nothing there. */
function writtenIn({ data, fields }: Change, name: string): unknown {
  if (data !== null) return data[name];
  if (fields !== null) { for (const field of fields) if (field.name === name) return field.value; }
  return undefined;
}
