// Meditation: what assistants can do with sessions. The rows are what the web app stores (contract: modules, meditate).
import { z } from "zod";
import {
  choices,
  createdOutput,
  dateTimeInput,
  dayRangeInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  textFilter,
  textFilterInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { createAverage } from "./average.ts";
import { localInstant, sessionTimes, withinInstants, withLocalStart } from "./local_instants.ts";

const sessions = defineAppTable("meditate/meditateSessions", {
  record: "meditation",
  fields: [
    "presetId",
    "category",
    "startedAt",
    "durationSec",
    "completed",
    "moodBefore",
    "moodAfter",
    "notes",
  ],
});

const MoodLevel = z.int().min(1).max(5);

const log = defineTool({
  name: "meditate.log",
  title: "Log a meditation",
  access: "write",
  description: "Write down a meditation that is over. Without `startedAt` it has ended just now.",
  input: z.object({
    durationSec: z.int().min(1).max(86_400).describe("seconds"),
    category: choices("meditate/meditateSessions", "category").default("silence"),
    startedAt: dateTimeInput.optional(),
    completed: z.boolean().default(true).describe("false: broken off"),
    moodBefore: MoodLevel.optional().describe("1 bad to 5 good"),
    moodAfter: MoodLevel.optional(),
    notes: z.string().max(5_000).optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ startedAt: z.string() }),
  async run({ startedAt: given, timeZone, ...input }, { calendar, now, records }) {
    const zone = calendar(timeZone);
    const { startedAt } = sessionTimes({ startedAt: given, seconds: input.durationSec, now }, zone);
    const { id } = await records.insert(sessions, {
      ...input,
      startedAt,
      moodBefore: input.moodBefore ?? null,
      moodAfter: input.moodAfter ?? null,
      notes: input.notes || null,
      presetId: null,
    });
    return { id, startedAt: localInstant(startedAt, zone) };
  },
});

const list = defineTool({
  name: "meditate.list",
  title: "List meditations",
  access: "read",
  description:
    "List meditations, newest first, with a `summary` of all days asked for. Ask for `limit` 1 where only the summary is " +
    "wanted. Moods are 1 bad to 5 good.",
  input: z.object({
    ...dayRangeInput,
    query: textFilterInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    meditations: z.array(recordOutput(sessions)),
    summary: z.object({
      count: z.number(),
      totalSec: z.number(),
      averageMoodBefore: z.number().nullable(),
      averageMoodAfter: z.number().nullable(),
    }),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const zone = calendar(input.timeZone);
    const isAsked = withinInstants(input, zone);
    const [before, after] = [createAverage(), createAverage()];
    let [count, totalSec] = [0, 0];
    const { rows, ...end } = await records.list(sessions, {
      where: ({ startedAt, durationSec = 0, moodBefore, moodAfter }) => {
        if (!isAsked(startedAt)) return false;
        count += 1;
        totalSec += durationSec;
        before.add(moodBefore);
        after.add(moodAfter);
        return true;
      },
      match: textFilter(input.query, ({ category, notes }: Texts) => [category, notes]),
      order: [{ field: "startedAt", direction: "descending", missing: "" }],
      page: input,
    });
    return {
      meditations: rows.map((row) => withLocalStart(row, zone)),
      summary: { count, totalSec, averageMoodBefore: before.value(), averageMoodAfter: after.value() },
      ...end,
    };
  },
});

const remove = defineDeletion(sessions, {
  name: "meditate.delete",
  title: "Delete a meditation",
  listedBy: "meditate.list",
  titleOf: ({ startedAt, category }) => [category, startedAt].filter(Boolean).join(", "),
});

/** What the text filter looks into. */
interface Texts {
  readonly category?: string;
  readonly notes?: string | null;
}

/** Meditation. */
export const meditateModule: Module = defineModule({
  name: "meditate",
  label: "Meditation",
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [log, list, remove],
  writes: [sessions],
  resource: defineResource({ module: "meditate", title: "Meditations", table: sessions }),
});
