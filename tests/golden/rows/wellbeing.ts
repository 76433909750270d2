// Golden rows of Wellbeing.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const WELLBEING: readonly GoldenRow[] = [];
