// modules.list: which modules this caller can work with, and what a module's tools take. It tells nothing of the person.
import { z } from "zod";
import type { Module } from "../define_module.ts";
import { defineTool, type Tool } from "../define_tool.ts";
import { refuseInput } from "../refuse_input.ts";
import type { ListedTool } from "../tool_registry.ts";
import { RECORD_ACTIONS, toolOfAction, verbOf } from "./record_actions.ts";

const Described = z.object({
  name: z.string(),
  label: z.string(),
  group: z.string(),
  actions: z.array(z.enum(RECORD_ACTIONS)),
  verbs: z.array(z.string()).optional().describe("further tools, for the argument verb"),
});

/** Creates it. */
export function createModulesTool(
  { modules, listed }: {
    readonly modules: readonly Module[];
    readonly listed: () => readonly ListedTool[];
  },
): Tool {
  return defineTool({
    name: "modules.list",
    title: "List modules",
    access: "read",
    scope: "general",
    usesRecords: false,
    description:
      "List the modules that the records tools work with, and what can be done in each. With `module`: the tools of that " +
      "one, with what each takes as filter, options or values.",
    input: z.object({ module: z.string().min(1).max(60).optional() }),
    output: z.object({
      modules: z.array(Described),
      tools: z.array(z.object({
        verb: z.string(),
        access: z.enum(["read", "write", "destructive"]),
        about: z.string(),
        takes: z.looseObject({}),
      })).optional(),
    }),
    run({ module: name }, { allows }) {
      const granted = modules.map((module) => ({
        module,
        tools: module.tools.filter((tool) => tool.scope !== "admin" && allows(module.name, tool.access)),
      })).filter(({ tools }) => tools.length > 0);
      const asked = name === undefined ? granted : granted.filter(({ module }) => module.name === name);
      const [only] = asked;
      if (only === undefined && name !== undefined) {
        refuseInput(
          modules.some((module) => module.name === name)
            ? "module: this client was not allowed anything in it; connect again and allow it"
            : "module: there is none of this name; without module all are listed",
        );
      }
      return Promise.resolve({
        modules: asked.map(({ module, tools }) => describe(module, tools)),
        ...(name === undefined || only === undefined ? {} : {
          tools: listed().filter(({ tool }) => only.tools.includes(tool)).map(({ tool, listing }) => ({
            verb: verbOf(tool),
            access: tool.access,
            about: listing.description,
            takes: { ...listing.inputSchema },
          })),
        }),
      });
    },
  });
}

function describe(module: Module, tools: readonly Tool[]): z.infer<typeof Described> {
  const byAction = RECORD_ACTIONS.map((action) => [action, toolOfAction(module, action)] as const)
    .filter(([, tool]) => tool !== undefined && tools.includes(tool));
  const standing = new Set(byAction.map(([, tool]) => tool));
  const verbs = tools.filter((tool) => !standing.has(tool)).map(verbOf);
  return {
    name: module.name,
    label: module.label,
    group: module.group,
    actions: byAction.map(([action]) => action),
    ...(verbs.length === 0 ? {} : { verbs }),
  };
}
