// Which tool of a module lists, reads, searches, creates, updates, archives and deletes its records, for the tools that name their
// module by an argument (general_tools.ts). By the verbs that nearly all modules share; `actions` of a module says what they do not.
import { isJsonObject } from "../../kit/json.ts";
import type { Access } from "../../people/scopes.ts";
import type { Module } from "../define_module.ts";
import type { Tool } from "../define_tool.ts";

/** What can be done with records, whatever they are. */
export const RECORD_ACTIONS = ["list", "read", "search", "create", "update", "archive", "delete"] as const;

/** One of {@link RECORD_ACTIONS}. */
export type RecordAction = typeof RECORD_ACTIONS[number];

/**
 * The access of every tool that an action may stand for. A client that lets `records.list` run unasked, since it only reads, must never
 * change anything by it.
 */
export const ACTION_ACCESS: Readonly<Record<RecordAction, Access>> = {
  list: "read",
  read: "read",
  search: "read",
  create: "write",
  update: "write",
  archive: "write",
  delete: "destructive",
};

/** The tool of an action; undefined where the module has none. */
export function toolOfAction(module: Module, action: RecordAction): Tool | undefined {
  const said = module.actions?.[action];
  if (said !== undefined) return toolOfVerb(module, action, said);
  const fitting = toolsOfAccess(module, ACTION_ACCESS[action]);
  return VERBS[action].map((verb) => fitting.find((tool) => verbOf(tool) === verb)).find((tool) =>
    tool !== undefined
  ) ?? lastResort(fitting, action);
}

/** The tool of this verb, where it does no more than the action may; undefined otherwise. */
export function toolOfVerb(module: Module, action: RecordAction, verb: string): Tool | undefined {
  return toolsOfAccess(module, ACTION_ACCESS[action]).find((tool) => verbOf(tool) === verb);
}

/** The second part of a tool's name. */
export function verbOf({ name, module }: Tool): string {
  return name.slice(module.length + 1);
}

/** Whether the tool takes an argument of this name. */
export function takesArgument({ inputSchema: { properties } }: Tool, name: string): boolean {
  return isJsonObject(properties) && name in properties;
}

/** The usual verbs, the most fitting one first. */
const VERBS: Readonly<Record<RecordAction, readonly string[]>> = {
  list: ["list", "search"],
  read: ["read"],
  search: ["search"],
  create: ["create", "add", "log", "capture", "save"],
  update: ["update"],
  archive: ["archive"],
  delete: ["delete"],
};

function toolsOfAccess({ tools }: Module, access: Access): readonly Tool[] {
  return tools.filter((tool) => tool.scope !== "admin" && tool.access === access);
}

/** Where no verb is usual: what still does the same, by its name or by an argument that it takes. */
function lastResort(fitting: readonly Tool[], action: RecordAction): Tool | undefined {
  switch (action) {
    case "list":
      return fitting.find((tool) => verbOf(tool) !== "read") ?? fitting[0];
    case "search":
      return fitting.find((tool) => verbOf(tool) === "list" && takesArgument(tool, "query")) ??
        fitting.find((tool) => takesArgument(tool, "query"));
    case "create":
      return fitting.find((tool) => verbOf(tool).startsWith("save_"));
    case "update":
      return fitting.find((tool) => /^save(_|$)/.test(verbOf(tool)) && takesArgument(tool, "id"));
    case "archive":
      return fitting.find((tool) => verbOf(tool) === "update" && takesArgument(tool, "isArchived"));
    case "read":
      return undefined;
    case "delete":
      return fitting.find((tool) => verbOf(tool).startsWith("delete_"));
  }
}
