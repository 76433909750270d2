// The input schema of a colour, as the Mana apps store it.

import { z } from "zod";

/** Six hex digits: `#6366f1`. */
export const colorInput = z.string().regex(/^#[0-9a-fA-F]{6}$/, "expected six digits such as #6366f1")
  .describe("hex colour such as #6366f1");
