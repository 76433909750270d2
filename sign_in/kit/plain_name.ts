// Names that strangers give to apps and spaces, made fit to be shown between words of ours.

/** Symbols to Unicode that show nothing: a Braille cell without dots, a musical note without a head. */
const BLANK = /[\u2800\u{1d159}]/gu;
/** Control, format and unassigned characters, line ends, and characters that a font may leave out (UAX 44). */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** A letter, a digit, a mark of writing or a symbol: accents alone are no name. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * A line of at most `length` characters, without characters that reverse, hide or imitate the text around it. Empty when
 * no character of it could be seen (U+3164, U+115F, U+2800 and their kind).
 */
export function plainName(given: string, length: number): string {
  const plain = given.normalize("NFKC").replace(HIDDEN, "").replace(BLANK, " ").replace(/\s+/g, " ").trim();
  return VISIBLE.test(plain) ? [...plain].slice(0, length).join("") : "";
}
