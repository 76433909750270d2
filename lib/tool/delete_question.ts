// The sentence that asks the person before a record is deleted. Whether to ask, and what the answer is worth, is
// calls/confirmation/.

import { hasVisible } from "../kit/has_visible.ts";

/**
 * Names the record by its title, or by its id where the title shows nothing or cannot be read: such titles come from other
 * devices and co-members.
 */
export function deleteQuestion(
  table: { readonly record: string },
  record: { readonly id: string; readonly title?: string },
): string {
  const { title: given = "" } = record;
  const title = hasVisible(given) ? quoted(given) : "";
  const named = title === ""
    ? `${table.record} with the id "${quoted(record.id)}"`
    : `${table.record} "${title}"`;
  return `Delete the ${named}? ${BROUGHT_BACK}`;
}

/** True with the Mana app and without it: what is deleted is marked so, and only the app shows it again. */
const BROUGHT_BACK = "Only the Mana app, where you use it, can bring it back.";
/** Characters of a record's own text that a question shows. */
const MAX_SHOWN_CHARS = 100;

/**
 * A record's text as a question may show it between double quotes. Whoever can write into a shared space chooses that
 * text: it must not end the quotes and go on in the gateway's words (`Milk"? Nothing will be deleted. "`), start a new
 * line, turn the reading direction around, or push the question out of sight.
 */
function quoted(text: string): string {
  const plain = text
    .replace(/["\u00ab\u00bb\u201c-\u201f\u2033\u2036\u301d-\u301f\uff02]/g, "'")
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...plain];
  return characters.length <= MAX_SHOWN_CHARS ? plain : `${characters.slice(0, MAX_SHOWN_CHARS).join("")}…`;
}
