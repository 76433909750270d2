// Logging a day of the cycle: its log, the period that the flow opens or closes with its block in the calendar, and the counts of
// symptoms are stored together. The log comes last, since a second call finds out by the log what is left to do.
import { z } from "zod";
import {
  choices,
  createdOutput,
  dayInput,
  defineTool,
  filledFields,
  type ReadRecords,
  refuseInput,
  type RowsTogether,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { blocksOf } from "./blocks_of.ts";
import {
  closesPeriodOn,
  cycleUntil,
  dayLogs,
  loggedDays,
  opensPeriod,
  periodOn,
  periods,
  type RealPeriod,
  realPeriods,
  symptoms,
} from "./period_tables.ts";

/** `period.log`. */
export const log = defineTool({
  name: "period.log",
  title: "Log a cycle day",
  access: "write",
  idempotent: true,
  description:
    "Write down a day of the menstrual cycle, today by default. There is one log for a day: a second call changes what it gives and " +
    "keeps the rest. Bleeding opens a period where none is open, and a day without bleeding closes it two days later.",
  input: z.object({
    date: dayInput.optional(),
    flow: choices("period/periodDayLogs", "flow").optional(),
    mood: choices("period/periodDayLogs", "mood").optional(),
    energy: z.int().min(1).max(5).optional().describe("1 low to 5 high"),
    temperature: z.number().min(30).max(45).optional().describe("degrees Celsius"),
    cervicalMucus: choices("period/periodDayLogs", "cervicalMucus").optional(),
    symptoms: z.array(visibleText(256)).max(30).optional().describe(
      "all of the day: ids or names, as {period.list} gives them with kind symptoms",
    ),
    newSymptoms: z.array(visibleText(100)).max(10).default([]).describe("names of symptoms not listed yet"),
    sexualActivity: z.boolean().optional(),
    notes: z.string().max(5_000).optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({
    date: z.string(),
    isNew: z.boolean(),
    openedPeriod: z.boolean(),
    closedPeriodOn: z.string().nullable(),
  }),
  async run({ date: day, timeZone, symptoms: named, newSymptoms, ...input }, { calendar, records }) {
    const date = day ?? calendar(timeZone).today;
    const given = filledFields(input);
    if (Object.keys(given).length === 0 && named === undefined && newSymptoms.length === 0) {
      refuseInput("nothing to write: give at least one of flow, mood, energy, temperature, symptoms, notes");
    }
    return await records.writeTogether(async (rows) => {
      const days = await loggedDays(records);
      const known = days.find(({ logDate }) => logDate === date);
      const real = await realPeriods(records);
      const period = await movePeriod(records, rows, { real, days, date, flow: given.flow });
      const before = known?.symptoms ?? [];
      const after = named === undefined && newSymptoms.length === 0
        ? undefined
        : await countSymptoms(records, rows, { before, named: named ?? before, newSymptoms });
      const values = { ...given, ...(after === undefined ? {} : { symptoms: after }) };
      const periodId = known?.periodId ?? period.id;
      const told = { date, openedPeriod: period.isNew, closedPeriodOn: period.closedOn };
      if (known === undefined) {
        const { id } = await rows.insert(dayLogs, { ...values, logDate: date, periodId });
        return { id, isNew: true, ...told };
      }
      await rows.update(dayLogs, known.id, () => ({ ...values, periodId }));
      return { id: known.id, isNew: false, ...told };
    });
  },
});

/** Opens or closes a period where the flow of a day says so, and answers with the period of that day. */
async function movePeriod(
  records: Pick<ReadRecords, "count">,
  rows: RowsTogether,
  { real, days, date, flow }: {
    readonly real: readonly RealPeriod[];
    readonly days: Parameters<typeof closesPeriodOn>[1];
    readonly date: string;
    readonly flow: string | undefined;
  },
): Promise<{ readonly id: string | null; readonly isNew: boolean; readonly closedOn: string | null }> {
  const [newest] = real;
  if (flow !== undefined && opensPeriod(newest, date, flow)) {
    const id = rows.newId(periods);
    const block = await rows.insert(timeBlocks, {
      kind: "logged",
      type: "period",
      sourceModule: "period",
      sourceId: id,
      title: "Periode",
      color: "#ec4899",
      allDay: true,
      // The web app ends local times with `Z` here, and all readers take them so.
      startDate: `${date}T00:00:00.000Z`,
    });
    for (const { id: earlier, startDate, endDate } of real) {
      if (endDate !== null || startDate >= date) continue;
      await rows.update(periods, earlier, () => cycleUntil(startDate, date));
    }
    await rows.insert(periods, { startDate: date, timeBlockId: block.id }, { id });
    return { id, isNew: true, closedOn: null };
  }
  const closedOn = flow === "none" ? closesPeriodOn(newest, days, date) : null;
  if (closedOn !== null && newest !== undefined) {
    for (const block of await blocksOf(records, "period", newest.id)) {
      await rows.update(timeBlocks, block, () => ({ endDate: `${closedOn}T23:59:59.999Z` }));
    }
    await rows.update(periods, newest.id, () => ({ periodEndDate: closedOn }));
  }
  return { id: periodOn(real, date), isNew: false, closedOn };
}

/** Plans the new counts of symptoms, and answers with the ids of the day. Refuses a symptom that nobody has made. */
async function countSymptoms(
  records: Pick<ReadRecords, "count">,
  rows: RowsTogether,
  { before, named, newSymptoms }: {
    readonly before: readonly string[];
    readonly named: readonly string[];
    readonly newSymptoms: readonly string[];
  },
): Promise<string[]> {
  const known = new Map<string, string>();
  const stored = new Set<string>();
  await records.count(symptoms, ({ id, name = "" }) => {
    known.set(id, id);
    known.set(comparable(name), id);
    return stored.add(id).size > 0;
  });
  // An id of a day that was logged before stays, also where its symptom is gone.
  const ids = named.map((one) =>
    before.includes(one) ? one : known.get(one) ?? known.get(comparable(one)) ?? refuseSymptom(one)
  );
  for (const name of newSymptoms) {
    const found = known.get(comparable(name));
    if (found !== undefined) ids.push(found);
    else {
      const { id } = await rows.insert(symptoms, { name, count: 1 });
      known.set(comparable(name), id);
      ids.push(id);
    }
  }
  const after = [...new Set(ids)];
  for (const id of after) {
    if (before.includes(id) || !stored.has(id)) continue;
    await rows.update(symptoms, id, ({ count = 0 }) => ({ count: count + 1 }));
  }
  for (const id of before) {
    if (after.includes(id) || !stored.has(id)) continue;
    await rows.update(symptoms, id, ({ count = 0 }) => ({ count: Math.max(0, count - 1) }));
  }
  return after;
}

function refuseSymptom(symptom: string): never {
  return refuseInput(
    `symptoms: there is no symptom ${
      JSON.stringify(symptom)
    }: take one of {period.list}, or add it to \`newSymptoms\``,
  );
}

/** Names that differ in case or in spaces around them are one symptom. */
function comparable(name: string): string {
  return name.trim().toLowerCase();
}
