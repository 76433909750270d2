// Listing what is known of the body, one kind at a time, so that each kind is paged by itself.
import { z } from "zod";
import {
  choices,
  dayRangeInput,
  defineTool,
  pageInput,
  pageOutput,
  recordOutput,
  recordOutputOf,
  refuseInput,
  textFilter,
  textFilterInput,
  timeZoneInput,
  withinDays,
} from "../../lib/tool/authoring.ts";
import { checks, exercises, measurements, sets, workouts } from "./body_tables.ts";
import { localInstant, withinInstants, withLocalStart } from "./local_instants.ts";

const WORKOUT_FIELDS = ["title", "startedAt", "endedAt", "rpe", "notes"] as const;
const SET_FIELDS = ["exerciseId", "reps", "weight", "weightUnit", "rpe", "isWarmup", "notes"] as const;
const EXERCISE_FIELDS = ["name", "muscleGroup", "equipment"] as const;
const NEWEST_DAY_FIRST = [{ field: "date", direction: "descending", missing: "" }] as const;

/** `body.list`. */
export const list = defineTool({
  name: "body.list",
  title: "List workouts and measurements",
  access: "read",
  description:
    "List one kind of what is known of the body, newest first: workouts with the number of their sets, measurements, daily checks " +
    "(1 to 5), the sets of one workout, or the exercises that sets refer to.",
  input: z.object({
    kind: z.enum(["workouts", "measurements", "checks", "sets", "exercises"]),
    ...dayRangeInput,
    type: choices("body/bodyMeasurements", "type").optional().describe("of measurements"),
    workoutId: z.string().min(1).max(256).optional().describe("for kind sets"),
    query: textFilterInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    workouts: z.array(recordOutputOf(workouts, WORKOUT_FIELDS).extend({ setCount: z.number() })).optional(),
    measurements: z.array(recordOutput(measurements)).optional(),
    checks: z.array(recordOutput(checks)).optional(),
    sets: z.array(recordOutputOf(sets, SET_FIELDS)).optional(),
    exercises: z.array(recordOutputOf(exercises, EXERCISE_FIELDS)).optional(),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    const { kind, query, type, workoutId } = input;
    const isAsked = withinDays(input);
    const match = textFilter(query, ({ title, name, notes }: Texts) => [title, name, notes]);
    if (kind === "measurements") {
      const { rows, ...end } = await records.list(measurements, {
        where: (one) => isAsked(one.date) && (type === undefined || one.type === type),
        match,
        order: NEWEST_DAY_FIRST,
        page: input,
      });
      return { measurements: [...rows], ...end };
    }
    if (kind === "checks") {
      const { rows, ...end } = await records.list(checks, {
        where: ({ date }) => isAsked(date),
        match,
        order: NEWEST_DAY_FIRST,
        page: input,
      });
      return { checks: [...rows], ...end };
    }
    if (kind === "exercises") {
      const { rows, ...end } = await records.list(exercises, {
        where: ({ isArchived }) => isArchived !== true,
        match,
        show: EXERCISE_FIELDS,
        order: [{ field: "muscleGroup", missing: "" }, { field: "createdAt", missing: "" }],
        page: input,
      });
      return { exercises: [...rows], ...end };
    }
    if (kind === "sets") {
      if (workoutId === undefined) refuseInput("workoutId: is needed for kind sets");
      await records.get(workouts, workoutId);
      const { rows, ...end } = await records.list(sets, {
        where: (set) => set.workoutId === workoutId,
        match,
        show: SET_FIELDS,
        order: [{ field: "order", missing: 0 }],
        page: input,
      });
      return { sets: [...rows], ...end };
    }
    const zone = calendar(input.timeZone);
    const isOfDays = withinInstants(input, zone);
    const { rows, ...end } = await records.list(workouts, {
      where: ({ startedAt }) => isOfDays(startedAt),
      match,
      show: WORKOUT_FIELDS,
      order: [{ field: "startedAt", direction: "descending", missing: "" }],
      page: input,
    });
    const setCounts = new Map(rows.map(({ id }) => [id, 0]));
    // Counting opens nothing, and meets each set.
    await records.count(sets, ({ workoutId: owner = "" }) => {
      const count = setCounts.get(owner);
      if (count !== undefined) setCounts.set(owner, count + 1);
      return count !== undefined;
    });
    return {
      workouts: rows.map((row) => {
        const { endedAt, ...workout } = withLocalStart(row, zone);
        const end = typeof endedAt === "string" ? localInstant(endedAt, zone) : endedAt;
        const setCount = setCounts.get(row.id) ?? 0;
        return { ...workout, ...(end === undefined ? {} : { endedAt: end }), setCount };
      }),
      ...end,
    };
  },
});

/** What the text filter looks into. */
interface Texts {
  readonly title?: string | null;
  readonly name?: string;
  readonly notes?: string | null;
}
