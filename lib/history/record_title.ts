// By which fields people know a record, over all tables of the Mana apps.
import { hasVisible } from "../kit/has_visible.ts";
import { wordsOf } from "./field_texts.ts";
import { visibleCharacters } from "./visible_characters.ts";

/** The stored values that may name a record, the best first; those of one group together. At most {@link MAX_TITLES} groups. */
export function titleValues(values: ReadonlyMap<string, unknown>): readonly (readonly unknown[])[] {
  const groups: unknown[][] = [];
  for (const names of TITLE_FIELDS) {
    const group = names.map((name) => values.get(name)).filter((value) => wordsOf(value) !== null);
    if (group.length > 0 && groups.push(group) === MAX_TITLES) break;
  }
  return groups;
}

/** The fields that may name the records of a table with these fields, the best first. At most {@link MAX_TITLES} groups. */
export function titleFieldsOf(fields: readonly string[]): readonly (readonly string[])[] {
  return TITLE_FIELDS.map((names) => names.filter((name) => fields.includes(name)))
    .filter((names) => names.length > 0).slice(0, MAX_TITLES);
}

/** The first group of opened values that shows something, in one line. */
export function titleOf(groups: readonly (readonly unknown[])[]): string | null {
  for (const group of groups) {
    const text = group.map(wordsOf).filter((words) => words !== null && hasVisible(words)).join(" ");
    if (text !== "") return visibleCharacters(text, MAX_TITLE_CHARS).replace(/\s+/g, " ").trim();
  }
  return null;
}

/** Characters of a title. */
const MAX_TITLE_CHARS = 120;
/** Groups that are tried: what names a record best may be closed, or show nothing. */
const MAX_TITLES = 3;
const TITLE_FIELDS: readonly (readonly string[])[] = [
  ["title"],
  ["name"],
  ["firstName", "lastName"],
  ["label"],
  ["number"],
  ["subject"],
  ["claim"],
  ["source"],
  ["questionText"],
  ["description"],
  ["emotion"],
  ["content"],
  ["messageText"],
  ["company"],
  ["note"],
  ["entryDate"],
  ["dreamDate"],
  ["date"],
  ["logDate"],
  ["startDate"],
  ["startedAt"],
];
