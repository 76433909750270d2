// The menstrual cycle: what assistants can do with it. The rows are what the web app stores (contract: modules, period).
import { z } from "zod";
import {
  dayRangeInput,
  daysBetween,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  isDay,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  recordOutputOf,
  textFilter,
  textFilterInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { createAverage } from "./average.ts";
import { blocksOf } from "./blocks_of.ts";
import { log } from "./period_log.ts";
import { dayLogs, loggedDays, periods, symptoms } from "./period_tables.ts";

const PERIOD_FIELDS = ["startDate", "periodEndDate", "endDate", "length", "isPredicted", "notes"] as const;
const SYMPTOM_FIELDS = ["name", "count"] as const;

const list = defineTool({
  name: "period.list",
  title: "List the cycle",
  access: "read",
  description:
    "List one kind of the menstrual cycle, newest first: periods (`isPredicted` ones are forecasts) with averages of those that " +
    "happened, logged days, or the symptoms that days refer to.",
  input: z.object({
    kind: z.enum(["periods", "days", "symptoms"]).default("periods"),
    ...dayRangeInput,
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    periods: z.array(recordOutputOf(periods, PERIOD_FIELDS)).optional(),
    summary: z.object({
      count: z.number(),
      averageCycleDays: z.number().nullable(),
      averagePeriodDays: z.number().nullable(),
    }).optional(),
    days: z.array(recordOutput(dayLogs)).optional(),
    symptoms: z.array(recordOutputOf(symptoms, SYMPTOM_FIELDS)).optional(),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const isAsked = withinDays(input);
    const match = textFilter(input.query, ({ name, notes, mood }: Texts) => [name, notes, mood]);
    if (input.kind === "symptoms") {
      const { rows, ...end } = await records.list(symptoms, {
        match,
        show: SYMPTOM_FIELDS,
        order: [{ field: "count", direction: "descending", missing: 0 }, { field: "name", missing: "" }],
        page: input,
      });
      return { symptoms: [...rows], ...end };
    }
    if (input.kind === "days") {
      const { rows, ...end } = await records.list(dayLogs, {
        where: ({ logDate }) => isAsked(logDate),
        match,
        order: [{ field: "logDate", direction: "descending", missing: "" }],
        page: input,
      });
      return { days: [...rows], ...end };
    }
    const [cycle, bleeding] = [createAverage(), createAverage()];
    let count = 0;
    const { rows, ...end } = await records.list(periods, {
      where: ({ startDate, periodEndDate, length, isPredicted, isArchived }) => {
        if (isArchived === true || startDate === undefined || !isAsked(startDate)) return false;
        if (isPredicted === true || !isDay(startDate)) return true;
        count += 1;
        cycle.add(length);
        if (typeof periodEndDate === "string" && isDay(periodEndDate)) {
          bleeding.add(daysBetween(startDate, periodEndDate) + 1);
        }
        return true;
      },
      match,
      show: PERIOD_FIELDS,
      order: [{ field: "startDate", direction: "descending", missing: "" }],
      page: input,
    });
    const summary = { count, averageCycleDays: cycle.value(), averagePeriodDays: bleeding.value() };
    return { periods: [...rows], summary, ...end };
  },
});

const remove = defineTool({
  name: "period.delete",
  title: "Delete a cycle day or a period",
  access: "destructive",
  view: "approval",
  description:
    "Delete a logged day or a period with its entry in the calendar; the days of a period stay. The person is asked first, by the " +
    "gateway: do not ask them yourself. No tool brings it back, only the Mana app where the person uses it.",
  input: z.object({
    kind: z.enum(["day", "period"]),
    id: z.string().min(1).max(256).describe("exactly as {period.list} gives it"),
  }),
  output: deletedOutput,
  async confirm({ kind, id }, { records }) {
    if (kind === "day") {
      const { logDate = "" } = await records.get(dayLogs, id);
      return deleteQuestion(dayLogs, { id, title: logDate });
    }
    const { startDate = "" } = await records.get(periods, id);
    return deleteQuestion(periods, { id, title: startDate });
  },
  async run({ kind, id }, { records }) {
    await records.writeTogether(async (rows) => {
      if (kind === "day") {
        const day = await records.get(dayLogs, id);
        const counted = new Set(day.symptoms);
        const stored: string[] = [];
        await records.count(symptoms, (symptom) => counted.has(symptom.id) && stored.push(symptom.id) > 0);
        for (const symptom of stored) {
          await rows.update(symptoms, symptom, ({ count = 0 }) => ({ count: Math.max(0, count - 1) }));
        }
        await rows.remove(dayLogs, id);
        return;
      }
      await records.get(periods, id);
      for (const block of await blocksOf(records, "period", id)) await rows.remove(timeBlocks, block);
      for (const { id: day, periodId } of await loggedDays(records)) {
        if (periodId === id) await rows.update(dayLogs, day, () => ({ periodId: null }));
      }
      await rows.remove(periods, id);
    });
    return { ok: true as const, id };
  },
});

/** What the text filter looks into. */
interface Texts {
  readonly name?: string;
  readonly notes?: string | null;
  readonly mood?: string | null;
}

/** The menstrual cycle. */
export const periodModule: Module = defineModule({
  name: "period",
  label: "Cycle",
  nouns: ["period", "cycle"],
  group: "Cycle",
  spaceTypes: ["personal"],
  tools: [log, list, remove],
  writes: [periods, dayLogs, symptoms, timeBlocks],
  resource: defineResource({ module: "period", title: "Periods", table: periods }),
});
