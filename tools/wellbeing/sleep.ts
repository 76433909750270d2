// Sleep: what assistants can do with nights and the checks of sleep hygiene. The rows are what the web app stores (contract:
// modules, sleep): one night and one hygiene log for a date, and no time block.
import { z } from "zod";
import {
  addDays,
  type Calendar,
  createdOutput,
  dateTimeInput,
  dayInput,
  dayRangeInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { createAverage } from "./average.ts";
import { localInstant } from "./local_instants.ts";
import { hygiene, hygieneChecks, hygieneLogs } from "./sleep_hygiene.ts";

const nights = defineAppTable("sleep/sleepEntries", {
  record: "night",
  fields: [
    "date",
    "bedtime",
    "wakeTime",
    "durationMin",
    "sleepLatencyMin",
    "interruptions",
    "interruptionDurationMin",
    "quality",
    "restedness",
    "notes",
    "tags",
  ],
});

const NEWEST_DAY_FIRST = [{ field: "date", direction: "descending", missing: "" }] as const;
const CHECK_FIELDS = ["name", "description", "category"] as const;

const Minutes = z.int().min(0).max(1_440);
const FiveSteps = z.int().min(1).max(5);

const log = defineTool({
  name: "sleep.log",
  title: "Log a night",
  access: "write",
  idempotent: true,
  description:
    "Write down a night. There is one for each `date`, the day of its evening: a second call changes the fields that it gives and " +
    "keeps the others. A new night needs bedtime, wakeTime and quality.",
  input: z.object({
    date: dayInput.optional().describe("by default the evening of `bedtime`"),
    bedtime: dateTimeInput.optional(),
    wakeTime: dateTimeInput.optional(),
    quality: FiveSteps.optional().describe("1 bad to 5 good"),
    restedness: FiveSteps.optional(),
    sleepLatencyMin: Minutes.optional().describe("until asleep"),
    interruptions: z.int().min(0).max(100).optional(),
    interruptionDurationMin: Minutes.optional(),
    notes: z.string().max(5_000).optional(),
    tags: z.array(visibleText(60)).max(20).optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), durationMin: z.number(), isNew: z.boolean() }),
  async run({ timeZone, date: day, ...input }, { calendar, records }) {
    const zone = calendar(timeZone);
    const given = filledFields({
      ...input,
      bedtime: input.bedtime === undefined ? undefined : zone.instant(input.bedtime),
      wakeTime: input.wakeTime === undefined ? undefined : zone.instant(input.wakeTime),
    });
    const date = day ?? eveningOf(given.bedtime, zone);
    return await records.writeTogether(async (rows) => {
      const { rows: [known] } = await records.list(nights, {
        where: (night) => night.date === date,
        order: [{ field: "createdAt", missing: "" }],
        page: { limit: 1 },
      });
      if (known === undefined) {
        const { bedtime, wakeTime, quality, ...others } = given;
        if (bedtime === undefined || wakeTime === undefined || quality === undefined) {
          refuseInput(`there is no night of ${date} yet: give bedtime, wakeTime and quality`);
        }
        const durationMin = minutesBetween(bedtime, wakeTime, zone);
        const values = { ...others, date, bedtime, wakeTime, durationMin, quality };
        const { id } = await rows.insert(nights, values);
        return { id, date, durationMin, isNew: true };
      }
      const { record } = await rows.update(nights, known.id, (night) => {
        if (given.bedtime === undefined && given.wakeTime === undefined) return given;
        const bedtime = given.bedtime ?? night.bedtime;
        const wakeTime = given.wakeTime ?? night.wakeTime;
        return { ...given, durationMin: minutesBetween(bedtime, wakeTime, zone) };
      });
      return { id: known.id, date, durationMin: record.durationMin ?? 0, isNew: false };
    });
  },
});

