// The brain without a model: chance from (seed, persona, tick) chooses what an archetype does today. The same seed over fresh folders gives
// the same calls, ids and times excepted; so nothing here looks at ids, at a clock beyond `today`, or at what others wrote.
import { type Brain, type Day, MAX_CALLS, type Mind, type Turn, type Wish } from "../brain/brain.ts";
import type { Deed, Row } from "../behaviours/behaviour.ts";
import { type UsedModules, weighModules } from "../behaviours/mix.ts";
import { kindOfModule } from "../behaviours/record_kinds.ts";
import { createRandom, type Random } from "../kit/random.ts";
import { type Part, partOf } from "./scripted/archetypes.ts";
import { createMemory, type Memory } from "./scripted/memory.ts";
import { rateDay } from "./scripted/rate_day.ts";
import { planShared } from "./scripted/shared_space.ts";

/** Creates the brain. One serves all personas, and keeps nothing of them. */
export function createScriptedBrain(): Brain {
  return Object.freeze({ name: "scripted", begin });
}

function begin(day: Day): Mind {
  const part = partOf(day.persona.archetype);
  const random = createRandom(`${day.seed}/${day.persona.name}/${day.tick}`);
  const used = weighModules(day.persona.moduleMix, part.behaviour.deeds, day.tools);
  const thinking: Thinking = {
    day,
    part,
    used,
    random,
    memory: createMemory(day.persona.name),
    offered: new Set(day.tools.map(({ name }) => name)),
    wanted: random.whole(...part.behaviour.calls),
  };
  // What is done in a shared space is decided before anything is seen: a co-member's records must not change it.
  const shared = planShared(day, part.behaviour, used, random);
  return {
    next: (turns) => {
      thinking.memory.observe(turns);
      if (turns.length === 0) return Promise.resolve(movesOf([...lookAround(thinking), ...shared]));
      return Promise.resolve(movesOf(nextWishes(thinking, turns)));
    },
    rate: (turns) => Promise.resolve(rateDay(turns, day.tools, used.absent)),
  };
}

interface Thinking {
  readonly day: Day;
  readonly part: Part;
  readonly used: UsedModules;
  readonly random: Random;
  readonly memory: Memory;
  readonly offered: ReadonlySet<string>;
  /** How many calls the day is to have. */
  readonly wanted: number;
}

/** Calls of one turn, at most: who does more at once waits for nothing it sees. */
const CALLS_AT_ONCE = 2;
/** Lists that a day begins with, at most. */
const LOOKS = 4;
/** How often a deed is looked for before the day ends: deeds need records that may not be there. */
const TRIES = 20;

function movesOf(calls: readonly Wish[]) {
  return calls.length === 0 ? { end: "That was my day." } : { calls };
}

/** The persona's own lists: all that it remembers of the days before. */
function lookAround({ used, offered }: Thinking): readonly Wish[] {
  return [...used.weights.keys()].flatMap((module) => {
    const kind = kindOfModule(module);
    return kind === undefined || !offered.has(kind.list) ? [] : [{ tool: kind.list, args: kind.all }];
  }).slice(0, LOOKS);
}

function nextWishes(thinking: Thinking, turns: readonly Turn[]): readonly Wish[] {
  const { random, wanted, part } = thinking;
  const made = turns.reduce((sum, { calls }) => sum + calls.length, 0);
  const left = wanted - made;
  if (left <= 0) return [];
  if (random.happens(part.mischief)) {
    const wishes = misdeed(thinking, MAX_CALLS - 1 - made);
    if (wishes.length > 0) return wishes;
  }
  const wishes: Wish[] = [];
  const taken = new Set<string>();
  for (let tries = 0; tries < TRIES && wishes.length < Math.min(left, CALLS_AT_ONCE); tries += 1) {
    const wish = chooseDeed(thinking, turns, taken);
    if (wish !== null) wishes.push(wish);
  }
  return wishes;
}

/** `taken`: records to which something is done in this turn already. */
function chooseDeed(thinking: Thinking, turns: readonly Turn[], taken: Set<string>): Wish | null {
  const { day, part, used, random, memory, offered } = thinking;
  const module = random.weighted([...used.weights.keys()], (module) => used.weights.get(module) ?? 0);
  if (module === null) return null;
  const rows = memory.rows(module).filter(({ id }) => !taken.has(id));
  const choices = (part.behaviour.deeds[module] ?? [])
    .filter(({ tool }) => offered.has(tool) && !isLookedAt(thinking, turns, tool))
    .map((deed) => ({ deed, rows: fitting(deed, rows) }))
    .filter(({ deed, rows }) => deed.to === null || rows.length > 0);
  const chosen = random.weighted(choices, ({ deed }) => deed.weight);
  if (chosen === null) return null;
  const [first = NO_ROW, ...more] = chosen.rows;
  const row = random.pick([first, ...more]);
  if (row !== NO_ROW) taken.add(row.id);
  const { name } = day.persona;
  return { tool: chosen.deed.tool, ...chosen.deed.wish({ name, today: day.today, random, row }) };
}

/** Nobody looks at the same list again and again. */
function isLookedAt({ used }: Thinking, turns: readonly Turn[], tool: string): boolean {
  if (![...used.weights.keys()].some((module) => kindOfModule(module)?.list === tool)) return false;
  return turns.flatMap(({ calls }) => calls).filter(({ wish }) => wish.tool === tool).length >=
    LOOKS_AT_ONE_LIST;
}

const LOOKS_AT_ONE_LIST = 2;

const NO_ROW: Row = Object.freeze({ id: "" });

/** Calls of most misdeeds, at most. */
const FEW = 3;

function fitting({ to }: Deed, rows: readonly Row[]): readonly Row[] {
  return to === null ? [] : rows.filter(to);
}

/** `room`: calls that can be made before the day is used up, which would be no ending of its own. */
function misdeed({ day, part, random, memory, offered }: Thinking, room: number): readonly Wish[] {
  const able = part.misdeeds.filter(({ tools, calls = FEW }) =>
    calls <= room && tools.every((tool) => offered.has(tool))
  );
  const chosen = random.weighted(able, ({ weight }) => weight);
  const { name } = day.persona;
  return chosen?.wishes({ name, today: day.today, random, ...memory }) ?? [];
}
