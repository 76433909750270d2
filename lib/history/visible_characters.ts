// A stored text as a page shows it to the person who decides by it: nothing in it may be invisible, or turn the reading direction
// around. Whoever shares a space with the person, and the asking app itself, choose such texts.

/**
 * The text with every control, format and other invisible character written out, as `‹U+202E›`, and at most `mostChars` characters of it.
 * Line ends and tabs stay. So do joiners within emoji and between letters of scripts that need them: alone they show nothing either way.
 */
export function visibleCharacters(text: string, mostChars: number): string {
  // Cut first: a text of 200 kB must not be looked through for the sake of its first line.
  const head = text.slice(0, 2 * mostChars + 1);
  const shown = head.replace(/\r\n?/g, "\n").replace(INVISIBLE, writtenOut);
  const characters = [...shown];
  const isCut = head.length < text.length || characters.length > mostChars;
  return isCut ? `${characters.slice(0, mostChars).join("")}…` : shown;
}

/**
 * Controls, bidirectional and other format characters, line and paragraph separators, halves of surrogate pairs, and what a renderer may
 * leave out. Not the joiner U+200D next to an emoji, and not variation selectors, which only choose a form.
 */
const INVISIBLE =
  /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufff9-\ufffb\u2800]|(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d\p{Extended_Pictographic})(?![\ufe00-\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

function writtenOut(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `‹U+${code}›`;
}
