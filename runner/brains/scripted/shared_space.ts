// What a persona does in a space that it shares with others: it writes something, then looks at what is there. Which module and which words
// is decided by chance alone, never by what the others wrote: whose turn comes first there is nobody's choice.
import type { Behaviour } from "../../behaviours/behaviour.ts";
import type { UsedModules } from "../../behaviours/mix.ts";
import { kindOfModule } from "../../behaviours/record_kinds.ts";
import type { Day, Wish } from "../../brain/brain.ts";
import type { Random } from "../../kit/random.ts";

/** The calls; none for a persona without a shared space. */
export function planShared(
  day: Day,
  behaviour: Behaviour,
  used: UsedModules,
  random: Random,
): readonly Wish[] {
  const [space] = day.sharedSpaces;
  if (space === undefined) return [];
  const offered = new Set(day.tools.map(({ name }) => name));
  const modules = [...used.weights.keys()].flatMap((module) => {
    const kind = kindOfModule(module);
    const deed = behaviour.deeds[module]?.find(({ tool }) => tool === kind?.create && offered.has(tool));
    if (kind === undefined || deed === undefined || !offered.has(kind.list)) return [];
    return kind.spaces.includes(space.kind) ? [{ kind, deed }] : [];
  });
  const chosen = random.weighted(modules, () => 1);
  if (chosen === null) return [];
  const { kind, deed } = chosen;
  const making = { name: day.persona.name, today: day.today, random, row: { id: "" } };
  return [
    { tool: deed.tool, ...deed.wish(making), space: space.id },
    { tool: kind.list, args: kind.all, space: space.id },
  ];
}
