// Golden rows of Studio.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const STUDIO: readonly GoldenRow[] = [];
