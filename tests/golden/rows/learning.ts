// Golden rows of Learning.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const LEARNING: readonly GoldenRow[] = [];
