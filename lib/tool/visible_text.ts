import { z } from "zod";
import { hasVisible } from "../kit/has_visible.ts";

const PROBLEM = "expected at least one visible character";

/**
 * The input schema of a title or a name: `maxChars` UTF-16 units at most, of which one shows something. A record called
 * U+200B or U+3164 is a line that nobody can read, tick or ask for.
 */
export function visibleText(maxChars: number): z.ZodString {
  return z.string().min(1, { error: PROBLEM, abort: true }).max(maxChars).refine(hasVisible, PROBLEM);
}
