// The input schema of a title or a name. Whether a text shows anything at all is kit/has_visible.ts, which also looks at texts
// that other devices have written.

import { z } from "zod";
import { hasVisible } from "../kit/has_visible.ts";

/**
 * A text of at most `maxChars` UTF-16 code units, at least one of which shows something: a record called U+200B or U+3164 is
 * a line that nobody can read, tick or ask for.
 */
export function visibleText(maxChars: number): z.ZodString {
  return z.string().min(1, { error: PROBLEM, abort: true }).max(maxChars).refine(hasVisible, PROBLEM);
}

const PROBLEM = "expected at least one visible character";
