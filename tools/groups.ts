// The groups under which people find modules on the pages: name, what is in it, and whether it is sensitive. The `group` of a
// module names its group here.

/** The one list of groups, in the order of the pages. After a change: `deno task modules`. */
export const GROUPS: readonly Group[] = [
  { name: "Day", about: "to-dos, calendar, notes, journal, habits", isSensitive: false },
  { name: "People", about: "contacts, get-togethers, who you are", isSensitive: false },
  { name: "Wellbeing", about: "mood, sleep, drinks, body, dreams", isSensitive: true },
  { name: "Cycle", about: "your period", isSensitive: true },
  { name: "Money", about: "income, expenses, hours, invoices", isSensitive: true },
  { name: "Leisure", about: "books, films, recipes, first times", isSensitive: false },
  { name: "Home", about: "your things, files, photo albums", isSensitive: false },
  { name: "Learning", about: "quizzes, skills, questions, guides", isSensitive: false },
  { name: "Studio", about: "writing, slides, sites, newsletters", isSensitive: false },
  { name: "Your account", about: "the names of your spaces", isSensitive: false },
];

/** A group of modules, as people know it. */
export interface Group {
  readonly name: string;
  /** What is in it, in a few words. */
  readonly about: string;
  /**
   * Whether its records can hurt the person in strange hands. Nothing of a sensitive group is ever ticked for the person: they
   * open the group and tick it themselves.
   */
  readonly isSensitive: boolean;
}
