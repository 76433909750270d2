// Stretching: what assistants can do with sessions and routines. The rows are what the web app stores (contract: modules, stretch).
import { z } from "zod";
import {
  createdOutput,
  dateTimeInput,
  dayRangeInput,
  defineAppTable,
  defineModule,
  defineResource,
  defineTool,
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
} from "../../lib/tool/authoring.ts";
import { localInstant, sessionTimes, withinInstants, withLocalStart } from "./local_instants.ts";

const sessions = defineAppTable("stretch/stretchSessions", {
  record: "stretching session",
  fields: [
    "routineId",
    "routineName",
    "startedAt",
    "endedAt",
    "totalDurationSec",
    "completedExercises",
    "totalExercises",
    "mood",
    "notes",
  ],
});

const routines = defineAppTable("stretch/stretchRoutines", {
  record: "stretching routine",
  fields: ["name", "description", "routineType", "estimatedDurationMin", "exercises", "isPinned", "order"],
});

const ROUTINE_FIELDS = ["name", "description", "routineType", "estimatedDurationMin"] as const;

const log = defineTool({
  name: "stretch.log",
  title: "Log stretching",
  access: "write",
  description:
    "Write down a stretching session that is over. Without `startedAt` it has ended just now. Give `routineId` for one of the " +
    "person's routines, else `routineName`.",
  input: z.object({
    totalDurationSec: z.int().min(1).max(86_400).describe("seconds"),
    routineId: z.string().min(1).max(256).optional().describe(
      "as {stretch.list} gives it with kind routines",
    ),
    routineName: visibleText(200).optional().describe("what was done"),
    startedAt: dateTimeInput.optional(),
    completedExercises: z.int().min(0).max(200).optional(),
    totalExercises: z.int().min(0).max(200).optional(),
    mood: z.int().min(1).max(5).optional().describe("1 bad to 5 good, afterwards"),
    notes: z.string().max(5_000).default(""),
    timeZone: timeZoneInput,
  }),
  output: createdOutput.extend({ startedAt: z.string() }),
  async run(input, { calendar, now, records }) {
    const zone = calendar(input.timeZone);
    const { mood = null, notes, routineId = null, totalDurationSec } = input;
    const routine = routineId === null ? null : await records.get(routines, routineId);
    const routineName = input.routineName ?? routine?.name ??
      refuseInput("routineName: say what was done, or give `routineId`");
    const totalExercises = input.totalExercises ?? routine?.exercises?.length ?? input.completedExercises ??
      0;
    const completedExercises = input.completedExercises ?? totalExercises;
    if (completedExercises > totalExercises) {
      refuseInput(`completedExercises: more than the ${totalExercises} of the session`);
    }
    const times = sessionTimes({ startedAt: input.startedAt, seconds: totalDurationSec, now }, zone);
    const { id } = await records.insert(sessions, {
      routineId,
      routineName,
      ...times,
      totalDurationSec,
      completedExercises,
      totalExercises,
      mood,
      notes,
    });
    return { id, startedAt: localInstant(times.startedAt, zone) };
  },
});

const list = defineTool({
  name: "stretch.list",
  title: "List stretching",
  access: "read",
  description:
    "List stretching sessions, newest first, with a `summary` of all days asked for; or, with kind `routines`, the person's " +
    "routines.",
  input: z.object({
    kind: z.enum(["sessions", "routines"]).default("sessions"),
    ...dayRangeInput,
    query: textFilterInput,
    timeZone: timeZoneInput,
    ...pageInput({ most: 200, usual: 30 }),
  }),
  output: z.object({
    sessions: z.array(recordOutput(sessions)).optional(),
    summary: z.object({ count: z.number(), totalSec: z.number() }).optional(),
    routines: z.array(recordOutputOf(routines, ROUTINE_FIELDS)).optional(),
    ...pageOutput,
  }),
  async run(input, { calendar, records }) {
    if (input.kind === "routines") {
      const { rows, ...end } = await records.list(routines, {
        match: textFilter(input.query, ({ name, description }: Texts) => [name, description]),
        show: ROUTINE_FIELDS,
        order: [
          { field: "isPinned", direction: "descending", missing: false },
          { field: "order", missing: 0 },
        ],
        page: input,
      });
      return { routines: [...rows], ...end };
    }
    const zone = calendar(input.timeZone);
    const isAsked = withinInstants(input, zone);
    let [count, totalSec] = [0, 0];
    const { rows, ...end } = await records.list(sessions, {
      where: ({ startedAt, totalDurationSec = 0 }) => {
        if (!isAsked(startedAt)) return false;
        count += 1;
        totalSec += totalDurationSec;
        return true;
      },
      match: textFilter(input.query, ({ routineName, notes }: Texts) => [routineName, notes]),
      order: [{ field: "startedAt", direction: "descending", missing: "" }],
      page: input,
    });
    return { sessions: rows.map((row) => withLocalStart(row, zone)), summary: { count, totalSec }, ...end };
  },
});

/** What the text filter looks into. */
interface Texts {
  readonly name?: string;
  readonly description?: string;
  readonly routineName?: string;
  readonly notes?: string;
}

/** Stretching. */
export const stretchModule: Module = defineModule({
  name: "stretch",
  label: "Stretching",
  group: "Wellbeing",
  spaceTypes: ["personal"],
  tools: [log, list],
  writes: [sessions],
  resource: defineResource({ module: "stretch", title: "Stretching sessions", table: sessions }),
});
