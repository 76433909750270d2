// One call of an app as a page shows it: which tool of which module, in which space, which records. Nothing in it is the app's own
// word, but for its name where nobody can prove whose the call is.

import type { Tool } from "../tool/define_tool.ts";
import type { CallGroup, TouchedRow } from "./reading/call_groups.ts";
import type { RowOp } from "./shown_row.ts";
import { fieldWords, type TableNames } from "./table_names.ts";
import type { ToldSpace, ToldSpaces } from "./told_spaces.ts";
import { visibleCharacters } from "./visible_characters.ts";
import { toldNames } from "./reading/written_fields.ts";

/** One call. */
export interface ToldCall {
  readonly id: string;
  /** The key of the app, as it was given with the question; null for everything else, and for an app that was not asked about. */
  readonly app: string | null;
  readonly writer: "app" | "own" | "undo" | "unverified";
  /** What the app called itself then; empty for an undo. */
  readonly name: string;
  readonly tool: string | null;
  readonly toolTitle: string | null;
  readonly module: string;
  readonly moduleLabel: string;
  readonly space: ToldSpace;
  readonly at: string;
  readonly rows: readonly ToldRow[];
  readonly rowCount: number;
  /** The call that undid this one, or a part of it. */
  readonly undoneBy: string | null;
}

/** A record that a call changed. */
export interface ToldRow {
  readonly app: string;
  readonly table: string;
  readonly id: string;
  /** What one record of the table is called. */
  readonly record: string;
  readonly title: string | null;
  /** The title is sealed, and no key here opens it. */
  readonly isSealed?: true;
  readonly op: RowOp;
  /** The fields that were written, in words. */
  readonly fields: readonly string[];
}

/** What calls are put into words by. */
export interface CallWords {
  readonly names: TableNames;
  readonly toolOf: (name: string) => Tool | undefined;
  readonly labelOf: (module: string) => string | undefined;
}

/** The module of a call: of its tool, else of the first record. */
export function moduleOf({ names, toolOf }: CallWords, { writer, rows }: CallGroup): string {
  const tool = toolIn(writer);
  const known = tool === null ? undefined : toolOf(tool);
  if (known !== undefined) return known.module;
  const [row] = rows;
  if (row === undefined) return "";
  return names.of(row.app, row.table).module ?? row.app;
}

/** The call in words. `titles` has what the records are called, by the `record` of each row. */
export function tellCall(
  words: CallWords,
  group: CallGroup,
  given: {
    readonly app: string | null;
    readonly spaces: ToldSpaces;
    readonly titles: ReadonlyMap<string, Pick<ToldRow, "title" | "isSealed">>;
    readonly undoneBy: string | null;
  },
): ToldCall {
  const { writer } = group;
  const tool = toolIn(writer);
  const module = moduleOf(words, group);
  return {
    id: group.id,
    app: given.app,
    writer: writer.kind,
    name: writer.kind === "undo" ? "" : visibleCharacters(writer.name, MAX_NAME_CHARS),
    tool,
    toolTitle: tool === null ? null : words.toolOf(tool)?.title ?? null,
    module,
    moduleLabel: words.labelOf(module) ?? module,
    space: given.spaces.tell(group.spaceId),
    at: new Date(group.at).toISOString(),
    rows: group.rows.map((row) => tellRow(words, row, given.titles.get(row.record))),
    rowCount: group.rowCount,
    undoneBy: given.undoneBy,
  };
}

const MAX_NAME_CHARS = 64;
/** Names of fields that are told of one record. */
const MAX_FIELDS = 20;

function toolIn(writer: CallGroup["writer"]): string | null {
  return writer.kind === "undo" ? null : writer.tool;
}

function tellRow(
  { names }: CallWords,
  { app, table, id, op, fields }: TouchedRow,
  title: Pick<ToldRow, "title" | "isSealed"> = { title: null },
): ToldRow {
  const written = toldNames(fields).slice(0, MAX_FIELDS);
  return {
    app,
    table,
    id,
    record: names.of(app, table).record,
    ...title,
    op,
    // A planted name can be of any length and of any characters.
    fields: written.map((name) =>
      visibleCharacters(fieldWords(name.slice(0, MAX_NAME_CHARS)), MAX_NAME_CHARS)
    ),
  };
}
