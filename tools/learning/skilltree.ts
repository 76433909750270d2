// The skill tree: what the person wants to become better at, and how much they practised. The rows are what the web app stores
// (contract: modules, skilltree). Practice is skill_practice.ts.
import { z } from "zod";
import {
  choices,
  clearInput,
  colorInput,
  counted,
  createdOutput,
  defineModule,
  defineResource,
  defineTool,
  deletedOutput,
  deleteQuestion,
  filledFields,
  idsWhere,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordOutput,
  refuseInput,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { timeBlocks } from "../day/time_blocks.ts";
import { addXp } from "./skill_practice.ts";
import { activities, SkillId, skills } from "./skills.ts";

const Branch = choices("skilltree/skills", "branch");

const list = defineTool({
  name: "skilltree.list",
  title: "List skills",
  access: "read",
  description:
    "List skills, the most practised first, or with `skillId` the activities of one skill, the newest first.",
  input: z.object({
    skillId: SkillId.optional(),
    branch: Branch.optional(),
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({
    skills: z.array(recordOutput(skills)).optional(),
    activities: z.array(recordOutput(activities).omit({ skillId: true })).optional(),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const { skillId, branch, query } = input;
    if (skillId !== undefined) {
      await records.get(skills, skillId);
      const { rows, ...end } = await records.list(activities, {
        where: (activity) => activity.skillId === skillId,
        order: [{ field: "timestamp", direction: "descending", missing: "" }],
        match: textFilter(query, ({ description }: { description?: unknown }) => [description]),
        page: input,
      });
      return { activities: [...rows], ...end };
    }
    const { rows, ...end } = await records.list(skills, {
      where: (skill) => branch === undefined || skill.branch === branch,
      order: [
        { field: "totalXp", direction: "descending", missing: 0 },
        { field: "createdAt", missing: "" },
      ],
      match: textFilter(
        query,
        ({ name, description }: { name?: unknown; description?: unknown }) => [name, description],
      ),
      page: input,
    });
    return { skills: [...rows], ...end };
  },
});

const save = defineTool({
  name: "skilltree.save",
  title: "Save a skill",
  access: "write",
  description:
    "Make a skill (name it), or change the one with this `id`. Practice is added by {skilltree.add_xp}.",
  input: z.object({
    id: SkillId.optional(),
    name: visibleText(200).optional(),
    description: z.string().max(2_000).optional(),
    branch: Branch.optional(),
    parentId: SkillId.optional().describe("the skill above this one"),
    icon: visibleText(40).optional(),
    color: colorInput.optional(),
    clear: clearInput(["description", "parentId", "color"]),
  }),
  output: createdOutput,
  async run({ id, clear = [], ...input }, { records }) {
    if (input.parentId !== undefined) await demandNoCircle(records, input.parentId, id);
    if (id === undefined) {
      const { name, ...filled } = filledFields(input);
      if (name === undefined) refuseInput("name: a new skill needs one");
      const made = await records.insert(skills, { name, icon: "star", ...filled });
      return { id: made.id };
    }
    const { description, ...patch } = patchOf(input, clear);
    await records.update(skills, id, () => ({
      ...patch,
      // A skill without a description has an empty text.
      ...(description === undefined ? {} : { description: description ?? "" }),
    }));
    return { id };
  },
});

const remove = defineTool({
  name: "skilltree.delete",
  title: "Delete a skill",
  access: "destructive",
  view: "approval",
  description:
    "Delete a skill with its activities. The person is asked first, by the gateway: do not ask them yourself. No tool brings " +
    "it back, only the Mana app where the person uses it.",
  input: z.object({ id: SkillId }),
  output: deletedOutput,
  async confirm({ id }, { records }) {
    const { name } = await records.get(skills, id);
    const question = deleteQuestion(skills, name === undefined ? { id } : { id, title: name });
    const count = await records.count(activities, ({ skillId }) => skillId === id);
    return count === 0
      ? question
      : `${question} Its practice, noted ${counted(count, "time")}, goes with it.`;
  },
  async run({ id }, { records }) {
    await records.writeTogether(async (rows) => {
      await records.get(skills, id);
      const practised = new Set(await idsWhere(records, activities, ({ skillId }) => skillId === id));
      const blocks = await idsWhere(
        records,
        timeBlocks,
        ({ sourceModule, sourceId = "" }) => sourceModule === "skilltree" && practised.has(sourceId),
      );
      // The web app leaves the blocks, and the calendar shows practice of nothing.
      for (const block of blocks) await rows.remove(timeBlocks, block);
      for (const activity of practised) await rows.remove(activities, activity);
      await rows.remove(skills, id);
    });
    return { ok: true as const, id };
  },
});

/** Skills. */
export const skilltreeModule: Module = defineModule({
  name: "skilltree",
  label: "Skills",
  nouns: ["skill"],
  group: "Learning",
  spaceTypes: ["personal"],
  tools: [list, save, addXp, remove],
  writes: [skills, activities, timeBlocks],
  resource: defineResource({ module: "skilltree", title: "Skills", table: skills }),
});

/** Refuses a skill above itself. Throws Refused `record-not-found` where the parent is no skill. */
async function demandNoCircle(records: ReadRecords, parentId: string, id: string | undefined): Promise<void> {
  await records.get(skills, parentId);
  if (id === undefined) return;
  const parents = new Map<string, string>();
  await records.lookThrough(
    skills,
    (skill) => void (skill.parentId && parents.set(skill.id, skill.parentId)),
  );
  const seen = new Set<string>();
  for (
    let above: string | undefined = parentId;
    above !== undefined && !seen.has(above);
    above = parents.get(above)
  ) {
    if (above === id) refuseInput("parentId: a skill cannot be above itself");
    seen.add(above);
  }
}
