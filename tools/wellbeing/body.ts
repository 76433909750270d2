// The body: measurements, daily checks and workouts, and what assistants can do with them. The rows are what the web app stores
// (contract: modules, body).
import { z } from "zod";
import {
  choices,
  createdOutput,
  dayInput,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  filledFields,
  type Module,
  refuseInput,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { blocksOf } from "./blocks_of.ts";
import { list } from "./body_list.ts";
import { checks, exercises, measurements, sets, workouts } from "./body_tables.ts";
import { logWorkout } from "./body_workouts.ts";

const Notes = z.string().max(2_000).optional();
const FiveSteps = z.int().min(1).max(5).optional();
const MeasurementType = choices("body/bodyMeasurements", "type");
const Unit = choices("body/bodyMeasurements", "unit");

/** The units that make sense, the usual one first. */
const UNITS: Readonly<Record<z.infer<typeof MeasurementType>, readonly z.infer<typeof Unit>[]>> = {
  weight: ["kg", "lbs"],
  muscle: ["kg", "lbs", "percent"],
  bodyfat: ["percent", "kg", "lbs"],
  chest: ["cm", "in"],
  waist: ["cm", "in"],
  hips: ["cm", "in"],
  thigh: ["cm", "in"],
  arm: ["cm", "in"],
  calf: ["cm", "in"],
  neck: ["cm", "in"],
};

const measure = defineTool({
  name: "body.measure",
  title: "Log a measurement",
  access: "write",
  description:
    "Write down a measured value, for today by default. Without `unit`: kg for weight and muscle, percent for bodyfat, else cm.",
  input: z.object({
    type: MeasurementType,
    value: z.number().min(0).max(1_000),
    unit: Unit.optional(),
    date: dayInput.optional(),
    notes: Notes,
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), unit: z.string() }),
  async run({ type, value, notes, ...input }, { calendar, records }) {
    const date = input.date ?? calendar(input.timeZone).today;
    const [usual, ...others] = UNITS[type];
    const unit = input.unit ?? usual ?? "cm";
    if (unit !== usual && !others.includes(unit)) {
      refuseInput(`unit: ${type} is measured in ${UNITS[type].join(" or ")}`);
    }
    const { id } = await records.insert(measurements, { type, value, unit, date, notes: notes || null });
    return { id, date, unit };
  },
});

const check = defineTool({
  name: "body.check",
  title: "Log how the body feels",
  access: "write",
  idempotent: true,
  description:
    "Write down how the body feels on a day, today by default, each from 1 low to 5 high. There is one check for a day: a second " +
    "call changes what it gives and keeps the rest.",
  input: z.object({
    energy: FiveSteps,
    sleep: FiveSteps,
    soreness: FiveSteps,
    mood: FiveSteps,
    notes: Notes,
    date: dayInput.optional(),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ date: z.string(), isNew: z.boolean() }),
  async run({ date: day, timeZone, ...input }, { calendar, records }) {
    const date = day ?? calendar(timeZone).today;
    const given = filledFields(input);
    if (Object.keys(given).length === 0) {
      refuseInput("nothing to write: give at least one of energy, sleep, soreness, mood, notes");
    }
    return await records.writeTogether(async (rows) => {
      const { rows: [known] } = await records.list(checks, {
        where: (one) => one.date === date,
        order: [{ field: "createdAt", missing: "" }],
        page: { limit: 1 },
      });
      if (known === undefined) {
        const { id } = await rows.insert(checks, { ...given, date });
        return { id, date, isNew: true };
      }
      await rows.update(checks, known.id, () => given);
      return { id: known.id, date, isNew: false };
    });
  },
});

const remove = defineTool({
  name: "body.delete",
  title: "Delete a workout or measurement",
  access: "destructive",
  view: "approval",
  description:
    "Delete a workout with its sets, a measurement or a check. The person is asked first, by the gateway: do not ask them yourself. " +
    "No tool brings it back, only the Mana app where the person uses it.",
  input: z.object({
    kind: z.enum(["workout", "measurement", "check"]),
    id: z.string().min(1).max(256).describe("exactly as {body.list} gives it"),
  }),
  output: deletedOutput,
  async confirm({ kind, id }, { records }) {
    if (kind === "measurement") {
      const { type, date } = await records.get(measurements, id);
      return deleteQuestion(measurements, { id, title: [type, date].filter(Boolean).join(", ") });
    }
    if (kind === "check") {
      const { date = "" } = await records.get(checks, id);
      return deleteQuestion(checks, { id, title: date });
    }
    const { title, startedAt } = await records.get(workouts, id);
    return deleteQuestion(workouts, { id, title: [title, startedAt].filter(Boolean).join(", ") });
  },
  async run({ kind, id }, { records }) {
    if (kind === "measurement") await records.delete(measurements, id);
    else if (kind === "check") await records.delete(checks, id);
    else {
      await records.writeTogether(async (rows) => {
        const setIds: string[] = [];
        // Counting opens nothing, and meets each set.
        await records.count(sets, (set) => set.workoutId === id && setIds.push(set.id) > 0);
        for (const block of await blocksOf(records, "body", id)) await rows.remove(timeBlocks, block);
        for (const set of setIds) await rows.remove(sets, set);
        await rows.remove(workouts, id);
      });
    }
    return { ok: true as const, id };
  },
});

/** The body. */
export const bodyModule: Module = defineModule({
  name: "body",
  label: "Body",
  nouns: ["weight", "workout"],
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [list, measure, check, logWorkout, remove],
  writes: [workouts, sets, exercises, measurements, checks, timeBlocks],
  actions: { create: "measure" },
  resource: defineResource({ module: "body", title: "Workouts", table: workouts }),
});
