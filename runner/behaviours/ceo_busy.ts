// The two who lead a company: Marcus, terse, and Lena, who thinks in writing.
import type { Behaviour, Phrases } from "./behaviour.ts";
import {
  cancelEvent,
  findFreeTime,
  lookAhead,
  moveEvent,
  planEvent,
  readEvent,
} from "./verbs/calendar_verbs.ts";
import { readEntry, rewriteEntry, searchEntries, writeEntry } from "./verbs/journal_verbs.ts";
import { appendToNote, readNote, renameNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import { lookAtArticles, readArticle } from "./verbs/reading_verbs.ts";
import { addTask, completeTask, deleteDoneTask, lookAtTasks, postponeTask } from "./verbs/todo_verbs.ts";
import { addContact, findContact, markContact, noteOnContact, readContact } from "./verbs/work_verbs.ts";

const MINUTES: Phrases = [
  "Agreed: release on Thursday, no more scope.",
  "Open: who talks to the bank. Decide on Monday.",
  "Hiring: two good talks, one offer goes out.",
  "Costs are up 4 percent; the reason is hosting.",
  "Customer wants dates. We give one, and keep it.",
];
const PLACES: Phrases = ["office", "call", "room 2", "lunch place"];

/** Meetings, people, decisions. */
export const CEO_BUSY: Behaviour = {
  archetype: "ceo-busy",
  calls: [9, 13],
  deeds: {
    contacts: [
      addContact(4, ["Nora Keller", "Samir Haddad", "Eva Lind", "Otto Weiss", "Mina Park"], [
        "Nordwind Software",
        "Bank am Hafen",
        "Lind Partners",
        "Weiss Druck",
      ]),
      noteOnContact(3, ["Call before Friday.", "Prefers short mails.", "Met at the fair."]),
      markContact(1),
      readContact(2),
      findContact(1, ["Keller", "Bank", "Lind"]),
    ],
    calendar: [
      planEvent(4, ["weekly", "board prep", "1:1", "customer call", "budget"], PLACES),
      lookAhead(2, 5),
      findFreeTime(2),
      readEvent(1),
      moveEvent(2, PLACES),
      cancelEvent(1),
    ],
    todo: [
      addTask(4, ["sign contract", "answer bank", "review offer", "cancel meeting", "numbers for board"], [
        0,
        1,
        2,
      ]),
      completeTask(4),
      postponeTask(1),
      lookAtTasks(1),
      deleteDoneTask(1),
    ],
    articles: [lookAtArticles(3, ["pricing", "hiring"]), readArticle(1)],
    journal: [
      writeEntry(4, ["end of day", "what I would do again", "before the week"], [
        "The hard talk took ten minutes and had cost me ten days of thinking.",
        "I said yes twice where no was right.",
        "The team found the answer while I was still asking.",
        "Marcus and I disagree well; that is worth more than agreeing.",
      ], ["zufrieden", "nachdenklich", "dankbar"]),
      readEntry(2),
      rewriteEntry(1, ["On second thought: slower, and with fewer people in the room."]),
      searchEntries(1, ["team", "Marcus"]),
    ],
    notes: [
      writeNote(4, ["minutes", "decision", "questions for the board"], MINUTES, 3),
      appendToNote(3, MINUTES),
      renameNote(1, ["minutes, final", "decision, revised"]),
      readNote(2),
      searchNotes(1, ["release", "bank"]),
    ],
  },
};
