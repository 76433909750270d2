// Text of others between double quotes of ours: in questions to the person, and in refusals. A hostile text stays inside its
// quotes.
import { hasVisible } from "./has_visible.ts";

/**
 * A text as it may stand between double quotes, at most `mostChars` characters of it. Whoever shares a space with the person
 * chooses such texts: they must not end the quotes and go on in the gateway's words (`Milk"? Nothing will be deleted. "`),
 * start a new line, turn the reading direction around, or push our words out of sight. Empty where nothing can be seen.
 */
export function shownText(text: string, mostChars: number): string {
  if (!hasVisible(text)) return "";
  const plain = text
    .replace(/["\u00ab\u00bb\u201c-\u201f\u2033\u2036\u301d-\u301f\uff02]/g, "'")
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const characters = [...plain];
  return characters.length <= mostChars ? plain : `${characters.slice(0, mostChars).join("")}…`;
}
