// Golden rows of People.
import type { GoldenRow } from "../golden_row.ts";

/** See golden_row.ts. */
export const PEOPLE: readonly GoldenRow[] = [];
