// Projects of tasks: the lists that a task can belong to. The web app shows them and has no way to make them, so that these tools
// are their only writer (contract: modules, todo).
import { z } from "zod";
import {
  colorInput,
  createdOutput,
  defineTool,
  filledFields,
  pageInput,
  pageOutput,
  recordOutput,
  refuseInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import { projectId, projects } from "./tasks.ts";

/** Lists projects. */
export const listProjects = defineTool({
  name: "todo.projects",
  title: "List projects of tasks",
  access: "read",
  description: "List the projects that tasks can belong to.",
  input: z.object({
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 200, usual: 100 }),
  }),
  output: z.object({ projects: z.array(recordOutput(projects)), ...pageOutput }),
  async run(input, { records }) {
    const { rows, ...end } = await records.list(projects, {
      where: (project) => input.includeArchived || project.isArchived !== true,
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    });
    return { projects: [...rows], ...end };
  },
});

/** Creates or changes a project. */
export const saveProject = defineTool({
  name: "todo.save_project",
  title: "Save a project of tasks",
  access: "write",
  description:
    "Create a project for tasks, or with an id rename, recolour or archive it. Its tasks stay as they are.",
  input: z.object({
    id: projectId.optional(),
    name: visibleText(200).optional().describe("needed for a new project"),
    color: colorInput.optional(),
    isArchived: z.boolean().optional(),
  }),
  output: createdOutput,
  async run({ id, ...given }, { records }) {
    const { name, ...others } = filledFields(given);
    if (id === undefined) {
      if (name === undefined) refuseInput("name: is missing, for a new project");
      return await records.insert(projects, { name, isArchived: false, ...others }, { lastBy: "order" });
    }
    const patch = name === undefined ? others : { name, ...others };
    if (Object.keys(patch).length === 0) {
      refuseInput("nothing to change: give at least one of name, color, isArchived");
    }
    await records.update(projects, id, () => patch);
    return { id };
  },
});
