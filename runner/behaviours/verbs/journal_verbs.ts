// What people do with their journal.
import { type Deed, deed, deedTo, type Phrases, say } from "../behaviour.ts";

type Mood = "dankbar" | "glücklich" | "zufrieden" | "neutral" | "nachdenklich" | "traurig" | "gestresst";

/** Writes about the day. */
export function writeEntry(
  weight: number,
  titles: Phrases,
  sentences: Phrases,
  moods: readonly [Mood, ...Mood[]] = ["zufrieden", "neutral", "nachdenklich"],
): Deed {
  return deed("journal_add", weight, (making) => ({
    title: say(making, titles),
    content: [1, 2].map(() => say(making, sentences)).join(" "),
    entryDate: making.today,
    mood: making.random.pick(moods),
  }));
}

/** Marks an entry as a favourite, or no longer. */
export function markEntry(weight: number): Deed {
  return deedTo("journal_update", weight, () => true, ({ row }) => ({ isFavorite: row.isFavorite !== true }));
}

/** Rewrites an entry. */
export function rewriteEntry(weight: number, sentences: Phrases): Deed {
  return deedTo("journal_update", weight, () => true, (making) => ({ content: say(making, sentences) }));
}

/** Reads an entry of earlier. */
export function readEntry(weight: number): Deed {
  return deedTo("journal_read", weight, () => true);
}

/** Looks for entries with a word. */
export function searchEntries(weight: number, words: Phrases): Deed {
  return deed("journal_list", weight, ({ random }) => ({ query: random.pick(words) }));
}
