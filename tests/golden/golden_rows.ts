// All golden rows in one list.
import type { GoldenRow } from "./golden_row.ts";
import { BLOCKS } from "./rows/blocks.ts";
import { CHANGED } from "./rows/changed.ts";
import { DAY } from "./rows/day.ts";
import { HOME } from "./rows/home.ts";
import { LEARNING } from "./rows/learning.ts";
import { LEISURE } from "./rows/leisure.ts";
import { MONEY } from "./rows/money.ts";
import { PEOPLE } from "./rows/people.ts";
import { STUDIO } from "./rows/studio.ts";
import { WELLBEING } from "./rows/wellbeing.ts";

/** See golden_row.ts. */
export const GOLDEN_ROWS: readonly GoldenRow[] = [
  ...DAY,
  ...PEOPLE,
  ...WELLBEING,
  ...MONEY,
  ...LEISURE,
  ...HOME,
  ...LEARNING,
  ...STUDIO,
  ...BLOCKS,
  ...CHANGED,
];
