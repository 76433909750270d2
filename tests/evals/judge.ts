// Holds calls that were chosen for a wish against the present tools: they are made for real.
import { isDeepStrictEqual } from "node:util";
import type { WishWorld } from "./fixtures.ts";
import { type Choice, toolOf, type Wish } from "./requests.ts";

/** What is wrong with the calls, in sentences; nothing where they are right. */
export async function faultsOf(
  world: WishWorld,
  { says, profile, needs, given }: Wish,
  choices: readonly Choice[],
): Promise<string[]> {
  const faults: string[] = [];
  const names = new Set((await world.shown(profile)).map(({ name }) => name));
  for (const { tool, arguments: args } of choices) {
    if (!names.has(tool)) {
      faults.push(`"${says}": ${tool} is no tool of the profile ${profile}`);
      continue;
    }
    const { refusal } = await world.call(profile, tool, withIds(world, args));
    if (refusal !== null) faults.push(`"${says}": ${tool} was refused: ${refusal}`);
  }
  const right = choices.filter(({ tool }) => tool === toolOf(needs));
  const isGiven = (choice: Choice) =>
    Object.entries(given).every(([name, value]) => isDeepStrictEqual(choice.arguments[name], value));
  if (right.length === 0) faults.push(`"${says}": ${needs} was not called`);
  else if (!right.some(isGiven)) {
    faults.push(`"${says}": ${needs} was called without ${JSON.stringify(given)}`);
  }
  return faults;
}

/** The arguments with ids in the place of the words for them. */
function withIds({ ids }: WishWorld, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map((
      [name, value],
    ) => [name, typeof value === "string" ? ids.get(value) ?? value : value]),
  );
}
