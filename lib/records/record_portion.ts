// One record with a portion of a long text: as much as fits into a result beside the other fields, to be read on from there.

import { MAX_PORTION_BYTES, MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import { safeEnd } from "../kit/safe_end.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import { type ClipLimits, clipTo } from "./clip_row.ts";
import type { Shape, Table } from "./define_table.ts";
import { estimateModelTokens } from "../kit/estimate_model_tokens.ts";
import type { RecordPortion } from "./records.ts";
import { type OpenRow, ownRowOf, storedRecordOf } from "./row.ts";

/** The rest of a result is for the other fields. */
const MAX_PORTION_TOKENS = 0.75 * MAX_ROWS_TOKENS;
/** What the other fields take beside a long text. */
const OTHERS: ClipLimits = Object.freeze({
  rowBytes: MAX_ROWS_BYTES - MAX_PORTION_BYTES,
  rowTokens: MAX_ROWS_TOKENS - MAX_PORTION_TOKENS,
  fieldChars: 1_000,
});

/**
 * A record with as much of its text `field` from `offset` on (UTF-16 code units) as fits into a result beside the other
 * fields. All portions put together are the text again.
 */
export function recordPortionOf<S extends Shape, E extends keyof S & string>(
  table: Table<S, E>,
  row: OpenRow,
  field: keyof S & string,
  offset: number,
): RecordPortion<S> {
  const { [field]: whole, ...others } = row.values;
  const isText = typeof whole === "string";
  const text = isText ? whole : "";
  const start = safeEnd(text, Math.min(offset, text.length));
  const end = endOfPortion(text, start);
  const portion = isText ? { [field]: text.slice(start, end) } : {};
  const { record: rest } = clipTo(
    OTHERS,
    isText ? others : row.values,
    (values, clipped) => ({ values, clipped }),
  );
  const shown = ownRowOf(row, { ...rest.values, ...portion }, row.unreadable);
  return {
    record: storedRecordOf(table, shown, rest.clipped),
    chars: text.length,
    ...(end < text.length ? { nextOffset: end } : {}),
  };
}

/** The greatest place, or nearly, up to which the text fits as JSON: an escape takes up to six characters for one. */
function endOfPortion(text: string, start: number): number {
  for (let size = MAX_PORTION_BYTES;;) {
    const end = safeEnd(text, Math.min(text.length, start + size));
    const json = JSON.stringify(text.slice(start, end));
    const overfull = Math.max(
      (utf8Bytes(json) - 2) / MAX_PORTION_BYTES,
      estimateModelTokens(json) / MAX_PORTION_TOKENS,
    );
    if (overfull <= 1) return end;
    // At least 2 % less each time, so that the loop ends where the characters that escape most stand at the beginning.
    size = Math.floor((end - start) * Math.min(0.98, 1 / overfull));
  }
}
