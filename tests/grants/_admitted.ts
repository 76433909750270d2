// What a naive model lets an app see of one table: the records as they have to be handed out, and what may be opened for them.
import assert from "node:assert/strict";
import type { Shape, StoredRecord, Table } from "../../lib/records/define_table.ts";
import { isAdmitted, type NaiveGrant, type NaiveRow, readableOf } from "./_naive_model.ts";
import type { Step } from "./_random_grants.ts";
import { fieldsOf, PARENTS } from "./_random_logs.ts";
import type { Spied, Truth } from "./_spied_store.ts";

/** A step in which an app, or the person's own token, asks. */
export type Ask = Extract<Step, { kind: "ask" }> & { readonly table: Table };

/** What an app may see, by the naive model; everything for the person's own token. */
export interface Admitted {
  readonly grant: NaiveGrant | undefined;
  readonly truth: Truth;
  /** The records that are handed out, newest first. */
  readonly records: readonly StoredRecord<Shape>[];
  readonly deleted: readonly NaiveRow[];
  readonly readable: readonly string[];
  readonly withheld: readonly string[];
  admits(row: NaiveRow): boolean;
}

/** What the model admits of one table. */
export function admittedBy(
  spied: Spied,
  grant: NaiveGrant | undefined,
  truth: Truth,
  table: Table,
  space: string,
): Admitted {
  const { app, name } = table;
  const fields = fieldsOf(table);
  const readable = grant === undefined ? fields : readableOf(grant, `${app}/${name}`, fields);
  const withheld = fields.filter((field) => !readable.includes(field));
  const admits = (row: NaiveRow) =>
    grant === undefined || isAdmitted(grant, truth.rows, PARENTS, row, spied.now());
  const rows = truth.rows.filter((row) => isOf(row, table, space) && admits(row));
  const shown = truth.shown(table, space).filter(({ id }) => rows.some((row) => row.id === id));
  assert.equal(shown.length, rows.length);
  const records = shown.map((record) => {
    const { unreadable = [], ...rest } = record;
    const kept = Object.entries(rest).filter(([field]) => !withheld.includes(field));
    const closed = unreadable.filter((field) => !withheld.includes(field));
    return {
      ...record,
      ...Object.fromEntries(withheld.map((field) => [field, undefined])),
      unreadable: closed,
      withheld,
      ...Object.fromEntries(kept),
    };
  });
  const deleted = truth.deleted.filter((row) => isOf(row, table, space) && admits(row));
  return { grant, truth, records, deleted, readable, withheld, admits };
}

/** Whether a row is of a table and a space. */
export function isOf(row: NaiveRow, { app, name }: Table, space: string): boolean {
  return row.collection === `${app}/${name}` && row.space === space;
}

/** Nothing was opened but readable fields of these records. */
export function demandOpened(
  spied: Spied,
  { readable }: Admitted,
  { table }: Ask,
  ids: readonly string[],
): void {
  const { app, name } = table;
  const allowed = new Set(ids.flatMap((id) => readable.map((field) => `${app}/${name} ${id} ${field}`)));
  assert.deepEqual(spied.opened().filter((value) => !allowed.has(value)), [], "was opened");
}
