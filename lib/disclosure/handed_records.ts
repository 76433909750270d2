// Records that a call was handed: how much text of each, which fields, and which records a result names.

import { isJsonObject } from "../kit/json.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import type { DisclosedRow, DisclosedTable, ShownRecord } from "../spaces/call_disclosure.ts";
import type { ChargedRecord } from "./budget_room.ts";

/** Records of one table of which a call was handed the same fields. */
export interface HandedRecords {
  /** `app/table`. */
  readonly collection: string;
  /** The id of the space. */
  readonly space: string;
  /** In the order of the table. */
  readonly fields: readonly string[];
  /** Each once. */
  readonly ids: readonly string[];
}

/** One record that was handed out. */
export interface Handed {
  readonly table: DisclosedTable;
  readonly row: DisclosedRow;
  readonly shown: ShownRecord;
  readonly part: string | undefined;
  readonly text: ShownText;
}

/** How much text a record is shown with. */
export interface ShownText {
  /** Fields with text, of those that are sealed in the personal space. */
  readonly fields: number;
  /** Of their text, in UTF-8. */
  readonly bytes: number;
  /** Of a part of a text, which may be another part than before. */
  readonly partBytes: number;
}

/** The records of a table by the fields that they were shown with. */
interface TableGroups {
  readonly names: readonly string[];
  readonly ids: Map<string, Set<string>>;
}

/** Puts records with the same fields together. */
export function groupRecords(handed: readonly Handed[], space: string): HandedRecords[] {
  const tables = new Map<DisclosedTable, TableGroups>();
  for (const { table, row: { row: { id } }, shown, part } of handed) {
    let groups = tables.get(table);
    if (groups === undefined) {
      tables.set(table, groups = { names: Object.keys(table.row.shape), ids: new Map() });
    }
    const mask = maskOf(groups.names, shown, part);
    const ids = groups.ids.get(mask);
    if (ids === undefined) groups.ids.set(mask, new Set([id]));
    else ids.add(id);
  }
  return [...tables].flatMap(([table, { names, ids }]) =>
    [...ids].map(([mask, ids]) => ({
      collection: collectionOf(table),
      space: table.space ?? space,
      fields: names.filter((_, index) => mask[index] === "1"),
      ids: [...ids],
    }))
  );
}

/** `app/table`. */
export function collectionOf({ app, name }: { readonly app: string; readonly name: string }): string {
  return `${app}/${name}`;
}

/** Of a record that shows nothing that is sealed anywhere. */
export const NO_TEXT: ShownText = Object.freeze({ fields: 0, bytes: 0, partBytes: 0 });

/** How much text a record shows. */
export function textOf(
  { encrypted }: DisclosedTable,
  shown: ShownRecord,
  part: string | undefined,
): ShownText {
  let fields = 0;
  let bytes = 0;
  let partBytes = 0;
  const values = new Map<string, unknown>(Object.entries(shown));
  for (const name of encrypted) {
    const value = values.get(name);
    if (value === undefined || value === null) {
      if (name !== part) continue;
      partBytes = PART_BYTES;
    } else {
      bytes += utf8Bytes(typeof value === "string" ? value : JSON.stringify(value));
    }
    fields += 1;
  }
  return { fields, bytes, partBytes };
}

/** What a part of a field counts as: about the length of a snippet. */
const PART_BYTES = 400;

/** What a record costs. */
export function chargedRecord({ table, row: { row: { id } }, text }: Handed): ChargedRecord {
  return { collection: collectionOf(table), id, ...text };
}

/** Which fields a record is shown with: a 1 or a 0 for each, in the order of `names`. */
function maskOf(names: readonly string[], shown: ShownRecord, part: string | undefined): string {
  let mask = "";
  for (const name of names) mask += name === part || Object.hasOwn(shown, name) ? "1" : "0";
  return mask;
}

/** The objects of a result that name a record, by the id. */
export function namedIn(output: unknown): ReadonlyMap<string, readonly ShownRecord[]> {
  const named = new Map<string, ShownRecord[]>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(collect);
    if (!isJsonObject(value)) return;
    const { id } = value;
    if (typeof id === "string") named.set(id, [...named.get(id) ?? [], { ...value, id }]);
    Object.values(value).forEach(collect);
  };
  collect(output);
  return named;
}

/** The rows that a tool saw and that its result names. */
export function chosenOf(seen: readonly SeenRows[], output: unknown): Handed[] {
  if (seen.length === 0) return [];
  const named = namedIn(output);
  return seen.flatMap(({ table, rows }) =>
    rows.flatMap((row) =>
      (named.get(row.row.id) ?? []).map((shown) => ({ table, row, shown, part: undefined, text: NO_TEXT }))
    )
  );
}

/** Rows that a tool saw each. */
export interface SeenRows {
  readonly table: DisclosedTable;
  readonly rows: readonly DisclosedRow[];
}
