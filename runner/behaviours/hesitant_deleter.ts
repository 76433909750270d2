// Ida, who tidies up. How she answers when she is asked whether she means it stands in chaos/.
import type { Behaviour } from "./behaviour.ts";
import { beginHabit, keepHabit, lookAtHabits } from "./verbs/habits_verbs.ts";
import { appendToNote, readNote, writeNote } from "./verbs/notes_verbs.ts";
import { addTask, completeTask, lookAtTasks } from "./verbs/todo_verbs.ts";

/** Keeps little. */
export const HESITANT_DELETER: Behaviour = {
  archetype: "hesitant-deleter",
  calls: [8, 13],
  deeds: {
    todo: [
      addTask(5, ["water the roses", "ring the chemist", "letter to Ruth", "defrost the freezer"]),
      completeTask(3),
      lookAtTasks(1),
    ],
    notes: [
      writeNote(4, ["recipe for plum cake", "where the keys are", "birthdays"], [
        "Two eggs, not three.",
        "In the blue tin.",
      ]),
      appendToNote(2, ["Ask Ruth whether that is right."]),
      readNote(1),
    ],
    habits: [beginHabit(3, ["walk to the lake", "tablets"]), keepHabit(4, ["slowly"]), lookAtHabits(1)],
  },
};
