// The prompt that helps to write a diary entry. Its steps are those of the skill for the journal too.
import { z } from "zod";
import { definePrompt } from "../../lib/tool/authoring.ts";
import { dayArgument } from "./arguments.ts";
import { BEFORE_CHANGES } from "./before_changes.ts";

/** The steps of a diary entry, of a day that was named before them. */
export const EVENING_JOURNAL_STEPS =
  `1. Call {journal.list} with the day as \`from\` and as \`to\`: perhaps it has an entry already. Read entries of other days only when asked to.
2. Where you have {day.summary}, call it with the day as \`date\` for what was done and planned. Mention at most three things of it, as a help to remember.
3. Ask two or three short questions, one at a time: what happened, what was good, what stays on the mind. Do not judge, advise or comfort unless asked to.
4. Write a draft from the answers, in the same language and as far as possible in the same words, without adding anything. Show it, and ask for a mood word only if none was said.
5. After a yes, store it with {journal.add} and the day as \`entryDate\`. Where the day has an entry, ask whether to add a second one or to change the first with {journal.update}, of which {journal.read} gives the whole text first.`;

/** Asks a few questions and makes a diary entry of the answers. */
export const eveningJournal = definePrompt({
  name: "evening_journal",
  title: "Write in the journal",
  description: "Asks you a few questions about a day and makes a diary entry of what you say.",
  arguments: z.object({
    date: dayArgument.optional().describe("the day, YYYY-MM-DD, or yesterday; today when left out"),
  }),
  offers: { date: "days" },
  modules: ["journal"],
  text: ({ date }) =>
    `Help me write my diary entry for ${date ?? "today"}.\n\n${EVENING_JOURNAL_STEPS}\n\n${BEFORE_CHANGES}`,
});
