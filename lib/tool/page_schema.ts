import { z } from "zod";

/** Input fields of a listing tool: how many rows, and where to go on. */
export function pageInput(limits: { readonly most: number; readonly usual: number }) {
  return {
    limit: z.int().min(1).max(limits.most).default(limits.usual),
    // What is too long for a cursor is refused as none, like any other that this gateway did not make.
    cursor: z.string().optional().describe("nextCursor of the page before; other arguments as then"),
  };
}

/** Output fields of a listing tool, beside its rows: what `records.list` and `records.search` say besides theirs. */
export const pageOutput = {
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  unreadable: z.number(),
} as const;
