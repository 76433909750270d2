// Rex between two misdeeds: even a client that breaks the rules does something useful now and then, and what it wrote has to stay right.
import type { Behaviour } from "./behaviour.ts";
import { appendToNote, deleteNote, readNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import { addTask, completeTask, deleteDoneTask, lookAtTasks } from "./verbs/todo_verbs.ts";

/** A few honest calls. */
export const CHAOS: Behaviour = {
  archetype: "chaos",
  calls: [9, 14],
  deeds: {
    notes: [
      writeNote(4, ["fuzz log", "crash list"], ["Nothing broke. Suspicious.", "Try it upside down."]),
      appendToNote(2, ["again, with feeling"]),
      readNote(1),
      searchNotes(1, ["fuzz", "crash"]),
      deleteNote(2),
    ],
    todo: [
      addTask(3, ["break something", "read the spec backwards"]),
      completeTask(3),
      lookAtTasks(1),
      deleteDoneTask(2),
    ],
  },
};
