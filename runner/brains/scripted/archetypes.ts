// Who does what: an archetype's deeds, and its misdeeds where it has any.
import { ADHD_STUDENT } from "../../behaviours/adhd_student.ts";
import type { Behaviour } from "../../behaviours/behaviour.ts";
import { CEO_BUSY } from "../../behaviours/ceo_busy.ts";
import { CHAOS } from "../../behaviours/chaos.ts";
import { CREATIVE_PARENT } from "../../behaviours/creative_parent.ts";
import { FREELANCER } from "../../behaviours/freelancer.ts";
import { HESITANT_DELETER } from "../../behaviours/hesitant_deleter.ts";
import { OVERWHELMED_NEWBIE } from "../../behaviours/overwhelmed_newbie.ts";
import { RESEARCHER } from "../../behaviours/researcher.ts";
import { SOLO_DEV } from "../../behaviours/solo_dev.ts";
import { COMPLETING_WHAT_IS_DONE } from "../../chaos/completing_what_is_done.ts";
import { DELETION_ANSWERS } from "../../chaos/deletion_answers.ts";
import { DUPLICATE_KEYS } from "../../chaos/duplicate_keys.ts";
import { FLOOD } from "../../chaos/flood.ts";
import { FOREIGN_SPACE } from "../../chaos/foreign_space.ts";
import { HANGING_UP } from "../../chaos/hanging_up.ts";
import { IDS_OF_DELETED_THINGS } from "../../chaos/ids_of_deleted_things.ts";
import type { Misdeed } from "../../chaos/misdeed.ts";
import { MISSPELT_ARGUMENTS } from "../../chaos/misspelt_arguments.ts";
import { CONTROL_CHARACTERS, ODD_UNICODE } from "../../chaos/odd_unicode.ts";
import { PROMPT_INJECTION } from "../../chaos/prompt_injection.ts";
import { SAME_TASK_THRICE } from "../../chaos/same_task_thrice.ts";
import { STALE_TOKEN } from "../../chaos/stale_token.ts";
import { WRONG_TYPES } from "../../chaos/wrong_types.ts";

/** The part of an archetype; that of a student with plain days where nobody wrote one. */
export function partOf(archetype: string): Part {
  return PARTS.find(({ behaviour }) => behaviour.archetype === archetype) ??
    { ...USUAL, behaviour: ADHD_STUDENT };
}

/** What one archetype plays. */
export interface Part {
  readonly behaviour: Behaviour;
  readonly misdeeds: readonly Misdeed[];
  /** How many of its turns are misdeeds, out of 1. */
  readonly mischief: number;
}

const USUAL = { misdeeds: [], mischief: 0 };

/** Every archetype. */
export const PARTS: readonly Part[] = [
  { ...USUAL, behaviour: ADHD_STUDENT },
  { ...USUAL, behaviour: CEO_BUSY },
  { ...USUAL, behaviour: CREATIVE_PARENT },
  { ...USUAL, behaviour: SOLO_DEV },
  { ...USUAL, behaviour: RESEARCHER },
  { ...USUAL, behaviour: FREELANCER },
  {
    behaviour: OVERWHELMED_NEWBIE,
    misdeeds: [MISSPELT_ARGUMENTS, IDS_OF_DELETED_THINGS, SAME_TASK_THRICE, COMPLETING_WHAT_IS_DONE],
    mischief: 0.4,
  },
  {
    behaviour: CHAOS,
    misdeeds: [
      WRONG_TYPES,
      ODD_UNICODE,
      CONTROL_CHARACTERS,
      PROMPT_INJECTION,
      DUPLICATE_KEYS,
      FLOOD,
      FOREIGN_SPACE,
      STALE_TOKEN,
      HANGING_UP,
    ],
    mischief: 0.7,
  },
  { behaviour: HESITANT_DELETER, misdeeds: [DELETION_ANSWERS], mischief: 0.5 },
];
