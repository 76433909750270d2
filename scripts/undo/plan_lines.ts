// A plan as lines for a terminal: the same words as on the person's page. The texts are what people and apps stored, so nothing of them
// may steer the terminal, and none takes more than its line.
import { counted } from "../../lib/kit/counted.ts";
import { visibleCharacters } from "../../lib/history/visible_characters.ts";
import { type MomentPlace, momentWords } from "./read_moment.ts";
import type { UndoPreview } from "./undo_preview.ts";

/** What would be put back, record by record; what is left alone and why; what cannot be undone. */
export function planLines(preview: UndoPreview, place: MomentPlace): string[] {
  const { rows, rowCount, conflicts, conflictCount } = preview;
  const lines: string[] = [];
  if (rowCount > 0) {
    lines.push(`Would be put back: ${counted(rowCount, "record")}`, "", ...rows.flatMap(rowLines));
    if (rowCount > rows.length) lines.push(`  and ${counted(rowCount - rows.length, "record")} more`);
    lines.push("");
  }
  if (conflictCount > 0) {
    lines.push("Left alone, since somebody changed it later:", "");
    lines.push(...conflicts.map((conflict) => {
      const { field, by, at } = conflict;
      const who = by === "" ? "somebody" : oneLine(by, MAX_NAME_CHARS);
      return `  ${nameOf(conflict)}: ${oneLine(field, MAX_NAME_CHARS)}, by ${who}, ${
        momentWords(Date.parse(at), place)
      }`;
    }));
    const hidden = conflictCount - conflicts.length;
    if (hidden > 0) lines.push(`  and ${counted(hidden, "change")} more`);
    lines.push("");
  }
  return [...lines, ...impossibleLines(preview)];
}

/** What of it cannot be undone at all. */
function impossibleLines({ impossible }: Pick<UndoPreview, "impossible">): string[] {
  if (impossible.length === 0) return [];
  const lines = impossible.map(({ reason, count }) =>
    `  ${counted(count, "record")}: ${REASONS[reason] ?? oneLine(reason, MAX_NAME_CHARS)}`
  );
  return ["Cannot be undone:", "", ...lines, ""];
}

/** A text of somebody else on one line, with everything invisible written out. */
export function oneLine(text: string, mostChars: number): string {
  return visibleCharacters(text, mostChars).replace(/\s+/g, " ").trim();
}

type Row = UndoPreview["rows"][number];

function rowLines(row: Row): string[] {
  const place = row.space === undefined || row.space.kind === "personal"
    ? ""
    : ` (shared space${row.space.name === null ? "" : ` “${oneLine(row.space.name, MAX_NAME_CHARS)}”`})`;
  const head = `  ${nameOf(row)} ${OPS[row.op]}${place}`;
  // What goes or comes back as a whole is named; its content is on the person's page.
  if (row.op === "delete" || row.op === "restore") return [head];
  const width = Math.min(Math.max(0, ...row.fields.map(({ name }) => name.length)), MAX_NAME_CHARS);
  const hidden = row.fieldCount - row.fields.length;
  return [
    head,
    ...row.fields.map((field) =>
      `    ${oneLine(field.name, MAX_NAME_CHARS).padEnd(width)}  ${changeWords(field, row.op)}`
    ),
    ...(hidden > 0 ? [`    and ${counted(hidden, "field")} more`] : []),
  ];
}

function changeWords({ before, after, isSealed }: Row["fields"][number], op: Row["op"]): string {
  if (isSealed === true) return "locked: your Mana app opens it";
  return op === "insert" ? valueWords(after) : `${valueWords(before)} → ${valueWords(after)}`;
}

function valueWords(text: string | null): string {
  const line = text === null ? "" : oneLine(text, MAX_VALUE_CHARS);
  return line === "" ? "nothing" : line;
}

/** What a record is called; where it has no title, the beginning of its id, which tells two of them apart. */
function nameOf({ record, title, id }: Pick<Row, "record" | "title" | "id">): string {
  const name = title === null ? "" : oneLine(title, MAX_VALUE_CHARS);
  return [oneLine(record, MAX_NAME_CHARS), name === "" ? oneLine(id, SHORT_ID_CHARS) : `“${name}”`].join(" ")
    .trim();
}

const MAX_NAME_CHARS = 64;
/** Of an id. */
const SHORT_ID_CHARS = 8;
const MAX_VALUE_CHARS = 48;
const OPS: Readonly<Record<Row["op"], string>> = {
  insert: "is made again",
  update: "is put back",
  delete: "is taken away again",
  restore: "comes back",
};
const REASONS: Readonly<Record<string, string>> = {
  "hard-deleted": "deleted for good, so that nothing is left",
  "space-left": "in a space where you are not a member any more",
  "not-in-log": "what was there before was never stored",
  "unverified-only": "nobody can prove that this app wrote it; your page lists it by itself",
};
