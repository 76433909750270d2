import type { Draft } from "./row.ts";
import type { FieldValue } from "../sealing/value_opener.ts";

/** Whose texts, and where: nothing opened for one is ever looked up for another. */
export interface TextOwner {
  /** `principalKey`. */
  readonly person: string;
  /** Id of the active space. */
  readonly space: string;
  /** `app/table`. */
  readonly table: string;
}

/** One record, opened. */
export interface OpenedText {
  /** Opened values of the table's sealed fields, in their order. */
  readonly values: readonly FieldValue[];
  /** Folded texts that are searched; null where it was opened for something else. */
  readonly folded: readonly string[] | null;
  /** The record with its sealed fields opened, as it was then: its plaintext fields may be others by now. */
  readonly draft: Draft;
}

/** The opened texts of one person, space and table under one key. */
export interface OpenedGroup {
  /**
   * What a record's stored values were opened to. They are the version: ciphertext opens to one thing under one key, so a
   * record that was changed is not found, and cannot be shown as it was.
   */
  get(id: string, sealed: readonly unknown[]): OpenedText | undefined;
  /** Keeps it, where there is room. To be called only while the key is held. */
  put(id: string, sealed: readonly unknown[], text: OpenedText): void;
  /** Drops the records that are no more. */
  retain(isLive: (id: string) => boolean): void;
}

/**
 * Opened texts, so that a repeated list or search opens only what changed. The only place where plaintext outlives a call: bound to the very key that opened it, gone when that key is dropped, bounded over all people.
 */
export interface OpenedTexts {
  group(owner: TextOwner, key: CryptoKey): OpenedGroup;
  /** Drops everything of a person. */
  drop(person: string): void;
  /** Makes room for others, the longest unused first. */
  trim(): void;
  /** Estimated memory in use. */
  bytes(): number;
}

interface Entry {
  readonly sealed: readonly unknown[];
  readonly text: OpenedText;
  readonly bytes: number;
}

interface Group {
  readonly id: string;
  readonly person: string;
  readonly key: CryptoKey;
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** With the draft, whose texts are those of `values`. */
const ENTRY_BYTES = 800;

/**
 * Creates an empty store.
 *
 * @param room bytes that may be used now
 */
export function createOpenedTexts(room: () => number): OpenedTexts {
  /** In order of use, least recent first. */
  const groups = new Map<string, Group>();
  let bytes = 0;

  const remove = (group: Group): void => {
    if (groups.get(group.id) !== group) return;
    groups.delete(group.id);
    bytes -= group.bytes;
    // Whoever still has it in hand must not fill it again.
    group.entries.clear();
    group.bytes = 0;
  };

  const forget = (group: Group, id: string): void => {
    const entry = group.entries.get(id);
    if (entry === undefined) return;
    group.entries.delete(id);
    group.bytes -= entry.bytes;
    bytes -= entry.bytes;
  };

  const makeRoom = (needed: number, except: Group | null): boolean => {
    const most = room();
    for (const group of groups.values()) {
      if (bytes + needed <= most) return true;
      if (group !== except) remove(group);
    }
    return bytes + needed <= most;
  };

  const groupFor = ({ person, space, table }: TextOwner, key: CryptoKey): Group => {
    const id = JSON.stringify([person, space, table]);
    let group = groups.get(id);
    if (group !== undefined && group.key !== key) {
      remove(group);
      group = undefined;
    }
    group ??= { id, person, key, entries: new Map(), bytes: 0 };
    groups.delete(id);
    groups.set(id, group);
    return group;
  };

  return Object.freeze({
    group(owner: TextOwner, key: CryptoKey): OpenedGroup {
      const group = groupFor(owner, key);
      return {
        get(id, sealed) {
          const entry = group.entries.get(id);
          return entry !== undefined && isSame(entry.sealed, sealed) ? entry.text : undefined;
        },
        put(id, sealed, text) {
          if (groups.get(group.id) !== group) return;
          forget(group, id);
          const size = bytesOf(sealed, text);
          if (!makeRoom(size, group)) return;
          group.entries.set(id, { sealed, text, bytes: size });
          group.bytes += size;
          bytes += size;
        },
        retain(isLive) {
          for (const id of group.entries.keys()) if (!isLive(id)) forget(group, id);
        },
      };
    },
    drop(person: string) {
      for (const group of [...groups.values()]) if (group.person === person) remove(group);
    },
    trim: () => void makeRoom(0, null),
    bytes: () => bytes,
  });
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** An upper estimate, two bytes a character. The ciphertext counts too: the folded table may have let go of it. */
function bytesOf(sealed: readonly unknown[], { values, folded }: OpenedText): number {
  let chars = 0;
  for (const value of sealed) if (typeof value === "string") chars += value.length;
  for (const field of values) {
    if (!field.ok || field.value === undefined || field.value === null) continue;
    chars += typeof field.value === "string" ? field.value.length : JSON.stringify(field.value).length;
  }
  for (const text of folded ?? []) chars += text.length;
  return ENTRY_BYTES + 2 * chars;
}
