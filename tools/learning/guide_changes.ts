// Changing and deleting guides, their sections and their steps (contract: modules, guides).
import { z } from "zod";
import {
  changedOutput,
  clearInput,
  counted,
  defineTool,
  deletedOutput,
  deleteQuestion,
  idsWhere,
  patchOf,
  type ReadRecords,
  refuseInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { demandOwn, partsOf, sectionChange, stepChange, writeSections, writeSteps } from "./guide_parts.ts";
import { fields, GuideId, guides, runs, SectionId, sections, StepId, steps, Title } from "./guide_tables.ts";

/** `guides.update`. */
export const update = defineTool({
  name: "guides.update",
  title: "Change a guide",
  access: "write",
  description:
    "Change a guide, its sections or its steps: a part with an `id` is changed, a part without is added at the end. " +
    "{guides.delete} takes parts away.",
  input: z.object({
    id: GuideId,
    title: Title.optional(),
    ...fields,
    sections: z.array(sectionChange).max(50).optional(),
    steps: z.array(stepChange).max(200).optional(),
    stepOrder: z.array(StepId).max(500).optional().describe("ids of steps that come first, in this order"),
    clear: clearInput(["description"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { records }) {
    const { sections: someSections, steps: someSteps, stepOrder, description, ...patch } = patchOf(
      input,
      clear,
    );
    const changed = await records.writeTogether(async (rows) => {
      // A guide without a description has an empty text.
      const about = { ...patch, ...(description === undefined ? {} : { description: description ?? "" }) };
      const isGuide = (await rows.update(guides, id, () => about)).changed;
      const known = {
        sections: await partsOf(records, sections, id),
        steps: await partsOf(records, steps, id),
      };
      const isSection = await writeSections(rows, id, known.sections, someSections ?? []);
      const isStep = await writeSteps(rows, id, known, someSteps ?? [], stepOrder);
      return isGuide || isSection || isStep;
    });
    return { ok: true as const, changed };
  },
});

/** `guides.delete`. */
export const remove = defineTool({
  name: "guides.delete",
  title: "Delete a guide or a part of it",
  access: "destructive",
  view: "approval",
  description:
    "Delete a guide with its sections, steps and runs, or with `sectionId` or `stepId` a part of it; the steps of a section stay. " +
    "The person is asked first, by the gateway: do not ask them yourself. No tool brings it back, only the Mana app where the " +
    "person uses it.",
  input: z.object({ id: GuideId, sectionId: SectionId.optional(), stepId: StepId.optional() }),
  output: deletedOutput,
  async confirm({ id, sectionId, stepId }, { records }) {
    await demandParts(records, id, sectionId, stepId);
    if (sectionId !== undefined) {
      return deleteQuestion(sections, titled(await records.get(sections, sectionId)));
    }
    if (stepId !== undefined) return deleteQuestion(steps, titled(await records.get(steps, stepId)));
    const question = deleteQuestion(guides, titled(await records.get(guides, id)));
    const count = (await partsOf(records, steps, id)).length;
    const times = await records.count(runs, ({ guideId }) => guideId === id);
    if (count + times === 0) return question;
    return `${question} ${counted(count, "step")} and ${counted(times, "run")} will go as well.`;
  },
  async run({ id, sectionId, stepId }, { records }) {
    await records.writeTogether(async (rows) => {
      const known = await demandParts(records, id, sectionId, stepId);
      if (stepId !== undefined) return void await rows.remove(steps, stepId);
      if (sectionId !== undefined) {
        const within = await idsWhere(records, steps, (step) => step.sectionId === sectionId);
        // The apps show a step in its section or in none.
        for (const step of within) await rows.update(steps, step, () => ({ sectionId: null }));
        return void await rows.remove(sections, sectionId);
      }
      const past = await idsWhere(records, runs, ({ guideId }) => guideId === id);
      const blocks = await idsWhere(
        records,
        timeBlocks,
        ({ sourceModule, sourceId = "" }) => sourceModule === "guides" && past.includes(sourceId),
      );
      for (const block of blocks) await rows.remove(timeBlocks, block);
      for (const run of past) await rows.remove(runs, run);
      for (const step of known.steps) await rows.remove(steps, step.id);
      for (const section of known.sections) await rows.remove(sections, section.id);
      await rows.remove(guides, id);
    });
    return { ok: true as const, id: stepId ?? sectionId ?? id };
  },
});

/** The parts of a guide. Throws Refused where there is no such guide, or a part is not of it. */
async function demandParts(records: ReadRecords, id: string, sectionId?: string, stepId?: string) {
  if (sectionId !== undefined && stepId !== undefined) refuseInput("give a sectionId or a stepId");
  await records.get(guides, id);
  const known = { sections: await partsOf(records, sections, id), steps: await partsOf(records, steps, id) };
  demandOwn("sectionId", known.sections, [sectionId]);
  demandOwn("stepId", known.steps, [stepId]);
  return known;
}

function titled({ id, title }: { readonly id: string; readonly title?: string }) {
  return title === undefined ? { id } : { id, title };
}
