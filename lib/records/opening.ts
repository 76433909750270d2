import { type Draft, withOpened } from "./draft.ts";
import type { Opener } from "./opener.ts";
import type { Shape, Table } from "./table.ts";

/** Something worth counting about the fields of a table: in plaintext where they should be sealed, or unread. */
export type ObserveFields = (kind: "unsealed" | "unreadable", table: string, count: number) => void;

/** Opens the sealed fields of records, one result per draft, in order. */
export async function openAll<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  opener: Opener,
  drafts: readonly Draft[],
): Promise<Draft[]> {
  if (table.encrypted.length === 0) return [...drafts];
  const values = await opener.open(drafts.flatMap(({ sealed }) => sealed));
  const width = table.encrypted.length;
  return drafts.map((draft, index) =>
    withOpened(table, draft, values.slice(index * width, (index + 1) * width))
  );
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
