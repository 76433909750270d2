// What the other servers need to do the same work: the tools as the gateway lists them, its answer to `spaces_list`, and
// its whole answers, byte for byte, for the floor.
import { z } from "zod";
import type { Era } from "../workloads/requests.ts";

/** See above. */
export const Fixture = z.object({
  tools: z.array(z.looseObject({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    inputSchema: z.looseObject({ type: z.literal("object") }),
    outputSchema: z.looseObject({ type: z.literal("object") }),
    annotations: z.record(z.string(), z.union([z.string(), z.boolean()])),
  })),
  spaces: z.record(z.string(), z.unknown()),
  /** Bodies by {@link answerKey}. */
  answers: z.record(z.string(), z.string()),
});

/** The key of an answer in a fixture: what was asked is a method or a tool. */
export function answerKey(era: Era, what: string): string {
  return `${era} ${what}`;
}

/** Reads the fixture whose path FIXTURE of the environment is. */
export async function readFixture(): Promise<z.infer<typeof Fixture>> {
  return Fixture.parse(JSON.parse(await Deno.readTextFile(Deno.env.get("FIXTURE") ?? "")));
}
