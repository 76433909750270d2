// Opens the sealed fields of rows for one call: from the opened cache where it can, else with the caller's key, and keeps
// what it opens. Single values are opened by sealing/value_opener.ts.

import { principalKey } from "../people/principal.ts";
import { isSealed } from "../sealing/cipher.ts";
import type { FieldValue, ValueOpener } from "../sealing/value_opener.ts";
import type { Shape, Table } from "./define_table.ts";
import type { OpenedRecord, OpenedTable } from "./opened_cache.ts";
import type { RecordCall } from "./record_call.ts";
import { isOpenedFrom, isOpenRow, type OpenRow, openRowOf, type PlainRow } from "./row.ts";

/** Rows that are opened together. Where a result fills up, the rest of them was opened for nothing: they are few. */
export const OPEN_TOGETHER = 32;

/**
 * What opens these rows, from the opened cache where it can. Throws what `Keyring.key` throws, also when everything was
 * opened before: without the key nothing that it opened may be used.
 */
export async function createRowOpener<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  rows: readonly { readonly row: PlainRow }[],
): Promise<RowOpener<S, E>> {
  const { caller, space } = call.scope;
  const hasCiphertext = space.sealed && rows.some(({ row }) => row.sealed.some(isSealed));
  if (!hasCiphertext) return new RowOpener(call, table, null);
  const key = await call.deps.keyring.key(caller, call.scope.signal);
  const owner = {
    person: principalKey(caller.principal),
    space: space.id,
    // What a grant opens has no place beside what others open: neither may tell by its speed, or by what it drops, what the other looks at.
    table: `${table.app}/${table.name}${
      table.withheld === undefined ? "" : ` without ${table.withheld.join()}`
    }`,
  };
  return new RowOpener(call, table, call.deps.opened.tableFor(owner, key));
}

/** Opens one row, without the opened cache, and counts what was met. Throws what `Keyring.key` throws. */
export async function openRow<S extends Shape, E extends keyof S & string>(
  call: RecordCall,
  table: Table<S, E>,
  row: PlainRow,
): Promise<OpenRow> {
  if (isOpenRow(row)) {
    call.observeOpening(table, { unsealed: 0, unreadable: row.unreadable.length });
    return row;
  }
  const opener = new RowOpener(call, table, null);
  const [values = []] = await opener.openValues([row]);
  const open = openRowOf(table, row, values);
  call.observeOpening(table, { unsealed: opener.unsealed, unreadable: open.unreadable.length });
  return open;
}

/** Opens rows of one table. A class, since one is made per listing. */
export class RowOpener<S extends Shape, E extends keyof S & string> {
  readonly #call: RecordCall;
  readonly #table: Table<S, E>;
  /** What the caller's key has opened before; null where nothing may be kept. */
  readonly #cache: OpenedTable | null;
  readonly #opener: ValueOpener;

  constructor(call: RecordCall, table: Table<S, E>, cache: OpenedTable | null) {
    this.#call = call;
    this.#table = table;
    this.#cache = cache;
    this.#opener = call.createValueOpener(table);
  }

  /** Values met in plaintext although the space and the field are sealed. */
  get unsealed(): number {
    return this.#opener.unsealed();
  }

  /** The rows with their sealed fields opened, in order. */
  async open(rows: readonly PlainRow[]): Promise<OpenRow[]> {
    const cached = rows.map((row) => this.cached(row));
    const values = await this.openValues(rows.filter((_, index) => cached[index] === undefined));
    let next = 0;
    return rows.map((row, index) => {
      const known = cached[index];
      if (known !== undefined && isOpenedFrom(row, known.row)) return known.row;
      const own = known?.values ?? values[next++] ?? [];
      const open = openRowOf(this.#table, row, own);
      this.keep(row, { values: own, normalized: known?.normalized ?? null, row: open });
      return open;
    });
  }

  /** The opened values of the sealed fields of each row. They are neither taken from the cache nor kept there. */
  async openValues(rows: readonly PlainRow[]): Promise<(readonly FieldValue[])[]> {
    const width = this.#table.encrypted.length;
    const values = await this.#opener.open(rows.flatMap(({ sealed }) => sealed));
    return rows.map((_, index) => values.slice(index * width, (index + 1) * width));
  }

  /** What the sealed fields of a row were opened to before, as long as they are the same. */
  cached(row: PlainRow): OpenedRecord | undefined {
    return this.#cache?.get(row.id, row.sealed);
  }

  /**
   * Keeps what a row was opened to, where there is room and the key is still held: the key may have been replaced while it
   * was used, and what it opened is then used once. Not kept where a field was no ciphertext or did not open: such a field
   * is looked at, and counted, each time anew.
   */
  keep(row: PlainRow, opened: OpenedRecord): void {
    const { keyring } = this.#call.deps;
    if (this.#cache === null || !areSealedAndOpened(row, opened.values)) return;
    if (!keyring.holds(this.#call.scope.caller.principal, this.#cache.key)) return;
    this.#cache.put(row.id, row.sealed, opened);
  }

  /** Drops records from the cache that are no more. */
  retain(isLive: (id: string) => boolean): void {
    this.#cache?.retain(isLive);
  }
}

/** Whether every sealed field that has a value was ciphertext and could be opened. */
function areSealedAndOpened({ sealed }: PlainRow, values: readonly FieldValue[]): boolean {
  return sealed.every((value, index) =>
    values[index]?.ok === true && (isSealed(value) || value === undefined || value === null)
  );
}
