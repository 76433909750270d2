// The list of what a person can narrow an app by, module by module: since when, by which tags, which fields. The sign-in server gets it by
// `deno task modules`; the gateway never loads it. A module that is not listed has no table to narrow: it is allowed or not.
import type { ModuleNarrowing } from "../lib/tool/authoring.ts";
import { DAY_NARROWING } from "./day/narrowing.ts";
import { HOME_NARROWING } from "./home/narrowing.ts";
import { LEARNING_NARROWING } from "./learning/narrowing.ts";
import { LEISURE_NARROWING } from "./leisure/narrowing.ts";
import { MONEY_NARROWING } from "./money/narrowing.ts";
import { PEOPLE_NARROWING } from "./people/narrowing.ts";
import { STUDIO_NARROWING } from "./studio/narrowing.ts";
import { WELLBEING_NARROWING } from "./wellbeing/narrowing.ts";

/** By module. After a change: `deno task modules`. */
export const NARROWING: Readonly<Record<string, ModuleNarrowing | undefined>> = {
  ...DAY_NARROWING,
  ...PEOPLE_NARROWING,
  ...WELLBEING_NARROWING,
  ...MONEY_NARROWING,
  ...LEISURE_NARROWING,
  ...HOME_NARROWING,
  ...LEARNING_NARROWING,
  ...STUDIO_NARROWING,
};
