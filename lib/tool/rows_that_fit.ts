// Bounds a list of things that are no records and so neither paged nor cut, such as spaces.

import { MAX_ROWS_BYTES } from "../kit/limits.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";

/** As many of the first rows as fit into a result. */
export function rowsThatFit<T>(rows: readonly T[]): T[] {
  let bytes = 0;
  const fitting: T[] = [];
  for (const row of rows) {
    bytes += utf8Bytes(JSON.stringify(row)) + 1;
    if (bytes > MAX_ROWS_BYTES) break;
    fitting.push(row);
  }
  return fitting;
}
