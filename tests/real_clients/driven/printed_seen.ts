/** What a program prints that makes calls with a library: {"tools", "handed"}. */
import { z } from "zod";
import type { Seen } from "../models/played_model.ts";

const Printed = z.object({
  tools: z.array(z.object({ name: z.string(), description: z.string(), schema: z.unknown() })),
  handed: z.array(z.union([
    z.object({ text: z.string(), structured: z.unknown().optional(), isError: z.boolean() }),
    z.object({ failed: z.string() }),
  ])),
});

/** Reads it. Throws for anything else. */
export function readPrinted(text: string): Seen {
  return Printed.parse(JSON.parse(text));
}
