// Mood check-ins: what assistants can do with them. The rows are what the web app stores (contract: modules, mood).
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  dayRangeInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  recordId,
  recordOutput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { type Average, createAverage } from "./average.ts";
import { clockTimeAt, clockTimeInput } from "./clock_time.ts";

/** Mood check-ins. */
export const moods = defineAppTable("mood/moodEntries", {
  record: "mood check-in",
  fields: [
    "date",
    "time",
    "level",
    "emotion",
    "secondaryEmotions",
    "activity",
    "withWhom",
    "notes",
    "tags",
  ],
});

const Emotion = choices("mood/moodEntries", "emotion");
const Activity = choices("mood/moodEntries", "activity");
const Level = z.int().min(1).max(10);
const SecondaryEmotions = z.array(Emotion).max(5);
const WithWhom = z.string().max(500);
const Notes = z.string().max(5_000);
const Tags = z.array(visibleText(60)).max(20);

const log = defineTool({
  name: "mood.log",
  title: "Log a mood",
  access: "write",
  description:
    "Write down how the person feels, or felt at another `date` and `time`; both are now by default, in `timeZone`. " +
    "This is a check-in of its own: the mood of a diary entry belongs to {journal.add}.",
  input: z.object({
    level: Level.describe("1 very bad to 10 very good"),
    emotion: Emotion,
    secondaryEmotions: SecondaryEmotions.default([]),
    activity: Activity.optional(),
    withWhom: WithWhom.default(""),
    notes: Notes.default(""),
    tags: Tags.default([]),
    date: dayInput.optional(),
    time: clockTimeInput.optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), time: z.string(), timeZone: z.string() }),
  async run({ date: day, time: clock, timeZone: named, ...input }, { calendar, now, records }) {
    const { timeZone, today } = calendar(named);
    const date = day ?? today;
    const time = clock ?? clockTimeAt(now, timeZone);
    const { id } = await records.insert(moods, { ...input, date, time });
    return { id, date, time, timeZone };
  },
});

const list = defineTool({
  name: "mood.list",
  title: "List moods",
  access: "read",
  description:
    "List moods, a check-in each, newest first, with a `summary` of all days asked for: averages of the level (1 to 10), and how " +
    "often each emotion and activity was named. Ask for `limit` 1 where only the summary is wanted.",
  input: z.object({
    ...dayRangeInput,
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    entries: z.array(recordOutput(moods)),
    summary: z.object({
      count: z.number(),
      averageLevel: z.number().nullable(),
      emotions: z.array(z.object({ emotion: z.string(), count: z.number() })),
      activities: z.array(z.object({
        activity: z.string(),
        count: z.number(),
        averageLevel: z.number().nullable(),
      })),
    }),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const isAsked = withinDays(input);
    const insights = createInsights();
    const match = textFilter<Parameters<typeof textsOf>[0]>(input.query, textsOf);
    const { rows, ...end } = await records.list(moods, {
      where: (entry) => {
        if (!isAsked(entry.date)) return false;
        insights.add(entry);
        return true;
      },
      match,
      order: [
        { field: "date", direction: "descending", missing: "" },
        { field: "time", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { entries: [...rows], summary: insights.summary(), ...end };
  },
});

const update = defineTool({
  name: "mood.update",
  title: "Change a mood check-in",
  access: "write",
  idempotent: true,
  description: "Change a mood check-in: give its id and only the fields to change.",
  input: z.object({
    id: recordId("check-in", "mood.list"),
    level: Level.optional(),
    emotion: Emotion.optional(),
    secondaryEmotions: SecondaryEmotions.optional(),
    activity: Activity.optional(),
    withWhom: WithWhom.optional(),
    notes: Notes.optional(),
    tags: Tags.optional(),
    date: dayInput.optional(),
    time: clockTimeInput.optional(),
    clear: clearInput(["activity", "withWhom", "notes"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { withWhom, notes, ...patch } = patchOf(input, clear);
    const { changed } = await records.update(moods, id, () => ({
      ...patch,
      // The Mana apps store no null for these two.
      ...(withWhom === undefined ? {} : { withWhom: withWhom ?? "" }),
      ...(notes === undefined ? {} : { notes: notes ?? "" }),
    }));
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(moods, {
  name: "mood.delete",
  title: "Delete a mood check-in",
  listedBy: "mood.list",
  titleOf: ({ date, time, emotion }) => [date, time, emotion].filter(Boolean).join(" "),
});

/** What a text filter looks into. */
function textsOf(entry: {
  readonly emotion?: unknown;
  readonly secondaryEmotions?: unknown;
  readonly activity?: unknown;
  readonly withWhom?: unknown;
  readonly notes?: unknown;
  readonly tags?: unknown;
}): unknown[] {
  const { emotion, secondaryEmotions, activity, withWhom, notes, tags } = entry;
  return [emotion, secondaryEmotions, activity, withWhom, notes, tags];
}

/**
 * What many check-ins say together. Words that the Mana apps do not know are not counted: another writer may have made them of
 * any length.
 */
function createInsights() {
  const levels = createAverage();
  const emotions = new Map<string, number>();
  const activities = new Map<string, { count: number; readonly levels: Average }>();
  let count = 0;
  return {
    add({ level, emotion, activity }: MoodFacts): void {
      count += 1;
      levels.add(level);
      if (emotion !== undefined && EMOTIONS.has(emotion)) {
        emotions.set(emotion, (emotions.get(emotion) ?? 0) + 1);
      }
      if (typeof activity !== "string" || !ACTIVITIES.has(activity)) return;
      const found = activities.get(activity) ?? { count: 0, levels: createAverage() };
      found.count += 1;
      found.levels.add(level);
      activities.set(activity, found);
    },
    summary: () => ({
      count,
      averageLevel: levels.value(),
      emotions: [...emotions].map(([emotion, count]) => ({ emotion, count })).sort(byCount),
      activities: [...activities].map(([activity, { count, levels }]) => ({
        activity,
        count,
        averageLevel: levels.value(),
      })).sort(byCount),
    }),
  };
}

/** The most frequent first. */
function byCount(a: { readonly count: number }, b: { readonly count: number }): number {
  return b.count - a.count;
}

/** What the insights look at. */
interface MoodFacts {
  readonly level?: number;
  readonly emotion?: string;
  readonly activity?: string | null;
}

const EMOTIONS: ReadonlySet<string> = new Set(Emotion.options);
const ACTIVITIES: ReadonlySet<string> = new Set(Activity.options);

/** Mood. */
export const moodModule: Module = defineModule({
  name: "mood",
  label: "Mood",
  nouns: ["mood", "feeling"],
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [log, list, update, remove],
  writes: [moods],
  resource: defineResource({ module: "mood", title: "Mood check-ins", table: moods }),
});
