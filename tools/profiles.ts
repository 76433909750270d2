// The list of profiles: which tools a connection is shown (docs/tools.md has their sizes). A group's profile holds the group's
// modules, whatever they are, but for what it leaves out; the others name their tools.
import { defineProfile, type Profile } from "../lib/tool/authoring.ts";

/** The one list of profiles, in the order in which people and programs are told of them. */
export const PROFILES: readonly Profile[] = [
  defineProfile({
    name: "start",
    about: "what most people do most: the day, to-dos, notes, journal, habits",
    tools: [
      // What every connection was shown before there were profiles.
      "habits.create",
      "habits.list",
      "habits.update",
      "habits.archive",
      "habits.delete",
      "spaces.list",
      "todo.create",
      "todo.list",
      "todo.complete",
      "todo.delete",
      "notes.create",
      "notes.search",
      "notes.read",
      "notes.delete",
      "journal.add",
      // What a day needs beside that.
      "day.summary",
      "todo.update",
      "calendar.list",
      "calendar.create",
      "notes.append",
      "habits.log",
      "habits.overview",
      "contacts.search",
    ],
  }),
  defineProfile({
    name: "daily",
    about: "days in order: to-dos, calendar, notes, journal, habits",
    group: "Day",
    tools: ["spaces.list"],
    // Set up once, and used least; of entries of habits the overview tells. Without these an app that may do everything is shown as
    // many tools as clients take.
    without: [
      "calendar.calendars",
      "calendar.save_calendar",
      "habits.logs",
      "todo.save_project",
    ],
  }),
  defineProfile({
    name: "people",
    about: "contacts, get-togethers, tags, who you are",
    group: "People",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "wellbeing",
    about: "mood, sleep, drinks, body, meditation, dreams",
    group: "Wellbeing",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "money",
    about: "income, expenses, hours, invoices",
    group: "Money",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "leisure",
    about: "library, recipes, first and last times, signs",
    group: "Leisure",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "home",
    about: "your things, files, photo albums",
    group: "Home",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "learning",
    about: "quizzes, skills, questions, guides",
    group: "Learning",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "studio",
    about: "writing, slides, sites, forms, newsletters",
    group: "Studio",
    tools: ["spaces.list"],
  }),
  defineProfile({
    name: "work",
    about: "a working day: to-dos, calendar, notes, contacts, hours",
    tools: [
      "spaces.list",
      "day.summary",
      "todo.*",
      "calendar.*",
      "notes.create",
      "notes.search",
      "notes.read",
      "notes.append",
      "contacts.search",
      "contacts.read",
      "times.*",
    ],
  }),
  defineProfile({ name: "cycle", about: "your period", group: "Cycle", tools: ["spaces.list"] }),
  defineProfile({
    name: "compact",
    about: "everything that was allowed, by a few general tools",
    tools: ["spaces.list", "modules.*", "records.*"],
  }),
];
