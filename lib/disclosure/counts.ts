// What is counted of a grant, within which time, and adding it up.

/** What is counted. */
export type Counted = "records" | "fields" | "bytes" | "searches" | "looked";

/** The time within which something is counted. */
export type UseWindow = "hour" | "day";

/** How long each window is. */
export const WINDOW_MS: Readonly<Record<UseWindow, number>> = { hour: 3_600_000, day: 24 * 3_600_000 };

/** Numbers of one window. */
export type Counts = Record<Counted, number>;

/** Nothing counted. */
export function emptyCounts(): Counts {
  return { records: 0, fields: 0, bytes: 0, searches: 0, looked: 0 };
}

/** Adds counts to a sum. */
export function addCounts(sum: Counts, { records, fields, bytes, searches, looked }: Counts): void {
  sum.records += records;
  sum.fields += fields;
  sum.bytes += bytes;
  sum.searches += searches;
  sum.looked += looked;
}

/** Counts one record. */
export function addRecord(counts: Counts, fields: number, bytes: number): void {
  counts.records += 1;
  counts.fields += fields;
  counts.bytes += bytes;
}
