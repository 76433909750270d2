// The input schema of a record's id.

import { z } from "zod";

/** The id of a record that a tool gives out: opaque text, since the apps have ids that are no UUIDs. `listedBy` is `module.verb`. */
export function recordId(record: string, listedBy: string): z.ZodString {
  return z.string().min(1).max(MAX_CHARS).describe(`the ${record}'s id, exactly as {${listedBy}} gives it`);
}

/** Longest id that the sync service has been seen with, with room. */
const MAX_CHARS = 256;
