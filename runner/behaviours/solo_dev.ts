// Kai, who works alone and documents everything in Markdown.
import type { Behaviour, Phrases } from "./behaviour.ts";
import { appendToNote, readNote, renameNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import {
  addToLibrary,
  goOnInLibrary,
  lookAtArticles,
  lookAtLibrary,
  readArticle,
  reviewInLibrary,
} from "./verbs/reading_verbs.ts";
import { addChecklist, addTask, completeTask, lookAtTasks, renameTask } from "./verbs/todo_verbs.ts";

const PARAGRAPHS: Phrases = [
  "## Context\n\nThe importer reads *all* rows before it writes one. That was fine with 100 rows.",
  "## Decision\n\n- stream the file\n- commit every 500 rows\n- keep the checksum of each batch",
  "```ts\nfor await (const row of rows) await batch.add(row);\n```",
  "| before | after |\n| --- | --- |\n| 41 s | 3.2 s |",
  "> Simple things should be simple.\n\nAnd slow things should say so.",
];

/** Long notes, books on the side, few tasks. */
export const SOLO_DEV: Behaviour = {
  archetype: "solo-dev",
  calls: [9, 13],
  deeds: {
    articles: [lookAtArticles(3, ["sqlite", "typescript", "parsers"]), readArticle(1)],
    notes: [
      writeNote(5, ["ADR: importer", "release notes", "post-mortem", "how the cache works"], PARAGRAPHS, 4),
      appendToNote(3, PARAGRAPHS),
      renameNote(1, ["ADR: importer (accepted)", "release notes, draft 2"]),
      readNote(2),
      searchNotes(2, ["importer", "checksum"]),
    ],
    library: [
      addToLibrary(3, ["A Philosophy of Walls", "The Small Compiler", "Night Trains"], [
        "I. Moreau",
        "T. Okafor",
      ]),
      goOnInLibrary(3),
      reviewInLibrary(2, ["Worth it for chapter 3.", "Clear, a little long."]),
      lookAtLibrary(1),
    ],
    todo: [
      addTask(3, ["cut release", "answer issue about time zones", "write migration test"]),
      addChecklist(2, ["release checklist"], ["changelog", "tag", "announce", "watch errors"]),
      completeTask(3),
      renameTask(1, ["cut release (after the fix)"]),
      lookAtTasks(1),
    ],
  },
};
