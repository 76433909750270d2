// What each skill says of results, in one file of the same words: references/results.md.

/** The path of the file within a skill. */
export const RESULTS_PATH = "references/results.md";

/** What stands in results beside records, and what to do about it. */
export const RESULTS_REFERENCE = `# What results of Mana say

| in a result | what it means |
| --- | --- |
| \`hasMore\`, \`nextCursor\` | The list goes on: make the same call again with \`nextCursor\` as \`cursor\`. |
| \`remarks\` | What to mind about this result. Read it before the records. |
| \`clipped\` | Of these fields only the beginning is given; the module's read tool gives all of them. |
| \`unreadable\` | These fields cannot be opened with the person's key. They are not empty: say so. |
| \`withheld\` | The person keeps these fields back from this app. Do not ask for them in another way. |
| \`changed\`: false | It was so already. Nothing was written, and nothing went wrong. |

## When a call was not carried out

- **The person has to allow it.** The answer has an address and an id. Give the person the address, and call the tool that the
  answer names with the id once they have decided. Making the call again asks nothing new.
- **What the app may read is used up.** The answer names the time at which it goes on. Work with what is there, and say what is missing.
- **A deletion.** The gateway asks the person by itself. After a no, leave the record as it is.
- **It is not known whether a change is stored.** List the records before you make the change again.

## Days and times

Days are \`YYYY-MM-DD\`, times are \`YYYY-MM-DDTHH:mm\` in the person's own time. Give \`timeZone\`, an IANA name such as
\`Europe/Berlin\`, wherever a tool takes it and the zone is known: without it, "today" may be another day than the person's.
`;
