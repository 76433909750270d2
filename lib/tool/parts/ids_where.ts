// The ids of all records that a condition on plaintext fields keeps, for a tool that removes or changes each of them. Nothing is
// opened, and the size of a result is no limit.

import type { PlainRecord, Shape, Table } from "../../records/define_table.ts";
import type { ReadRecords } from "../../records/records.ts";

/** The ids, in no order. Throws as `ReadRecords.lookThrough`. */
export async function idsWhere<S extends Shape, E extends keyof S & string>(
  records: Pick<ReadRecords, "lookThrough">,
  table: Table<S, E>,
  where: (record: PlainRecord<S, E>) => boolean,
): Promise<string[]> {
  const ids: string[] = [];
  await records.lookThrough(table, (record) => {
    if (where(record)) ids.push(record.id);
  });
  return ids;
}
