// Golden rows of Money.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const MONEY: readonly GoldenRow[] = [];
