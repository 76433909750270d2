// Runs through a guide: started, ticked off step by step, finished. A run has its time in a time block (contract: modules,
// guides).
import { z } from "zod";
import {
  createdOutput,
  defineTool,
  demandReadable,
  recordId,
  refuseInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { demandOwn, partsOf } from "./guide_parts.ts";
import { GuideId, guides, runs, StepId, steps } from "./guide_tables.ts";

/** `guides.run`. */
export const run = defineTool({
  name: "guides.run",
  title: "Go through a guide",
  access: "write",
  description:
    "Start a run through a guide, tick steps of a run off (or untick them), or finish it. Returns the run's id and what is done.",
  input: z.object({
    action: z.enum(["start", "tick", "untick", "finish"]),
    guideId: GuideId.optional().describe("to start; {guides.list} gives it"),
    runId: recordId("run", "guides.read").optional(),
    stepIds: z.array(StepId).max(200).optional(),
  }),
  output: createdOutput.extend({ done: z.number(), steps: z.number() }),
  async run({ action, guideId, runId, stepIds = [] }, { records, now }) {
    const isTick = action === "tick" || action === "untick";
    if (isTick !== stepIds.length > 0) refuseInput("stepIds: to tick or untick, and only then");
    if ((action === "start") !== (runId === undefined)) {
      refuseInput("give a guideId to start, a runId for all else");
    }
    return await records.writeTogether(async (rows) => {
      if (runId === undefined) {
        if (guideId === undefined) refuseInput("guideId: is missing");
        const { title = "" } = await records.get(guides, guideId);
        const count = (await partsOf(records, steps, guideId)).length;
        const id = rows.newId(runs);
        const block = await rows.insert(timeBlocks, {
          startDate: now,
          kind: "logged",
          type: "guide",
          sourceModule: "guides",
          sourceId: id,
          title,
          color: BLOCK_COLOR,
        });
        await rows.insert(runs, { guideId, startedAt: now, timeBlockId: block.id }, { id });
        return { id, done: 0, steps: count };
      }
      const before = await records.get(runs, runId);
      if (guideId !== undefined && before.guideId !== guideId) {
        refuseInput("runId: the run is through another guide");
      }
      const known = await partsOf(records, steps, before.guideId ?? "");
      demandOwn("stepIds", known, stepIds);
      demandReadable(runs, before, ["completedStepIds", "completedAt"]);
      if (action === "finish" && !before.completedAt && before.timeBlockId) {
        // The run's word alone would not do: it can name a block of something else.
        const hasBlock = await records.count(
          timeBlocks,
          ({ id, sourceModule, sourceId }) =>
            id === before.timeBlockId && sourceModule === "guides" && sourceId === runId,
        ) > 0;
        if (hasBlock) await rows.update(timeBlocks, before.timeBlockId, () => ({ endDate: now }));
      }
      const { record } = await rows.update(runs, runId, ({ completedAt, completedStepIds = [] }) => {
        if (action === "finish") return { completedAt: completedAt ?? now };
        const others = completedStepIds.filter((step) => !stepIds.includes(step));
        if (action === "untick") return { completedStepIds: others };
        return {
          completedStepIds: [
            ...completedStepIds,
            ...stepIds.filter((step) => !completedStepIds.includes(step)),
          ],
        };
      });
      const done = known.filter(({ id }) => record.completedStepIds?.includes(id)).length;
      return { id: runId, done, steps: known.length };
    });
  },
});

/** As in the Mana apps. */
const BLOCK_COLOR = "#14b8a6";
