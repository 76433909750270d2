// The general tools: a few that reach every module, which they take as an argument, for whoever was allowed more than a list can
// hold. A call of one is a call of the module's own tool, before anything is read: policy, question, budget, counts and log are that
// tool's. The general tool itself does nothing but say why a call can be no tool's.
import { z } from "zod";
import { Refused } from "../../kit/errors.ts";
import { isJsonObject } from "../../kit/json.ts";
import type { Access } from "../../people/scopes.ts";
import { type AbsentArguments, createAbsentArguments } from "../absent_arguments.ts";
import type { Module } from "../define_module.ts";
import { defineTool, type Tool } from "../define_tool.ts";
import { SPACE } from "../space_argument.ts";
import type { ListedTool } from "../tool_registry.ts";
import type { MeantCall } from "./meant_call.ts";
import { createApprovalsTool } from "./approvals_tool.ts";
import { createUndoTools } from "./undo_tools.ts";
import { createModulesTool } from "./modules_tool.ts";
import {
  ACTION_ACCESS,
  RECORD_ACTIONS,
  type RecordAction,
  takesArgument,
  toolOfAction,
  toolOfVerb,
  verbOf,
} from "./record_actions.ts";

/** Creates the general tools over these modules, in the order in which they are listed. */
export function createGeneralTools(
  { modules, listed }: {
    readonly modules: readonly Module[];
    /** The tools as clients see them. Called when somebody asks, which is after they were registered. */
    readonly listed: () => readonly ListedTool[];
  },
): readonly Tool[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  return [
    createApprovalsTool(),
    ...createUndoTools(),
    createModulesTool({ modules, listed }),
    ...RECORD_ACTIONS.map((action) => recordsTool(action, byName)),
  ];
}

/** What each general tool says of itself. */
const WORDS: Readonly<Record<RecordAction, { readonly title: string; readonly description: string }>> = {
  list: {
    title: "List records",
    description:
      "List the records of a module. `filter` takes what the module's own tool takes: see {modules.list}.",
  },
  read: { title: "Read a record", description: "Read one record of a module in full." },
  search: { title: "Search records", description: "Search the records of a module for a text." },
  create: {
    title: "Create a record",
    description:
      "Create a record of a module. Call {modules.list} with the module first: it says which values there are.",
  },
  update: { title: "Change a record", description: "Change some values of a record; the others stay." },
  archive: { title: "Archive a record", description: "Put a record out of the way, or bring it back." },
  delete: {
    title: "Delete a record",
    description: "Delete a record. The person is asked first, by the gateway: do not ask them yourself.",
  },
};

const Values = z.record(z.string(), z.unknown());
const Id = z.string().min(1).max(256).optional().describe("as {records.list} gives it");
const page = {
  limit: z.int().min(1).optional(),
  cursor: z.string().optional().describe("nextCursor of the page before"),
};

/** The arguments beside `module` and `verb`. */
const INPUTS = {
  list: { filter: Values.optional(), ...page },
  read: { id: Id, options: Values.optional() },
  search: { query: z.string().min(1), filter: Values.optional(), ...page },
  create: { values: Values },
  update: { id: Id, values: Values },
  archive: { id: Id, archived: z.boolean().default(true).describe("false brings it back") },
  delete: { id: Id, options: Values.optional() },
} as const satisfies Readonly<Record<RecordAction, z.ZodRawShape>>;

const COMMON = {
  module: z.string().min(1).max(60).describe("name of the module, as {modules.list} gives it"),
  verb: z.string().min(1).max(60).optional().describe("another of the module's tools for this, by its verb"),
};

/** The input of any general tool, as far as it decides which tool is meant. */
const Given = z.looseObject({ module: z.string(), verb: z.string().optional() });
type Given = z.infer<typeof Given>;

function recordsTool(action: RecordAction, modules: ReadonlyMap<string, Module>): Tool {
  const input: z.ZodObject = z.object({ ...COMMON, ...INPUTS[action] });
  let withoutAbsent: AbsentArguments | undefined;
  const basics = {
    name: `records.${action}`,
    ...WORDS[action],
    scope: "general",
    input,
    output: z.looseObject({}),
    run: (given: unknown) => Promise.reject(whyNone(modules, action, Given.parse(given))),
  } as const;
  // A call that stands for no tool is refused without asking the person about it.
  const refusing = defineTool({ ...basics, access: "read" });
  const standsFor = (args: unknown): MeantCall => {
    const { [SPACE]: space, ...own } = isJsonObject(args) ? args : {};
    withoutAbsent ??= createAbsentArguments(input.shape);
    const parsed = input.strict().safeParse(withoutAbsent(own));
    const given = parsed.success ? Given.parse(parsed.data) : null;
    const module = given === null ? undefined : modules.get(given.module);
    const tool = given === null || module === undefined ? undefined : toolFor(module, action, given.verb);
    if (given === null || tool === undefined) return { tool: refusing, args };
    const meant = argumentsFor(tool, action, given);
    return { tool, args: space === undefined ? meant : { ...meant, [SPACE]: space } };
  };
  switch (ACTION_ACCESS[action]) {
    case "read":
      return defineTool({ ...basics, standsFor, access: "read" });
    case "write":
      return defineTool({ ...basics, standsFor, access: "write" });
    case "destructive":
      return defineTool({ ...basics, standsFor, access: "destructive", confirm: basics.run });
  }
}

function toolFor(module: Module, action: RecordAction, verb: string | undefined): Tool | undefined {
  return verb === undefined ? toolOfAction(module, action) : toolOfVerb(module, action, verb);
}

/** Why a call stands for no tool. Fails closed: a call that stands for a tool is never run as the general tool. */
function whyNone(
  modules: ReadonlyMap<string, Module>,
  action: RecordAction,
  { module: name, verb }: Given,
): Error {
  const module = modules.get(name);
  if (module === undefined) {
    return refusal("module: there is none of this name; {modules.list} has the names");
  }
  if (toolFor(module, action, verb) === undefined) return refusal(noToolWords(module, action, verb));
  return new TypeError(`Cannot run records.${action} itself`);
}

function refusal(problem: string): Refused {
  return new Refused({ reason: "input-invalid", problems: [problem] });
}

/** Why there is no tool, and what there is. */
function noToolWords({ label, tools }: Module, action: RecordAction, verb: string | undefined): string {
  const open = tools.filter(({ scope }) => scope !== "admin");
  const verbsOf = (access: Access) => open.filter((tool) => tool.access === access).map(verbOf).join(", ");
  const fitting = verbsOf(ACTION_ACCESS[action]);
  if (verb !== undefined) {
    return `verb: ${label} has no tool of this verb that {records.${action}} may stand for` +
      (fitting === "" ? "" : `; there is ${fitting}`);
  }
  if (action !== "list" && open.every(({ access }) => access === "read")) {
    return `module: ${label} is read-only here; there is ${verbsOf("read")}`;
  }
  return `module: ${label} has nothing to ${action} by` +
    (fitting === "" ? "" : `; with verb there is ${fitting}`);
}

/** The arguments of the module's own tool, which checks them. */
function argumentsFor(tool: Tool, action: RecordAction, given: Given): Readonly<Record<string, unknown>> {
  const { module: _module, verb: _verb, filter, options, values, archived, ...own } = given;
  return {
    ...Values.optional().parse(filter),
    ...Values.optional().parse(options),
    ...Values.optional().parse(values),
    ...own,
    ...(action === "archive"
      ? { [takesArgument(tool, "isArchived") ? "isArchived" : "archived"]: archived }
      : {}),
  };
}
