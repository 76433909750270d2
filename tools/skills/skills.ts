// The skills that hosts load for a piece of work (docs/skills.md). Every byte of a skill counts: people approve a changed skill again.
import type { Skill } from "../../lib/tool/authoring.ts";
import { inboxToTasks } from "./inbox_to_tasks.ts";
import { journalCompanion } from "./journal_companion.ts";
import { weeklyReview } from "./weekly_review.ts";

/** The one list of skills, in the order of `skills/list`. */
export const SKILLS: readonly Skill[] = [weeklyReview, inboxToTasks, journalCompanion];
