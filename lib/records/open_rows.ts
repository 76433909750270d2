import { type Draft, isOpened, withOpened } from "./row.ts";
import type { FieldValue } from "../sealing/value_opener.ts";
import type { KeptOpening } from "./opened_for_caller.ts";
import type { Opener } from "../sealing/value_opener.ts";
import type { Shape, Table } from "./table.ts";

/** Something worth counting about the fields of a table: in plaintext where they should be sealed, or unread. */
export type ObserveFields = (kind: "unsealed" | "unreadable", table: string, count: number) => void;

/**
 * Opens the sealed fields of records, one result per draft, in order; what was opened before is taken from `kept`, and what
 * is opened now is kept there.
 */
export async function openAll<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  opener: Opener,
  drafts: readonly Draft[],
  kept: KeptOpening | null = null,
): Promise<Draft[]> {
  if (table.encrypted.length === 0) return [...drafts];
  const known = drafts.map((draft) => kept?.get(draft));
  const opened = await openValues(table, opener, drafts.filter((_, index) => known[index] === undefined));
  let next = 0;
  return drafts.map((draft, index) => {
    const text = known[index];
    if (text !== undefined && isOpened(text.draft, draft)) return text.draft;
    const values = text?.values ?? opened[next++] ?? [];
    const made = withOpened(table, draft, values);
    kept?.keep(draft, { values, folded: text?.folded ?? null, draft: made });
    return made;
  });
}

/** The opened values of the sealed fields of records, in the order of `drafts`. */
export async function openValues<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  opener: Opener,
  drafts: readonly Draft[],
): Promise<(readonly FieldValue[])[]> {
  const width = table.encrypted.length;
  const values = width === 0 ? [] : await opener.open(drafts.flatMap(({ sealed }) => sealed));
  return drafts.map((_, index) => values.slice(index * width, (index + 1) * width));
}

/** Counts what was met while opening; `unreadable` in fields. */
export function observeOpening(
  observe: ObserveFields,
  table: { readonly app: string; readonly name: string },
  opener: Opener,
  unreadable: number,
): void {
  const name = `${table.app}/${table.name}`;
  if (opener.unsealed() > 0) observe("unsealed", name, opener.unsealed());
  if (unreadable > 0) observe("unreadable", name, unreadable);
}
