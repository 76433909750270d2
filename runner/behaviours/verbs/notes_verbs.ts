// What people do with their notes.
import { type Deed, deed, deedTo, deletion, type Phrases, say } from "../behaviour.ts";

/** Writes a note of a heading and a few sentences. */
export function writeNote(weight: number, titles: Phrases, sentences: Phrases, count = 2): Deed {
  return deed("notes_create", weight, (making) => ({
    title: say(making, titles),
    content: Array.from({ length: count }, () => say(making, sentences)).join("\n"),
    ...(making.random.happens(0.2) ? { isPinned: true } : {}),
  }));
}

/** Adds a sentence to a note. */
export function appendToNote(weight: number, sentences: Phrases): Deed {
  return deedTo("notes_append", weight, () => true, (making) => ({ content: say(making, sentences) }));
}

/** Gives a note another heading. */
export function renameNote(weight: number, titles: Phrases): Deed {
  return deedTo("notes_update", weight, () => true, (making) => ({ title: say(making, titles) }));
}

/** Reads a note again. */
export function readNote(weight: number): Deed {
  return deedTo("notes_read", weight, () => true);
}

/** Looks for words. */
export function searchNotes(weight: number, words: Phrases): Deed {
  return deed("notes_search", weight, ({ random }) => ({ query: random.pick(words) }));
}

/** Throws a note away. */
export function deleteNote(weight: number): Deed {
  return deletion("notes_delete", weight);
}
