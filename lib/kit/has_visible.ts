// Whether a text shows anything to whoever reads it. tool/visible_text.ts is the input schema that rests on it.

/** Whether at least one character shows. Linear in the text. */
export function hasVisible(text: string): boolean {
  return !BLANK.test(text);
}

/**
 * Characters that show nothing: white space, controls, halves of surrogate pairs, what Unicode lets a renderer ignore
 * (zero-width, joiners, fillers of Hangul, variation selectors, tags: Default_Ignorable_Code_Point), and the blanks that
 * none of these properties has: interlinear marks, the empty Braille pattern, the null notehead, the Khitan filler.
 */
const BLANK =
  /^[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800\u{1d159}\u{16fe4}]*$/u;
