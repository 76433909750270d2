// The input and output fields that every listing tool has beside its own. What they do is records/result_page.ts.

import { z } from "zod";

/** Input fields of a listing tool: at most how many rows (`usual` by default), and where to go on. */
export function pageInput(limits: { readonly most: number; readonly usual: number }) {
  return {
    limit: z.int().min(1).max(limits.most).default(limits.usual),
    // Not bounded here: a text that is too long is refused as `cursor-invalid`, like any that this gateway did not make.
    cursor: z.string().optional().describe("nextCursor of the page before; other arguments as then"),
  };
}

/** Output fields of a listing tool beside its rows: what `records.list` and `records.search` say besides theirs. */
export const pageOutput = {
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  unreadable: z.number(),
} as const;
