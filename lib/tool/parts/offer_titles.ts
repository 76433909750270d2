// Titles of records for the completion of a prompt's argument. Opens the given table alone: a table of titles opens nothing else.
import { shownText } from "../../kit/shown_text.ts";
import type { PlainRecord, Shape, StoredRecord, Table } from "../../records/define_table.ts";
import type { ReadRecords } from "../../records/records.ts";
import { normalizeText } from "../../records/text/normalize_text.ts";

/** Which titles are looked for. */
export interface TitleOffer<S extends Shape, E extends keyof S & string> {
  /** What was typed. */
  readonly begin: string;
  readonly limit: number;
  readonly titleOf: (record: StoredRecord<S>) => string | null | undefined;
  readonly where: (record: PlainRecord<S, E>) => boolean;
}

/**
 * Titles of which the title itself, or a word in it, begins as was typed, whatever the case; the record that was changed last comes
 * first. Each is one line without controls and half pairs, at most {@link MAX_SHOWN} characters long. The same title comes once.
 * Throws as `records.list`.
 */
export async function offerTitles<S extends Shape, E extends keyof S & string>(
  records: ReadRecords,
  table: Table<S, E>,
  { begin, limit, titleOf, where }: TitleOffer<S, E>,
): Promise<string[]> {
  const typed = normalizeText(shownText(begin, MAX_SHOWN));
  const shown = (record: StoredRecord<S>) =>
    shownText((titleOf(record) ?? "").slice(0, MAX_LOOKED_AT), MAX_SHOWN);
  const { rows } = await records.list(table, {
    where,
    match: (record) => typed !== "" && ` ${normalizeText(shown(record))}`.includes(` ${typed}`),
    order: [{ field: "updatedAt", direction: "descending", missing: "" }],
    page: { limit },
  });
  return [...new Set(rows.map(shown))];
}

/** The longest title that is offered. */
const MAX_SHOWN = 200;
/** Characters of a stored title that are looked at: others may have stored a book as a title. */
const MAX_LOOKED_AT = 1_000;
