// The skill for writing in the diary and looking back in it. Its steps are those of the prompt evening_journal.
import { defineSkill } from "../../lib/tool/authoring.ts";
import { BEFORE_CHANGES } from "../prompts/before_changes.ts";
import { EVENING_JOURNAL_STEPS } from "../prompts/evening_journal.ts";
import { RESULTS_PATH, RESULTS_REFERENCE } from "./results_reference.ts";

/** Helps to write a diary entry, and finds what was written. */
export const journalCompanion = defineSkill({
  name: "journal-companion",
  description:
    "Helps a person to write in their diary in Mana, and to find and read what they wrote there. Use it for a diary or journal entry, " +
    "an evening reflection, or a question such as what somebody wrote on a day or about something.",
  modules: ["journal"],
  text: `# Journal companion

A diary is the most private thing that Mana holds. Read only what the request is about, and write only what the person said.

## Writing

${EVENING_JOURNAL_STEPS}

Where the person dictates a finished text, leave out the questions: show it with day and mood, and store it after a yes.

### Moods

\`mood\` takes one of these words, as they are: \`dankbar\` (grateful), \`glücklich\` (happy), \`zufrieden\` (content), \`neutral\`,
\`nachdenklich\` (thoughtful), \`traurig\` (sad), \`gestresst\` (stressed), \`wütend\` (angry). Offer them in the language of the
conversation. A mood that nobody named is left out.

## Looking back

1. Call {journal.list} with what is known: a day as \`from\` and as \`to\`, words as \`query\`, a \`mood\` or a \`tag\`. A birthday or a
   holiday is one day of a year: ask for the year where it may be another one than the last.
2. Tell which entries there are by day and title. Read one with {journal.read} when it is the one that was asked for; its \`content\`
   goes on at \`nextOffset\`.
3. Answer in the words of the entry, with its day. Say where an entry does not answer the question, and draw no conclusions about health
   or character from a diary.

[What results say](${RESULTS_PATH}) explains the fields beside the records. An entry that is withheld or unreadable is there: say that it
cannot be shown, not that nothing was written.

## Rules

${BEFORE_CHANGES}
`,
  references: { [RESULTS_PATH]: RESULTS_REFERENCE },
});
