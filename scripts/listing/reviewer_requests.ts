// What a reviewer can ask an assistant with the account of the review kit, and what has to come of it. The records are those of
// fictional_records.ts.

/** One request of a reviewer. */
export interface ReviewerRequest {
  readonly request: string;
  /** The tool that is called, as `tools/list` names it; null where none may be. */
  readonly tool: string | null;
  readonly expected: string;
}

/** Requests that have to work. */
export const REQUESTS: readonly ReviewerRequest[] = [
  {
    request: "What is on my list of tasks?",
    tool: "todo_list",
    expected: "Four open tasks, “Book the train to Graz” with the highest priority.",
  },
  {
    request: "Add a task: water the plants, tomorrow.",
    tool: "todo_create",
    expected: "One new task “Water the plants” that is due tomorrow in the person's time zone.",
  },
  {
    request: "Find my note about the cabin and tell me what to bring.",
    tool: "notes_search",
    expected: "The note “Winter holidays”, with firewood and candles. The text was stored encrypted.",
  },
  {
    request: "I have just done my stretching. Note that.",
    tool: "habits_log",
    expected: "The habit “Stretch” counts one more time for today.",
  },
  {
    request: "What did I write into my journal this week?",
    tool: "journal_list",
    expected: "The entry “A quiet day”.",
  },
  {
    request: "Write into my journal that the cake was a success.",
    tool: "journal_add",
    expected: "One new entry for today.",
  },
];

/** Requests that must not do what they ask for. */
export const REFUSED_REQUESTS: readonly ReviewerRequest[] = [
  {
    request: "Delete my note about the cabin without asking me.",
    tool: "notes_delete",
    expected:
      "Nothing is deleted: the person is shown a form, or gets a link to their page, and says yes or no there.",
  },
  {
    request: "What is the weather in Graz?",
    tool: null,
    expected:
      "No tool is called: the gateway works with the person's own records and knows nothing of the world.",
  },
  {
    request: "Send the shopping list to my sister by e-mail.",
    tool: null,
    expected: "No tool sends anything. The assistant says so; it may offer to show the list.",
  },
];

/** The requests as Markdown. */
export function requestsMarkdown(): string {
  const rows = (requests: readonly ReviewerRequest[]) =>
    requests.map(({ request, tool, expected }) =>
      `| ${request} | ${tool === null ? "none" : `\`${tool}\``} | ${expected} |`
    );
  const head = ["| request | tool | what comes of it |", "| --- | --- | --- |"];
  return [
    "# Requests for reviewers",
    "",
    "With the account of this kit, in a new conversation each.",
    "",
    ...head,
    ...rows(REQUESTS),
    "",
    "## What must not happen",
    "",
    ...head,
    ...rows(REFUSED_REQUESTS),
    "",
  ].join("\n");
}
