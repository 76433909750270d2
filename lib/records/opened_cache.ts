// What was opened stays here, so that a repeated list or search opens only what changed. This is the only place where
// plaintext outlives a call: bound to the very key that opened it, dropped with that key, bounded over all people.

import { createLinkedOrder, type LinkedItem, type LinkedOrder } from "../kit/linked_order.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import type { OpenRow } from "./row.ts";

/** The opened records of all people. */
export interface OpenedCache {
  /** The opened records of one person, space and table under one key. Those under another key are dropped. */
  tableFor(owner: OpenedOwner, key: CryptoKey): OpenedTable;
  /** Drops everything of a person. */
  drop(person: string): void;
  /** Estimated memory in use. */
  bytes(): number;
}

/** Whose records, and where: what was opened for one owner is never looked up for another. */
export interface OpenedOwner {
  /** `principalKey`. */
  readonly person: string;
  /** Id of the active space. */
  readonly space: string;
  /** `app/table`. */
  readonly table: string;
}

/** One record, opened. */
export interface OpenedRecord {
  /** The values of the table's sealed fields, in their order. */
  readonly values: readonly FieldValue[];
  /** The texts that are searched, normalised; null where the record was opened for something else. */
  readonly normalized: readonly string[] | null;
  /** The record as it was when it was opened: its plaintext fields may have changed since. */
  readonly row: OpenRow;
}

/** What all tables of the cache share. */
interface CacheState {
  readonly tables: Map<string, OpenedTable>;
  /** The tables in order of use. */
  readonly order: LinkedOrder<OpenedTable>;
  readonly maxBytes: number;
  bytes: number;
}

/** An opened record, with the stored values that it was opened from. */
interface Entry {
  readonly sealed: readonly unknown[];
  readonly opened: OpenedRecord;
  readonly bytes: number;
}

/** An entry without its texts: with the row, whose texts are those of `values`. */
const ENTRY_BYTES = 800;

/**
 * Starts empty.
 *
 * @param maxBytes over all people
 */
export function createOpenedCache(maxBytes: number): OpenedCache {
  const state: CacheState = { tables: new Map(), order: createLinkedOrder(), maxBytes, bytes: 0 };
  return Object.freeze({
    tableFor: (owner: OpenedOwner, key: CryptoKey) => tableFor(state, owner, key),
    drop(person: string) {
      for (const table of [...state.tables.values()]) if (table.person === person) remove(state, table);
    },
    bytes: () => state.bytes,
  });
}

function tableFor(
  state: CacheState,
  { person, space, table: name }: OpenedOwner,
  key: CryptoKey,
): OpenedTable {
  const id = JSON.stringify([person, space, name]);
  let table = state.tables.get(id);
  if (table !== undefined && table.key !== key) {
    remove(state, table);
    table = undefined;
  }
  if (table === undefined) {
    table = new OpenedTable(state, id, person, key);
    state.tables.set(id, table);
  }
  state.order.remove(table);
  state.order.add(table);
  return table;
}

/** The opened records of one person, space and table under one key. */
export class OpenedTable implements LinkedItem<OpenedTable> {
  readonly id: string;
  readonly person: string;
  readonly key: CryptoKey;
  older?: OpenedTable | undefined;
  newer?: OpenedTable | undefined;
  readonly #cache: CacheState;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(cache: CacheState, id: string, person: string, key: CryptoKey) {
    this.#cache = cache;
    this.id = id;
    this.person = person;
    this.key = key;
  }

  /**
   * What a record's stored values were opened to. The stored values are the version: ciphertext opens to one thing under
   * one key, so a record that was changed is not found and cannot be shown as it was.
   */
  get(id: string, sealed: readonly unknown[]): OpenedRecord | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && isSame(entry.sealed, sealed) ? entry.opened : undefined;
  }

  /** Keeps an opened record, where there is room. To be called only while the key is held. */
  put(id: string, sealed: readonly unknown[], opened: OpenedRecord): void {
    const cache = this.#cache;
    // A table that was removed while a call still has it must not be filled again.
    if (cache.tables.get(this.id) !== this) return;
    this.#delete(id);
    const bytes = bytesOf(sealed, opened);
    if (!makeRoom(cache, bytes, this)) return;
    this.#entries.set(id, { sealed, opened, bytes });
    this.#bytes += bytes;
    cache.bytes += bytes;
  }

  /** Drops the records that are no more. */
  retain(isLive: (id: string) => boolean): void {
    for (const id of this.#entries.keys()) if (!isLive(id)) this.#delete(id);
  }

  /** Drops all records. */
  clear(): void {
    this.#entries.clear();
    this.#cache.bytes -= this.#bytes;
    this.#bytes = 0;
  }

  #delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
    this.#cache.bytes -= entry.bytes;
  }
}

function remove(state: CacheState, table: OpenedTable): void {
  state.tables.delete(table.id);
  state.order.remove(table);
  table.clear();
}

/** Removes tables until `needed` bytes fit, the longest unused first, but never `except`. Answers whether they fit. */
function makeRoom(state: CacheState, needed: number, except: OpenedTable): boolean {
  let table = state.order.oldest();
  while (state.bytes + needed > state.maxBytes && table !== undefined) {
    const { newer } = table;
    if (table !== except) remove(state, table);
    table = newer;
  }
  return state.bytes + needed <= state.maxBytes;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** An upper estimate, two bytes a character. The ciphertext counts too: the folded table may have let go of it. */
function bytesOf(sealed: readonly unknown[], { values, normalized }: OpenedRecord): number {
  let chars = 0;
  for (const value of sealed) if (typeof value === "string") chars += value.length;
  for (const field of values) {
    if (!field.ok || field.value === undefined || field.value === null) continue;
    chars += typeof field.value === "string" ? field.value.length : JSON.stringify(field.value).length;
  }
  for (const text of normalized ?? []) chars += text.length;
  return ENTRY_BYTES + 2 * chars;
}
