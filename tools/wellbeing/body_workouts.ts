// Workouts with their sets and the time block that shows them in the calendar: written and deleted together (contract: modules,
// body).
import { z } from "zod";
import {
  choices,
  createdOutput,
  dateTimeInput,
  defineTool,
  refuseInput,
  timeZoneInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { exercises, sets, workouts } from "./body_tables.ts";

const Rpe = z.int().min(1).max(10);
const Notes = z.string().max(2_000).optional();

const SetInput = z.object({
  exercise: visibleText(256).describe("id or name, as {body.list} gives it with kind exercises"),
  reps: z.int().min(0).max(10_000),
  weight: z.number().min(0).max(2_000).default(0).describe("0 for body weight"),
  weightUnit: choices("body/bodySets", "weightUnit").default("kg"),
  rpe: Rpe.optional(),
  isWarmup: z.boolean().default(false),
  notes: Notes,
});

const NewExercise = z.object({
  name: visibleText(200),
  muscleGroup: choices("body/bodyExercises", "muscleGroup"),
  equipment: choices("body/bodyExercises", "equipment"),
});

/** `body.log_workout`. */
export const logWorkout = defineTool({
  name: "body.log_workout",
  title: "Log a workout",
  access: "write",
  description:
    "Write down a workout that is over, with its sets in order; the calendar shows it. An exercise that the person does not have " +
    "yet goes into `newExercises` as well.",
  input: z.object({
    title: visibleText(200).default("Workout"),
    startedAt: dateTimeInput,
    endedAt: dateTimeInput,
    sets: z.array(SetInput).max(100).default([]),
    newExercises: z.array(NewExercise).max(20).default([]),
    rpe: Rpe.optional().describe("how hard, 1 to 10"),
    notes: Notes,
    timeZone: timeZoneInput,
  }),
  output: createdOutput,
  async run(input, { calendar, records }) {
    const zone = calendar(input.timeZone);
    const startedAt = zone.instant(input.startedAt);
    const endedAt = zone.instant(input.endedAt);
    demandWorkoutTimes(zone.storedInstant(startedAt), zone.storedInstant(endedAt));
    const { title, rpe = null, notes } = input;
    return await records.writeTogether(async (rows) => {
      const ids = new Map<string, string>();
      await records.scan(exercises, { where: ({ isArchived }) => isArchived !== true }, ({ id, name }) => {
        ids.set(id, id);
        if (name !== undefined) ids.set(comparable(name), id);
      });
      const added = input.newExercises.filter(({ name }) => {
        const isNew = !ids.has(comparable(name));
        if (isNew) ids.set(comparable(name), rows.newId(exercises));
        return isNew;
      });
      const planned = input.sets.map(({ exercise, ...set }) => ({
        ...set,
        exerciseId: ids.get(exercise) ?? ids.get(comparable(exercise)) ?? refuseExercise(exercise),
      }));
      const id = rows.newId(workouts);
      const block = await rows.insert(timeBlocks, {
        kind: "logged",
        type: "body",
        sourceModule: "body",
        sourceId: id,
        title,
        color: "#ef4444",
        startDate: startedAt,
        endDate: endedAt,
      });
      for (const exercise of added) {
        const exerciseId = ids.get(comparable(exercise.name)) ?? refuseExercise(exercise.name);
        await rows.insert(exercises, exercise, { id: exerciseId });
      }
      const workout = { title, startedAt, endedAt, rpe, notes: notes || null, timeBlockId: block.id };
      await rows.insert(workouts, workout, { id });
      for (const [order, set] of planned.entries()) {
        const values = { ...set, workoutId: id, order, rpe: set.rpe ?? null, notes: set.notes || null };
        await rows.insert(sets, values);
      }
      return { id };
    });
  },
});

function demandWorkoutTimes(start: number | null, end: number | null): void {
  if (start === null || end === null) return;
  if (end <= start) refuseInput("endedAt: it is not after `startedAt`");
  if (end - start > 86_400_000) refuseInput("endedAt: more than 24 hours after `startedAt`");
}

function refuseExercise(exercise: string): never {
  return refuseInput(
    `sets: the person has no exercise ${
      JSON.stringify(exercise)
    }: take one of {body.list}, or add it to \`newExercises\``,
  );
}

/** Names that differ in case or in spaces around them are one exercise. */
function comparable(name: string): string {
  return name.trim().toLowerCase();
}
