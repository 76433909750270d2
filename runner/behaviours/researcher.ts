// Julia, a linguist who quotes with sources and checks twice.
import type { Behaviour, Phrases } from "./behaviour.ts";
import { appendToNote, readNote, renameNote, searchNotes, writeNote } from "./verbs/notes_verbs.ts";
import { lookAtArticles, readArticle } from "./verbs/reading_verbs.ts";
import { addTask, completeTask, deleteDoneTask, lookAtTasks } from "./verbs/todo_verbs.ts";

const QUOTES: Phrases = [
  "“Language is never, ever, ever, random” (Kilgarriff 2005, p. 263).",
  "Cf. Grimm, Dt. Wörterbuch, s. v. “heimlich”: two senses, one of them gone by 1850.",
  "The plural -s after vowels: 41 of 50 in the corpus, 82 %.",
  "Not in Kluge; check the supplement of 2011.",
  "IPA [ˈʃtʊnda], with a short vowel in all four recordings.",
];

/** Reads, quotes, checks. */
export const RESEARCHER: Behaviour = {
  archetype: "researcher",
  calls: [8, 12],
  deeds: {
    articles: [lookAtArticles(4, ["corpus", "plural", "etymology"]), readArticle(2)],
    notes: [
      writeNote(4, ["quotes: random", "etymology of “heimlich”", "corpus counts"], QUOTES, 3),
      appendToNote(4, QUOTES),
      readNote(2),
      renameNote(1, ["corpus counts, corrected"]),
      searchNotes(2, ["corpus", "Kluge", "Wörterbuch"]),
    ],
    todo: [
      addTask(3, ["order the supplement", "check page numbers", "ask the archive for the tape"]),
      completeTask(3),
      lookAtTasks(1),
      deleteDoneTask(1),
    ],
  },
};
