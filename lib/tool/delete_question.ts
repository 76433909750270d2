// The sentence that asks the person before a record is deleted. Whether to ask, and what the answer is worth, is
// calls/confirmation/.

import { shownText } from "../kit/shown_text.ts";

/**
 * Names the record by its title, or by its id where the title shows nothing or cannot be read: such titles come from other
 * devices and co-members. The gateway says before the sentence in which space the record lies.
 */
export function deleteQuestion(
  table: { readonly record: string },
  record: { readonly id: string; readonly title?: string },
): string {
  const title = shownText(record.title ?? "", MAX_SHOWN_CHARS);
  const named = title === ""
    ? `${table.record} with the id "${shownText(record.id, MAX_SHOWN_CHARS)}"`
    : `${table.record} "${title}"`;
  return `Delete the ${named}? ${BROUGHT_BACK}`;
}

/** True with the Mana app and without it, and where an undo brings it back as well: what is deleted is marked so, and stays stored. */
const BROUGHT_BACK = "The Mana app, where you use it, can bring it back.";
/** Characters of a record's own text that a question shows. */
const MAX_SHOWN_CHARS = 100;
