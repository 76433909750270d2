// Golden rows of Home.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const HOME: readonly GoldenRow[] = [];
