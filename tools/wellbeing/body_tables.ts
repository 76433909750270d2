// The tables of the body: workouts, their sets, exercises, measurements, daily checks. Values that were measured or lifted are
// sealed, as JSON numbers.
import { defineAppTable } from "../../lib/tool/authoring.ts";

/** Workouts. */
export const workouts = defineAppTable("body/bodyWorkouts", {
  record: "workout",
  fields: ["title", "startedAt", "endedAt", "rpe", "notes", "timeBlockId"],
});

/** The sets of workouts. */
export const sets = defineAppTable("body/bodySets", {
  record: "set",
  fields: ["workoutId", "exerciseId", "order", "reps", "weight", "weightUnit", "rpe", "isWarmup", "notes"],
});

/** The person's exercises. The apps bring some. */
export const exercises = defineAppTable("body/bodyExercises", {
  record: "exercise",
  fields: ["name", "muscleGroup", "equipment", "isArchived"],
});

/** Weight and girths. */
export const measurements = defineAppTable("body/bodyMeasurements", {
  record: "measurement",
  fields: ["date", "type", "value", "unit", "notes"],
});

/** How the person feels, once a day. */
export const checks = defineAppTable("body/bodyChecks", {
  record: "body check",
  fields: ["date", "energy", "sleep", "soreness", "mood", "notes"],
});
