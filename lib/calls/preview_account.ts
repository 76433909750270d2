// What an app is shown of an undo, as its call's account has it: counted before anything is opened, and told by the names of the fields,
// with everybody who wrote into the record at any time, since an undo puts older texts back.
import type { CallDisclosure, DisclosedRow, DisclosedTable } from "../spaces/call_disclosure.ts";
import { titleFieldsOf } from "../history/record_title.ts";
import { fieldWords } from "../history/table_names.ts";
import type { PlannedRow } from "../undo/shown_plan.ts";

/** The account of one preview. A class, since one is made per preview. */
export class PreviewAccount {
  readonly #disclosure: CallDisclosure | null;
  readonly #isShared: boolean;
  /** Changes of another app are meant. */
  readonly #isOfOther: boolean;
  readonly #rows: CountedRow[] = [];

  constructor(disclosure: CallDisclosure | null, { isShared, isOfOther }: PreviewKind) {
    this.#disclosure = disclosure;
    this.#isShared = isShared;
    this.#isOfOther = isOfOther;
  }

  /** How many of the rows may be opened, from the first on. Throws Refused `disclosure-budget` where that is none of them. */
  async mayShow(planned: readonly PlannedRow[]): Promise<number> {
    const tables = tablesOf(planned);
    for (const { stored, agents } of planned) {
      const table = tables.get(`${stored.app}/${stored.table}`);
      if (table === undefined) {
        throw new TypeError("Cannot count a row: its table is not among those of the plan");
      }
      const others = this.#isOfOther ? [...agents ?? [], OTHER_APP] : agents;
      const row: DisclosedRow = { row: { id: stored.id }, isByOther: this.#isShared, agents: others };
      if (this.#disclosure !== null && await this.#disclosure.mayOpen(table, [row]) === 0) {
        if (this.#rows.length === 0) await this.#disclosure.refuse();
        break;
      }
      this.#rows.push({ table, row, stored });
    }
    return this.#rows.length;
  }

  /** Tells the account what the app is shown of the rows that were counted, in their order. */
  tell(told: readonly ToldRow[]): void {
    for (const [place, { table, row, stored }] of this.#rows.entries()) {
      const shown = told[place];
      if (shown === undefined) this.#disclosure?.passOver(table, row);
      else this.#disclosure?.handOut(table, row, { ...textsOf(stored, shown), id: stored.id });
    }
  }
}

/** What an undo is about. */
export interface PreviewKind {
  /** Other members can have written the texts. */
  readonly isShared: boolean;
  readonly isOfOther: boolean;
}

/** A row as an app is shown it; its fields are named in words. */
export interface ToldRow {
  readonly title: string | null;
  readonly fields: readonly {
    readonly name: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

interface CountedRow {
  readonly table: DisclosedTable;
  readonly row: DisclosedRow;
  readonly stored: PlannedRow["stored"];
}

/** Stands for an app whose pseudonym the calling app need not know. */
const OTHER_APP = "app";

/** One of each table, with all fields that its rows hold: which of them are sealed does not count, since all are texts of the person's. */
function tablesOf(planned: readonly PlannedRow[]): ReadonlyMap<string, DisclosedTable> {
  const byTable = Map.groupBy(planned, ({ stored }) => `${stored.app}/${stored.table}`);
  return new Map(
    [...byTable].flatMap(([collection, rows]) =>
      rows.slice(0, 1).map(({ record, stored: { app, table: name } }) => {
        const fields = rows.flatMap(({ stored }) => pathsOf(stored).map(fieldOf));
        const names = [...new Set(fields)].filter((name) => name !== "id");
        const shape = Object.fromEntries(names.map((name) => [name, true]));
        return [collection, { app, name, record, encrypted: names, row: { shape } }] as const;
      })
    ),
  );
}

/** The texts of a row by the names of its fields. */
function textsOf(stored: PlannedRow["stored"], { title, fields }: ToldRow): Record<string, string> {
  const texts = new Map<string, string>();
  const add = (field: string, text: string) => texts.set(field, (texts.get(field) ?? "") + text);
  const paths = pathsOf(stored);
  for (const { name, before, after } of fields) {
    const path = paths.find((one) => fieldWords(one) === name) ?? name;
    add(fieldOf(path), `${before ?? ""}${after ?? ""}`);
  }
  const [titled = []] = title === null ? [] : titleFieldsOf(filledOf(stored));
  for (const field of titled) add(field, title ?? "");
  return Object.fromEntries(texts);
}

function pathsOf({ before, after }: PlannedRow["stored"]): string[] {
  return [...before?.keys() ?? [], ...after.keys()];
}

/** The fields by which a row may be called. */
function filledOf({ before, after }: PlannedRow["stored"]): string[] {
  return [...before ?? after].flatMap(([name, value]) =>
    value === undefined || value === null || value === "" ? [] : [name]
  );
}

/** The field that a path leads into. */
function fieldOf(path: string): string {
  return path.split(".")[0] ?? path;
}
