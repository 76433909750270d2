// Maya, two weeks in. What she does wrong stands in chaos/; this is what she does right.
import type { Behaviour, Phrases } from "./behaviour.ts";
import { readEntry, rewriteEntry, writeEntry } from "./verbs/journal_verbs.ts";
import { appendToNote, readNote, writeNote } from "./verbs/notes_verbs.ts";
import { addTask, completeTask, lookAtTasks, postponeTask, renameTask } from "./verbs/todo_verbs.ts";

const CONFUSED: Phrases = [
  "I completed it but I think it was the other one.",
  "Where did my list go? Ah, there.",
  "I like this app. I do not understand this app.",
  "Yesterday I wrote that I hate lists. Today I made five.",
];

/** Much at once, and the opposite a moment later. */
export const OVERWHELMED_NEWBIE: Behaviour = {
  archetype: "overwhelmed-newbie",
  calls: [9, 14],
  deeds: {
    todo: [
      addTask(4, ["find out what a project is", "call landlord", "do NOT call landlord", "learn this app"]),
      completeTask(3),
      renameTask(2, ["call landlord after all", "learn this app, page 2"]),
      postponeTask(2),
      lookAtTasks(2),
    ],
    journal: [
      writeEntry(4, ["help", "better today", "no idea"], CONFUSED, ["gestresst", "neutral", "glücklich"]),
      rewriteEntry(2, CONFUSED),
      readEntry(1),
    ],
    notes: [writeNote(3, ["how this works", "questions"], CONFUSED), appendToNote(1, CONFUSED), readNote(1)],
  },
};
