// Parents: Sofia, who writes as she thinks, and Tom, who lives by lists.
import type { Behaviour, Phrases } from "./behaviour.ts";
import { lookAhead, moveEvent, planEvent, planSeries, readEvent } from "./verbs/calendar_verbs.ts";
import { archiveHabit, beginHabit, keepHabit, lookAtHabits } from "./verbs/habits_verbs.ts";
import { markEntry, readEntry, writeEntry } from "./verbs/journal_verbs.ts";
import { interpretDream, logMood, lookAtMoods, readDream, writeDream } from "./verbs/mood_verbs.ts";
import { appendToNote, deleteNote, readNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import { addChecklist, addTask, completeTask, deleteDoneTask, lookAtTasks } from "./verbs/todo_verbs.ts";

const IDEAS: Phrases = [
  "A poster like a folded map, with the city only on the inside.",
  "The little one calls rain the sky's laundry. Keep that.",
  "Colours of the old school building: brick, chalk, ink.",
  "A book for Tom made of shopping lists.",
  "Type that looks hand cut, but reads well from afar.",
];
const ERRANDS: Phrases = [
  "dentist for the children",
  "mark class 7b tests",
  "buy rain boots size 31",
  "book holiday flat",
  "fix kitchen drawer",
  "bread, apples, yoghurt",
];

/** Children, ideas, lists. */
export const CREATIVE_PARENT: Behaviour = {
  archetype: "creative-parent",
  calls: [10, 14],
  deeds: {
    journal: [
      writeEntry(4, ["a day in three pictures", "what the children said", "quiet hour"], IDEAS, [
        "dankbar",
        "glücklich",
        "nachdenklich",
      ]),
      readEntry(2),
      markEntry(1),
    ],
    notes: [
      writeNote(4, ["sketch", "idea", "list for the weekend"], IDEAS, 2),
      appendToNote(3, IDEAS),
      readNote(1),
      searchNotes(1, ["poster", "colours"]),
      deleteNote(1),
    ],
    dreams: [
      writeDream(4, ["the house with the extra room", "flying over the school", "the talking fox"], [
        "I walked through a door that had not been there.",
        "The children were grown and laughed at my bicycle.",
        "Everything was drawn with one line.",
      ], ["house", "door", "fox", "water"]),
      readDream(1),
      interpretDream(2, ["Too little space of my own, perhaps.", "It was a friendly one."]),
    ],
    mood: [
      logMood(4, ["calm", "grateful", "tired", "happy"], [
        "paint on my hands",
        "loud evening",
        "walk in the wood",
      ]),
      lookAtMoods(1),
    ],
    todo: [
      addTask(4, ERRANDS),
      addChecklist(2, ["pack for school trip", "birthday party", "weekend shopping"], [
        "sandwiches",
        "candles",
        "sun cream",
        "tape",
        "milk",
      ]),
      completeTask(4),
      lookAtTasks(1),
      deleteDoneTask(2),
    ],
    calendar: [
      planEvent(4, ["parents' evening", "dentist", "swimming", "dinner with Sofia"], [
        "school",
        "town",
        "home",
      ]),
      planSeries(1, ["recycling out", "piano lesson"]),
      lookAhead(2, 10),
      readEvent(1),
      moveEvent(1, ["school, room 12", "grandma's"]),
    ],
    habits: [
      beginHabit(2, ["read to the children", "walk to school", "ten quiet minutes"]),
      keepHabit(4, ["they fell asleep", "in the rain"]),
      lookAtHabits(1),
      archiveHabit(1),
    ],
  },
};
