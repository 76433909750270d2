// The tables of guides: what is done in which order, and the runs through it (contract: modules, guides).
import { z } from "zod";
import { choices, defineAppTable, recordId, visibleText } from "../../lib/tool/authoring.ts";

/** Guides, in the person's order. */
export const guides = defineAppTable("guides/guides", {
  record: "guide",
  fields: ["title", "description", "category", "difficulty", "estimatedMinutes", "order"],
});

/** Parts of a guide that hold steps. */
export const sections = defineAppTable("guides/sections", {
  record: "section",
  fields: ["guideId", "title", "content", "order"],
});

/** Steps of a guide, in a section or in none; their order goes through the whole guide. */
export const steps = defineAppTable("guides/steps", {
  record: "step",
  fields: ["guideId", "sectionId", "title", "content", "order"],
});

/** Runs through a guide: which steps are done. */
export const runs = defineAppTable("guides/runs", {
  record: "run",
  fields: ["guideId", "startedAt", "completedAt", "completedStepIds", "timeBlockId"],
});

/** Inputs of several tools. */
export const GuideId = recordId("guide", "guides.list");
export const SectionId = recordId("section", "guides.read");
export const StepId = recordId("step", "guides.read");
export const Title = visibleText(300);
export const Content = z.string().max(5_000).optional();

/** What a new guide and a changed one take alike. */
export const fields = {
  description: z.string().max(2_000).optional(),
  category: choices("guides/guides", "category").optional(),
  difficulty: choices("guides/guides", "difficulty").optional(),
  estimatedMinutes: z.int().min(1).max(100_000).optional(),
} as const;
