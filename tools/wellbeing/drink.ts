// Drinks: what assistants can do with the entries. The rows are what the web app stores (contract: modules, drink).
import { z } from "zod";
import {
  choices,
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
  recordOutput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  visibleText,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { clockTimeAt, clockTimeInput } from "./clock_time.ts";

/** What the person drank. */
export const drinks = defineAppTable("drink/drinkEntries", {
  record: "drink",
  fields: ["name", "drinkType", "quantityMl", "date", "time", "note"],
});

const DrinkType = choices("drink/drinkEntries", "drinkType");

const log = defineTool({
  name: "drink.log",
  title: "Log a drink",
  access: "write",
  description:
    "Write down what the person drank, now or at another `date` and `time` in `timeZone`. Call it once for each drink.",
  input: z.object({
    drinkType: DrinkType,
    quantityMl: z.int().min(1).max(10_000).describe("millilitres"),
    name: visibleText(200).optional().describe("what the person calls it; the type by default"),
    note: z.string().max(2_000).optional(),
    date: dayInput.optional(),
    time: clockTimeInput.optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), time: z.string(), timeZone: z.string() }),
  async run(input, { calendar, now, records }) {
    const { drinkType, quantityMl, name = drinkType, note } = input;
    const { timeZone, today } = calendar(input.timeZone);
    const date = input.date ?? today;
    const time = input.time ?? clockTimeAt(now, timeZone);
    const values = {
      name,
      drinkType,
      quantityMl,
      date,
      time,
      note: note === undefined || note === "" ? null : note,
    };
    const { id } = await records.insert(drinks, values);
    return { id, date, time, timeZone };
  },
});

const list = defineTool({
  name: "drink.list",
  title: "List drinks",
  access: "read",
  description:
    "List what the person drank, newest first, with `sums` of all days asked for, in millilitres. Ask for `limit` 1 where " +
    "only the sums are wanted.",
  input: z.object({
    ...dayRangeInput,
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    drinks: z.array(recordOutput(drinks)),
    sums: z.object({
      count: z.number(),
      totalMl: z.number(),
      byType: z.array(z.object({ drinkType: z.string(), count: z.number(), totalMl: z.number() })),
    }),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const isAsked = withinDays(input);
    const sums = createSums();
    const match = textFilter<
      { readonly drinkType?: string; readonly name?: string; readonly note?: string | null }
    >(
      input.query,
      ({ drinkType, name, note }) => [drinkType, name, note],
    );
    const { rows, ...end } = await records.list(drinks, {
      where: (drink) => {
        if (!isAsked(drink.date)) return false;
        sums.add(drink);
        return true;
      },
      match,
      order: [
        { field: "date", direction: "descending", missing: "" },
        { field: "time", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { drinks: [...rows], sums: sums.result(), ...end };
  },
});

const remove = defineDeletion(drinks, {
  name: "drink.delete",
  title: "Delete a drink",
  listedBy: "drink.list",
  titleOf: ({ name, quantityMl, date, time }) =>
    [name, quantityMl && `${quantityMl} ml`, date, time].filter(Boolean).join(", "),
});

/** How much was drunk. A type that the Mana apps do not store counts as `other`: another writer may have made it, of any length. */
function createSums() {
  const byType = new Map<string, { count: number; totalMl: number }>();
  let count = 0;
  let totalMl = 0;
  return {
    add({ drinkType = "", quantityMl = 0 }: { readonly drinkType?: string; readonly quantityMl?: number }) {
      const type = TYPES.has(drinkType) ? drinkType : "other";
      const sum = byType.get(type) ?? { count: 0, totalMl: 0 };
      byType.set(type, { count: sum.count + 1, totalMl: sum.totalMl + quantityMl });
      count += 1;
      totalMl += quantityMl;
    },
    result: () => ({
      count,
      totalMl,
      byType: [...byType].map(([drinkType, sum]) => ({ drinkType, ...sum })),
    }),
  };
}

const TYPES: ReadonlySet<string> = new Set(DrinkType.options);

/** Drinks. */
export const drinkModule: Module = defineModule({
  name: "drink",
  label: "Drinks",
  nouns: ["drink"],
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [log, list, remove],
  writes: [drinks],
  resource: defineResource({ module: "drink", title: "Drinks", table: drinks }),
});
