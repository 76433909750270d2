// A made-up list of 43 modules in all groups, as people's data have them: for tests of the pages, which must not depend on what
// tools there are today.
import { type Grantable, parseGrantable } from "../../sign_in/oauth/grants/grantable_modules.ts";
import { writtenNarrowing } from "../../scripts/grantable_modules.ts";
import { GROUPS } from "../../tools/groups.ts";
import { NARROWING } from "../../tools/narrowing.ts";
import { PROFILES } from "../../tools/profiles.ts";

/** What apps can be allowed there: 43 modules with everything but deleting in two of them. */
export function manyModules(): Grantable {
  return parseGrantable({
    groups: GROUPS,
    profiles: PROFILES.map(({ name, about, group }) => ({
      name,
      about,
      ...(group === undefined ? {} : { group }),
    })),
    modules: Object.entries(LABELS).flatMap(([group, labels]) =>
      Object.entries(labels).map(([name, label]) => ({
        name,
        label,
        group,
        accesses: name === "spaces"
          ? ["read"]
          : ["day", "journal"].includes(name)
          ? ["read", "write"]
          : ["read", "write", "destructive"],
        ...(name === "spaces" ? { accessWords: { read: "See the names of your spaces" } } : {}),
        ...writtenNarrowing(NARROWING[name]),
      }))
    ),
  });
}

const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Your account": { spaces: "Spaces" },
  Day: {
    day: "Your day",
    todo: "To-dos",
    calendar: "Calendar",
    notes: "Notes",
    journal: "Journal",
    habits: "Habits",
  },
  People: {
    profile: "Who you are",
    tags: "Tags",
    contacts: "Contacts",
    events: "Get-togethers",
    links: "Links",
  },
  Wellbeing: {
    mood: "Mood",
    sleep: "Sleep",
    drink: "Drinks",
    body: "Body",
    meditate: "Meditation",
    dreams: "Dreams",
    stretch: "Stretching",
  },
  Cycle: { period: "Period" },
  Money: { finance: "Finances", times: "Hours", invoices: "Invoices" },
  Leisure: {
    library: "Library",
    recipes: "Recipes",
    firsts: "First times",
    lasts: "Last times",
    augur: "Signs",
  },
  Home: { inventory: "Your things", storage: "Files", photos: "Photo albums" },
  Learning: { quiz: "Quizzes", skilltree: "Skills", questions: "Questions", guides: "Guides" },
  Studio: {
    writing: "Writing",
    presi: "Slides",
    website: "Websites",
    forms: "Forms",
    broadcasts: "Newsletters",
    mail: "Mail drafts",
    chat: "Chats",
    missions: "Missions",
  },
};
