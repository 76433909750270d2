import { MAX_ROWS_CHARS } from "../limits.ts";

/** As many of the first rows as fit into a result, for what is no record and so neither paged nor cut. */
export function rowsThatFit<T>(rows: readonly T[]): T[] {
  let chars = 0;
  const fitting: T[] = [];
  for (const row of rows) {
    chars += JSON.stringify(row).length + 1;
    if (chars > MAX_ROWS_CHARS) break;
    fitting.push(row);
  }
  return fitting;
}
