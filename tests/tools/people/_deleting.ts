// Deleting as a person sees it: the question, and what is left after a yes.
import { z } from "zod";
import type { Person, World } from "../../_support/world.ts";
import { asked, refusalIn, send, YES } from "../../confirmation/_asking.ts";

/** Calls a deleting tool, says yes, and gives the sentence that was shown and the outcome. */
export async function deleteWithYes(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
): Promise<{ readonly sentence: string; readonly output: Record<string, unknown> }> {
  const { sentence, state } = await asked(world, person, tool, args);
  const { structuredContent } = await send(world, person, tool, args, { state, answer: YES });
  return { sentence, output: z.record(z.string(), z.unknown()).parse(structuredContent) };
}

/** The words in which a deleting tool refuses, before anybody is asked. */
export async function deleteRefused(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
): Promise<string> {
  return refusalIn(await send(world, person, tool, args));
}
