// The records of the account for reviewers: of nobody who exists. They are written by the tools themselves, with the account's own token,
// so that the account can do nothing that another person's cannot.

/** What writes a record: a tool, by its name on the wire. */
export type CallTool = (name: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** Writes the records, each once. Calls that fail reject with the tool's own words. */
export async function writeFictionalRecords(call: CallTool): Promise<number> {
  const calls: readonly (readonly [string, Record<string, unknown>])[] = [
    ["todo_create", { title: "Book the train to Graz", priority: "urgent" }],
    ["todo_create", { title: "Call the plumber", priority: "medium" }],
    ["todo_create", { title: "Return the library books", priority: "low" }],
    ["todo_create", { title: "Bake a cake for Ada", priority: "medium" }],
    ["notes_create", {
      title: "Winter holidays",
      content: "The cabin: bring firewood and candles. Ask Ada about the key.",
    }],
    ["notes_create", { title: "Shopping", content: "Bread, apples, oat milk" }],
    ["habits_create", { title: "Stretch" }],
    ["habits_create", { title: "Read ten pages" }],
    ["journal_add", { title: "A quiet day", content: "Rain, tea, and a long walk.", mood: "zufrieden" }],
  ];
  for (const [name, args] of calls) await call(name, args);
  return calls.length;
}
