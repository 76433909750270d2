import { z } from "zod";

/**
 * What the other servers need to do the same work: the tools as the gateway lists them, its answer to `spaces_list`, and
 * its whole answers, byte for byte, for the floor. Asked of the running gateway, so that it can never be out of date.
 */
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
  /** Bodies by `<era> <method or tool>`. */
  answers: z.record(z.string(), z.string()),
});

/** See {@link Fixture}. */
export type Fixture = z.infer<typeof Fixture>;

/** The key of an answer in a fixture. */
export function answerKey(era: "modern" | "legacy", what: string): string {
  return `${era} ${what}`;
}

/** Reads a fixture that {@link Fixture} describes. */
export async function readFixture(path: string): Promise<Fixture> {
  return Fixture.parse(JSON.parse(await Deno.readTextFile(path)));
}
