// What a person can pick in their client instead of writing it (docs/authoring-tools.md, A prompt).
import type { Prompt } from "../lib/tool/authoring.ts";
import { eveningJournal } from "./prompts/evening_journal.ts";
import { noteToTasks } from "./prompts/note_to_tasks.ts";
import { planDay } from "./prompts/plan_day.ts";
import { tidyTasks } from "./prompts/tidy_tasks.ts";
import { weeklyReview } from "./prompts/weekly_review.ts";

/** The one list of prompts, in the order of `prompts/list`. */
export const PROMPTS: readonly Prompt[] = [planDay, weeklyReview, eveningJournal, noteToTasks, tidyTasks];
