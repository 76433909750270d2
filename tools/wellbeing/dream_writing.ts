// Writing dreams: the block of the night, the counts of symbols and the dream are stored together, the dream last, since a second
// call finds out by the dream what is left to do.
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  defineTool,
  patchOf,
  recordId,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { blocksOf } from "./blocks_of.ts";
import { clockTimeInput } from "./clock_time.ts";
import { blockOfNight, countSymbols, dreams, titleOfNight } from "./dream_tables.ts";

const FiveSteps = z.int().min(1).max(5).optional();
const Words = z.array(visibleText(100)).max(50);
const Content = z.string().min(1).max(100_000);

const fields = {
  title: visibleText(500).optional(),
  dreamDate: dayInput.optional().describe("the morning after, YYYY-MM-DD"),
  mood: choices("dreams/dreams", "mood").optional().describe(
    "pleasant, neutral, unpleasant, nightmare",
  ),
  clarity: FiveSteps,
  isLucid: z.boolean().optional(),
  isRecurring: z.boolean().optional(),
  sleepQuality: FiveSteps,
  bedtime: clockTimeInput.optional(),
  wakeTime: clockTimeInput.optional(),
  location: z.string().max(500).optional(),
  people: Words.optional(),
  emotions: Words.optional(),
  symbols: Words.optional().describe("as {dreams.list} knows them, or new ones"),
  interpretation: z.string().max(20_000).optional(),
};

/** `dreams.create`. */
export const create = defineTool({
  name: "dreams.create",
  title: "Write down a dream",
  access: "write",
  description:
    "Write down a dream, of last night by default. With bedtime and wakeTime the calendar shows the night; a bedtime from noon on is " +
    "of the evening before `dreamDate`.",
  input: z.object({ content: Content, ...fields, timeZone: timeZoneInput }),
  output: createdOutput.extend({ dreamDate: z.string() }),
  async run({ timeZone, ...input }, { calendar, records }) {
    const given = patchOf(input);
    const dreamDate = input.dreamDate ?? calendar(timeZone).today;
    const symbols = unique(given.symbols ?? []);
    const night = blockOfNight({ ...given, dreamDate });
    return await records.writeTogether(async (rows) => {
      const id = rows.newId(dreams);
      const block = night === null
        ? null
        : await rows.insert(timeBlocks, { ...NIGHT_BLOCK, ...night, sourceId: id });
      await countSymbols(records, rows, { before: [], after: symbols });
      const timeBlock = block === null ? {} : { timeBlockId: block.id };
      await rows.insert(dreams, { ...given, content: input.content, dreamDate, symbols, ...timeBlock }, {
        id,
      });
      return { id, dreamDate };
    });
  },
});

/** `dreams.update`. */
export const update = defineTool({
  name: "dreams.update",
  title: "Change a dream",
  access: "write",
  idempotent: true,
  description:
    "Change a dream: give its id and only the fields to change; a list replaces the list. `isArchived` hides a dream.",
  input: z.object({
    id: recordId("dream", "dreams.list"),
    content: Content.optional(),
    ...fields,
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional(),
    clear: clearInput([
      "title",
      "mood",
      "clarity",
      "sleepQuality",
      "bedtime",
      "wakeTime",
      "location",
      "interpretation",
    ]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const patch = patchOf(input, clear);
    const given = patch.symbols === undefined ? patch : { ...patch, symbols: unique(patch.symbols) };
    return await records.writeTogether(async (rows) => {
      const dream = await records.get(dreams, id);
      const block = await moveBlock(dream);
      if (given.symbols !== undefined) {
        await countSymbols(records, rows, { before: dream.symbols ?? [], after: given.symbols });
      }
      const { changed } = await rows.update(dreams, id, () => ({ ...given, ...block }));
      return { ok: true as const, changed };

      /** Makes, changes or removes the block where the night is another one now. What the dream keeps of it comes back. */
      async function moveBlock(stored: typeof dream): Promise<{ readonly timeBlockId?: string | null }> {
        const isMoved = NIGHT_FIELDS.some((name) => name in given);
        if (!isMoved && !("title" in given)) return {};
        const [blockId] = await blocksOf(records, "dreams", id);
        if (!isMoved) {
          if (blockId !== undefined) {
            await rows.update(timeBlocks, blockId, () => ({ title: titleOfNight(given.title) }));
          }
          return {};
        }
        const night = blockOfNight({ ...stored, ...given });
        if (night === null) {
          if (blockId === undefined) return {};
          await rows.remove(timeBlocks, blockId);
          return { timeBlockId: null };
        }
        if (blockId === undefined) {
          const block = await rows.insert(timeBlocks, { ...NIGHT_BLOCK, ...night, sourceId: id });
          return { timeBlockId: block.id };
        }
        await rows.update(timeBlocks, blockId, () => night);
        return {};
      }
    });
  },
});

/** The fields that move a block. */
const NIGHT_FIELDS = ["dreamDate", "bedtime", "wakeTime"] as const;

const NIGHT_BLOCK = { kind: "logged", type: "sleep", sourceModule: "dreams", color: "#6366f1" } as const;

function unique(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim()))];
}
