// Missions: tasks that the person has given to agents of the Mana app. A mission is never made, resumed or changed here: an
// active mission makes another agent act with the person's data (contract: modules, ai, rule 1).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  changedOutput,
  choices,
  defineAppTable,
  defineModule,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordId,
  recordOutputOf,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";

const Iteration = z.looseObject({
  id: z.string(),
  startedAt: z.string(),
  summary: z.string().optional(),
  userFeedback: z.string().optional(),
  overallStatus: z.string(),
});

const missions = defineAppTable("ai/aiMissions", {
  record: "mission",
  fields: ["title", "objective", "state", "nextRunAt", "iterations"],
  as: { iterations: z.array(Iteration).default([]) },
});

const SHOWN = ["title", "objective", "state", "nextRunAt", "iterations"] as const;

const list = defineTool({
  name: "missions.list",
  title: "List missions",
  access: "read",
  description:
    "List the missions that the person has given to agents, newest first, with the last iterations of each.",
  input: z.object({
    state: choices("ai/aiMissions", "state").optional(),
    ...pageInput({ most: 50, usual: 10 }),
  }),
  output: z.object({
    missions: z.array(
      recordOutputOf(missions, SHOWN).omit({ iterations: true }).extend({
        iterations: z.array(z.object({
          id: z.string(),
          startedAt: z.string(),
          status: z.string(),
          summary: z.string().optional(),
          userFeedback: z.string().optional(),
        })),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(missions, {
      where: ({ state }) => input.state === undefined || state === input.state,
      show: SHOWN,
      page: input,
    });
    return {
      missions: rows.map(({ iterations = [], ...mission }) => ({
        ...mission,
        // What an agent planned can be long and holds data of other modules: the summary is what the person was told.
        iterations: iterations.slice(-MAX_ITERATIONS).map((iteration) => ({
          id: iteration.id,
          startedAt: iteration.startedAt,
          status: iteration.overallStatus,
          ...(iteration.summary === undefined ? {} : { summary: iteration.summary }),
          ...(iteration.userFeedback === undefined ? {} : { userFeedback: iteration.userFeedback }),
        })),
      })),
      ...end,
    };
  },
});

/** Iterations that are shown of a mission, the newest. */
const MAX_ITERATIONS = 5;

const feedback = defineTool({
  name: "missions.feedback",
  title: "Give feedback on a mission",
  access: "write",
  idempotent: true,
  description:
    "Write the person's feedback on one iteration of a mission, in place of earlier feedback on it.",
  input: z.object({
    id: recordId("mission", "missions.list"),
    iterationId: z.string().min(1).max(256),
    feedback: visibleText(5_000),
  }),
  output: changedOutput,
  async run({ id, iterationId, feedback }, { records }) {
    const { changed } = await records.update(missions, id, ({ iterations = [] }) => {
      if (!iterations.some((iteration) => iteration.id === iterationId)) {
        refuseInput("iterationId: this mission has no such iteration; {missions.list} shows the newest");
      }
      return {
        iterations: iterations.map((iteration) =>
          iteration.id === iterationId ? { ...iteration, userFeedback: feedback } : iteration
        ),
      };
    });
    return { ok: true as const, changed };
  },
});

/** Missions of the app's own agents. */
export const missionsModule: Module = defineModule({
  name: "missions",
  label: "Missions",
  nouns: ["mission"],
  group: "Studio",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list, feedback],
  writes: [missions],
  accessWords: { write: "Write feedback" },
});
