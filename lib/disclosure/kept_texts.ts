// What a call was handed while it asked the person, by ids and names of fields and never a text. It is kept with the question, since the
// question and what the tool answers are told later, by calls that open nothing: those texts are counted by it.

import type { DisclosedRow, DisclosedTable } from "../spaces/call_disclosure.ts";
import { collectionOf, type Handed, textOf } from "./handed_records.ts";

/** Records of one table with the same fields and writers. */
export interface KeptTexts {
  readonly app: string;
  readonly table: string;
  /** What one record is called. */
  readonly record: string;
  readonly fields: readonly string[];
  /** Fields with text, of those that are sealed in the personal space. */
  readonly texts: number;
  readonly isByOther: boolean;
  readonly agents: readonly string[];
  /** With the UTF-8 bytes of their text. */
  readonly records: readonly (readonly [id: string, bytes: number])[];
}

/** Whether the texts that a question kept may be told, and counts them; `space` is the id of theirs. */
export type MayTell = (kept: readonly KeptTexts[], space: string) => Promise<boolean>;

/** What was handed out, each record once. */
export function keptTexts(handed: readonly Handed[]): KeptTexts[] {
  const byRecord = Map.groupBy(handed, ({ table, row }) => `${collectionOf(table)}/${row.row.id}`);
  const groups = new Map<string, KeptTexts & { readonly records: [string, number][] }>();
  for (const parts of byRecord.values()) {
    const [first] = parts;
    if (first === undefined) continue;
    const { table: { app, name: table, record }, row: { row: { id }, isByOther, agents } } = first;
    const texts = parts.map(({ table, shown, part }) => textOf(table, shown, part));
    const kind = {
      app,
      table,
      record,
      fields: [...new Set(parts.flatMap(fieldsOf))],
      texts: Math.max(...texts.map(({ fields }) => fields)),
      isByOther,
      agents: agents ?? [],
    };
    const key = JSON.stringify(kind);
    const group = groups.getOrInsertComputed(key, () => ({ ...kind, records: [] }));
    group.records.push([id, Math.max(...texts.map(({ bytes, partBytes }) => bytes + partBytes))]);
  }
  return [...groups.values()];
}

/** The same as they are handed out when they are told. */
export function toldTexts(kept: readonly KeptTexts[], space: string): Handed[] {
  return kept.flatMap(({ app, table: name, record, fields, texts, isByOther, agents, records }) => {
    const shape = Object.fromEntries(fields.map((field) => [field, true]));
    const table: DisclosedTable = { app, name, record, encrypted: fields, row: { shape }, space };
    return records.map(([id, bytes]) => {
      const row: DisclosedRow = { row: { id }, isByOther, agents };
      const text = { fields: texts, bytes, partBytes: 0 };
      return { table, row, shown: { ...shape, id }, part: undefined, text };
    });
  });
}

function fieldsOf({ table, shown, part }: Handed): string[] {
  return Object.keys(table.row.shape).filter((name) => name === part || Object.hasOwn(shown, name));
}
