// Guides: what the person does step by step, again and again. The rows are what the web app stores (contract: modules, guides).
// Changes are guide_changes.ts, runs guide_runs.ts. Publishing a guide is the app's business.
import { z } from "zod";
import {
  choices,
  createdOutput,
  defineModule,
  defineResource,
  defineTool,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  recordOutputOf,
  type RowsTogether,
  type StoredRecordOf,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { remove, update } from "./guide_changes.ts";
import { demandFew } from "./guide_parts.ts";
import { run } from "./guide_runs.ts";
import { Content, fields, GuideId, guides, runs, sections, steps, Title } from "./guide_tables.ts";

const LISTED = ["title", "category", "difficulty", "estimatedMinutes"] as const;
/** What a record says of its own fields. */
const MARKS = { unreadable: true, clipped: true } as const;
const Step = z.strictObject({ title: Title, content: Content });

const list = defineTool({
  name: "guides.list",
  title: "List guides",
  access: "read",
  description: "List guides in the person's order. {guides.read} gives their steps.",
  input: z.object({
    category: choices("guides/guides", "category").optional(),
    query: textFilterInput,
    ...pageInput({ most: 100, usual: 50 }),
  }),
  output: z.object({ guides: z.array(recordOutputOf(guides, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(guides, {
      where: ({ category }) => input.category === undefined || category === input.category,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      match: textFilter(
        input.query,
        ({ title, description }: StoredRecordOf<typeof guides>) => [title, description],
      ),
      show: LISTED,
      page: input,
    });
    return { guides: [...rows], ...end };
  },
});

const read = defineTool({
  name: "guides.read",
  title: "Read a guide",
  access: "read",
  description: "Read a guide with its sections, its steps in order, and the last five runs through it.",
  input: z.object({ id: GuideId, ...pageInput({ most: 200, usual: 100 }) }),
  output: z.object({
    guide: recordOutput(guides).omit({ order: true }),
    sections: z.array(recordOutput(sections).pick({ id: true, title: true, content: true, ...MARKS })),
    runs: z.array(
      recordOutput(runs).pick({
        id: true,
        startedAt: true,
        completedAt: true,
        completedStepIds: true,
        ...MARKS,
      }),
    ),
    steps: z.array(recordOutput(steps).omit({ guideId: true, order: true })),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { id } = input;
    const guide = await records.get(guides, id);
    const ofGuide = await records.list(sections, {
      where: ({ guideId }) => guideId === id,
      order: [{ field: "order", missing: 0 }],
    });
    const newest = await records.list(runs, {
      where: ({ guideId }) => guideId === id,
      order: [{ field: "startedAt", direction: "descending", missing: "" }],
      page: { limit: SHOWN_RUNS },
    });
    const { rows, ...end } = await records.list(steps, {
      where: ({ guideId }) => guideId === id,
      order: [{ field: "order", missing: 0 }],
      page: input,
    });
    return {
      guide,
      sections: [...ofGuide.rows],
      runs: [...newest.rows],
      steps: [...rows],
      ...end,
    };
  },
});

const create = defineTool({
  name: "guides.create",
  title: "Create a guide",
  access: "write",
  description:
    "Make a guide or a checklist: steps in order, before all sections, and sections with steps of their own.",
  input: z.object({
    title: Title,
    ...fields,
    steps: z.array(Step).max(100).default([]),
    sections: z.array(Step.extend({ steps: z.array(Step).max(100).default([]) })).max(30).default([]),
  }),
  output: createdOutput,
  async run({ title, steps: loose, sections: given, ...input }, { records }) {
    demandFew(loose.length + given.reduce((count, { steps: within }) => count + 1 + within.length, 0));
    return await records.writeTogether(async (rows) => {
      const { id } = await rows.insert(guides, { title, ...filledFields(input) }, { lastBy: "order" });
      let order = await insertSteps(rows, { guideId: id, sectionId: null }, loose, 0);
      for (const [place, { title, content, steps: within }] of given.entries()) {
        const section = await rows.insert(sections, {
          guideId: id,
          title,
          ...filledFields({ content }),
          order: place,
        });
        order = await insertSteps(rows, { guideId: id, sectionId: section.id }, within, order);
      }
      return { id };
    });
  },
});

/** Guides. */
export const guidesModule: Module = defineModule({
  name: "guides",
  label: "Guides",
  nouns: ["guide"],
  group: "Learning",
  spaceTypes: ["personal"],
  tools: [list, read, create, update, run, remove],
  writes: [guides, sections, steps, runs, timeBlocks],
  resource: defineResource({ module: "guides", title: "Guides", table: guides }),
});

/** Older runs are history. */
const SHOWN_RUNS = 5;

/** Adds steps from a place in the guide's order on; gives the next place. */
async function insertSteps(
  rows: RowsTogether,
  of: { readonly guideId: string; readonly sectionId: string | null },
  given: readonly z.output<typeof Step>[],
  first: number,
): Promise<number> {
  for (const [index, { title, content }] of given.entries()) {
    await rows.insert(steps, { ...of, title, ...filledFields({ content }), order: first + index });
  }
  return first + given.length;
}
