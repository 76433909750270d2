// What one call was handed of the person's records, and what it only looked at. Holds the records that a tool was shown until the call
// is over, then names of fields and ids alone: never a text.

import { isJsonObject } from "../kit/json.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallDisclosure, DisclosedRow, DisclosedTable, ShownRecord } from "../spaces/call_disclosure.ts";

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

/** How many records of one table a call opened without handing them out: for a search, a filter or a sum. */
export interface LookedAt {
  /** `app/table`. */
  readonly collection: string;
  readonly count: number;
}

/** What a call was handed, once it is over. */
export interface CallContent {
  readonly read: readonly HandedRecords[];
  readonly looked: readonly LookedAt[];
}

/** One call's account. A class, since one is made per call that opens something. */
export class CallAccount implements CallDisclosure {
  readonly #space: ActiveSpace;
  readonly #handed: Handed[] = [];
  /** Rows that the tool saw each, of which the result may name some. */
  readonly #seen: SeenRows[] = [];
  readonly #looked = new Map<string, number>();

  constructor(space: ActiveSpace) {
    this.#space = space;
  }

  /** All of them. */
  mayOpen(_table: DisclosedTable, rows: readonly DisclosedRow[]): number {
    return rows.length;
  }

  /** As the interface says. */
  refuse(): never {
    throw new TypeError("Cannot refuse a call that may open everything");
  }

  /** As the interface says. */
  handOut(table: DisclosedTable, row: DisclosedRow, shown: ShownRecord, part?: string): void {
    this.#handed.push({ table, row, shown, part });
  }

  /** As the interface says. */
  passOver(table: DisclosedTable, _row: DisclosedRow): void {
    this.#addLooked(table, 1);
  }

  /** As the interface says. */
  search(_table: DisclosedTable): void {}

  /** As the interface says. */
  look(table: DisclosedTable, rows: readonly DisclosedRow[], toTool: boolean): void {
    if (toTool) this.#seen.push({ table, rows });
    this.#addLooked(table, rows.length);
  }

  /** What the call was handed; `output` is its result, which names what the tool chose among rows that it saw. */
  content(output: unknown): CallContent {
    this.#takeChosen(output);
    const tables = new Map<DisclosedTable, TableGroups>();
    for (const { table, row: { row: { id } }, shown, part } of this.#handed) {
      let groups = tables.get(table);
      if (groups === undefined) {
        tables.set(table, groups = { names: Object.keys(table.row.shape), ids: new Map() });
      }
      const mask = maskOf(groups.names, shown, part);
      const ids = groups.ids.get(mask);
      if (ids === undefined) groups.ids.set(mask, new Set([id]));
      else ids.add(id);
    }
    const read = [...tables].flatMap(([table, { names, ids }]) =>
      [...ids].map(([mask, ids]) => ({
        collection: collectionOf(table),
        space: this.#space.id,
        fields: names.filter((_, index) => mask[index] === "1"),
        ids: [...ids],
      }))
    );
    const looked = [...this.#looked].map(([collection, count]) => ({ collection, count }));
    return { read, looked };
  }

  /** What a call opened that failed: the tool was shown it, and nobody was handed any of it. */
  opened(): LookedAt[] {
    for (const { table } of this.#handed.splice(0)) this.#addLooked(table, 1);
    return [...this.#looked].map(([collection, count]) => ({ collection, count }));
  }

  #addLooked(table: DisclosedTable, count: number): void {
    const collection = collectionOf(table);
    if (count > 0) this.#looked.set(collection, (this.#looked.get(collection) ?? 0) + count);
  }

  /** Counts the rows that a tool saw and that its result names as handed out. */
  #takeChosen(output: unknown): void {
    if (this.#seen.length === 0) return;
    const named = new Map<string, ShownRecord[]>();
    collectNamed(output, named);
    for (const { table, rows } of this.#seen.splice(0)) {
      for (const row of rows) {
        for (const shown of named.get(row.row.id) ?? []) this.handOut(table, row, shown);
      }
    }
  }
}

interface Handed {
  readonly table: DisclosedTable;
  readonly row: DisclosedRow;
  readonly shown: ShownRecord;
  readonly part: string | undefined;
}

/** The records of a table by the fields that they were shown with. */
interface TableGroups {
  readonly names: readonly string[];
  readonly ids: Map<string, Set<string>>;
}

interface SeenRows {
  readonly table: DisclosedTable;
  readonly rows: readonly DisclosedRow[];
}

/** `app/table`. */
export function collectionOf({ app, name }: { readonly app: string; readonly name: string }): string {
  return `${app}/${name}`;
}

/** Which fields a record is shown with: a 1 or a 0 for each, in the order of `names`. */
function maskOf(names: readonly string[], shown: ShownRecord, part: string | undefined): string {
  let mask = "";
  for (const name of names) mask += name === part || Object.hasOwn(shown, name) ? "1" : "0";
  return mask;
}

/** The objects of a result that name a record, by the id. */
function collectNamed(value: unknown, named: Map<string, ShownRecord[]>): void {
  if (Array.isArray(value)) {
    for (const member of value) collectNamed(member, named);
  } else if (isJsonObject(value)) {
    const { id } = value;
    if (typeof id === "string") {
      const known = named.get(id);
      if (known === undefined) named.set(id, [{ ...value, id }]);
      else known.push({ ...value, id });
    }
    for (const member of Object.values(value)) collectNamed(member, named);
  }
}
