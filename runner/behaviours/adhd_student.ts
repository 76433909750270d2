// Students who write fast, plan too much and forget half of it: Anna and Ben.
import type { Behaviour, Phrases } from "./behaviour.ts";
import {
  cancelEvent,
  findFreeTime,
  lookAhead,
  moveEvent,
  planEvent,
  readEvent,
} from "./verbs/calendar_verbs.ts";
import { beginHabit, giveUpHabit, keepHabit, lookAtHabits, renameHabit } from "./verbs/habits_verbs.ts";
import { markEntry, readEntry, searchEntries, writeEntry } from "./verbs/journal_verbs.ts";
import { correctMood, logMood, lookAtMoods } from "./verbs/mood_verbs.ts";
import { appendToNote, deleteNote, readNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import {
  addTask,
  completeTask,
  deleteDoneTask,
  lookAtTasks,
  postponeTask,
  renameTask,
} from "./verbs/todo_verbs.ts";

const TASKS: Phrases = [
  "buy oat milk!!",
  "call mum back",
  "hand in essay (really this time)",
  "library books are overdue",
  "fix bike light",
  "ask Jo for lecture notes",
  "laundry, no clean socks",
];
const THOUGHTS: Phrases = [
  "Forgot the seminar agian, but the talk with Jo was good.",
  "Too much coffee, too little sleep, still smiling.",
  "Ran by the river until my head was quiet.",
  "The group work is chaos and somehow it works.",
  "Started four things and finished one. Counts.",
];
const PLACES: Phrases = ["campus", "climbing hall", "kitchen", "library, 2nd floor"];

/** Short, hurried, with typos. */
export const ADHD_STUDENT: Behaviour = {
  archetype: "adhd-student",
  calls: [9, 14],
  deeds: {
    todo: [
      addTask(5, TASKS),
      completeTask(4),
      postponeTask(2),
      renameTask(1, ["essay, last chance", "call mum, tonight", "socks!!"]),
      lookAtTasks(1),
      deleteDoneTask(2),
    ],
    journal: [
      writeEntry(4, ["today in short", "brain dump", "late again"], THOUGHTS, [
        "glücklich",
        "gestresst",
        "neutral",
      ]),
      readEntry(2),
      markEntry(1),
      searchEntries(1, ["coffee", "river", "group"]),
    ],
    notes: [
      writeNote(4, ["ideas for the essay", "shopping maybe", "things Jo said"], THOUGHTS),
      appendToNote(3, ["and one more thing: ask the tutor", "not sure about this any more"]),
      readNote(1),
      searchNotes(1, ["essay", "Jo"]),
      deleteNote(1),
    ],
    mood: [
      logMood(4, ["happy", "tired", "overwhelmed", "energized"], [
        "slept badly",
        "good talk",
        "everything at once",
      ]),
      correctMood(1),
      lookAtMoods(1),
    ],
    calendar: [
      planEvent(4, ["climbing with Jo", "study group", "dinner in the flat", "sports course"], PLACES),
      lookAhead(2),
      findFreeTime(1),
      readEvent(1),
      moveEvent(2, PLACES),
      cancelEvent(1),
    ],
    habits: [
      beginHabit(2, ["run 20 minutes", "no phone in bed", "drink water", "stretch"]),
      keepHabit(5, ["short one", "at last", "with Anna"]),
      lookAtHabits(1),
      renameHabit(1, ["run 10 minutes, realistic", "phone stays in the kitchen"]),
      giveUpHabit(1),
    ],
  },
};
