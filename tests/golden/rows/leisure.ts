// Golden rows of Leisure.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const LEISURE: readonly GoldenRow[] = [];
