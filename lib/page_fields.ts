import { z } from "zod";
import { MAX_CURSOR_CHARS } from "./limits.ts";

/** Input fields of a listing tool: how many rows, and where to go on. */
export function pageInput(limits: { readonly most: number; readonly usual: number }) {
  return {
    limit: z.int().min(1).max(limits.most).default(limits.usual),
    cursor: z.string().max(MAX_CURSOR_CHARS).optional().describe(
      "nextCursor of the page before; other arguments as then",
    ),
  };
}

/** Output fields of a listing tool, beside its rows: what `records.list` and `records.search` say besides theirs. */
export const pageOutput = {
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
  unreadable: z.number(),
} as const;