const list = defineTool({
  name: "sleep.list",
  title: "List sleep",
  access: "read",
  description:
    "List nights, newest first, with averages of all days asked for; or, with kind `hygiene`, which checks were kept on which " +
    "day; or, with kind `checks`, the person's sleep hygiene checks.",
  input: z.object({
    kind: z.enum(["nights", "hygiene", "checks"]).default("nights"),
    ...dayRangeInput,
    query: textFilterInput.describe("words in notes or tags of nights"),
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    nights: z.array(recordOutput(nights)).optional(),
    summary: z.object({
      count: z.number(),
      averageDurationMin: z.number().nullable(),
      averageQuality: z.number().nullable(),
      averageRestedness: z.number().nullable(),
    }).optional(),
    hygiene: z.array(recordOutput(hygieneLogs)).optional(),
    checks: z.array(recordOutputOf(hygieneChecks, CHECK_FIELDS)).optional(),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const isAsked = withinDays(input);
    if (input.kind === "checks") {
      const { rows, ...end } = await records.list(hygieneChecks, {
        where: ({ isActive }) => isActive !== false,
        show: CHECK_FIELDS,
        order: [{ field: "order", missing: 0 }],
        page: input,
      });
      return { checks: [...rows], ...end };
    }
    if (input.kind === "hygiene") {
      const { rows, ...end } = await records.list(hygieneLogs, {
        where: ({ date }) => isAsked(date),
        order: NEWEST_DAY_FIRST,
        page: input,
      });
      return { hygiene: [...rows], ...end };
    }
    const [duration, quality, restedness] = [createAverage(), createAverage(), createAverage()];
    let count = 0;
    const { rows, ...end } = await records.list(nights, {
      where: (night) => {
        if (!isAsked(night.date)) return false;
        count += 1;
        duration.add(night.durationMin);
        quality.add(night.quality);
        restedness.add(night.restedness);
        return true;
      },
      match: textFilter(input.query, ({ notes, tags }: Texts) => [notes, tags]),
      order: NEWEST_DAY_FIRST,
      page: input,
    });
    const zone = calendar(input.timeZone);
    return {
      nights: rows.map(({ bedtime, wakeTime, ...night }) => ({
        ...night,
        ...(bedtime === undefined ? {} : { bedtime: localInstant(bedtime, zone) }),
        ...(wakeTime === undefined ? {} : { wakeTime: localInstant(wakeTime, zone) }),
      })),
      summary: {
        count,
        averageDurationMin: duration.value(),
        averageQuality: quality.value(),
        averageRestedness: restedness.value(),
      },
      ...end,
    };
  },
});

const remove = defineDeletion(nights, {
  name: "sleep.delete",
  title: "Delete a night",
  listedBy: "sleep.list",
  titleOf: ({ date }) => date,
});

/** What the text filter looks into. */
interface Texts {
  readonly notes?: string;
  readonly tags?: readonly string[];
}

/** The day of the evening that a bedtime belongs to: after midnight it is the day before. */
function eveningOf(bedtime: string | undefined, zone: Calendar): string {
  if (bedtime === undefined) refuseInput("date: give it, or `bedtime`");
  const local = localInstant(bedtime, zone);
  const day = local.slice(0, 10);
  return local.slice(11, 13) < "12" ? addDays(day, -1) : day;
}

/** As the web app stores it. Throws Refused `input-invalid` for a night that ends before it begins, or that is no night. */
function minutesBetween(bedtime: string | undefined, wakeTime: string | undefined, zone: Calendar): number {
  const from = bedtime === undefined ? null : zone.storedInstant(bedtime);
  const to = wakeTime === undefined ? null : zone.storedInstant(wakeTime);
  if (from === null || to === null) {
    refuseInput("the stored times of this night cannot be read: give both bedtime and wakeTime");
  }
  if (to <= from) refuseInput("wakeTime: it is not after `bedtime`");
  const minutes = Math.round((to - from) / 60_000);
  return minutes > 1_440 ? refuseInput("wakeTime: more than 24 hours after `bedtime`") : minutes;
}

/** Sleep. */
export const sleepModule: Module = defineModule({
  name: "sleep",
  label: "Sleep",
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [log, list, hygiene, remove],
  writes: [nights, hygieneLogs],
  resource: defineResource({ module: "sleep", title: "Nights", table: nights }),
});
