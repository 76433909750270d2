// A module as tools/modules.ts lists it. Scopes, words on the pages, counts of uses and the instructions for models are made
// of that list and of nothing else, so that a module that stands in it is whole.

import { SPACE_TYPES, type SpaceType } from "../spaces/choose_space.ts";
import type { Resource } from "./define_resource.ts";
import type { Access } from "../people/scopes.ts";
import type { Tool } from "./define_tool.ts";
import { RECORD_ACTIONS, type RecordAction, toolOfVerb } from "./general/record_actions.ts";

/** Checks the entry of a module. Throws TypeError when its tools or its resource belong to another module. */
export function defineModule(definition: Module): Module {
  const { name, tools, resource } = definition;
  const stranger = tools.find(({ module }) => module !== name)?.name;
  if (stranger !== undefined) {
    throw new TypeError(`Cannot define module ${name}: the tool ${stranger} is of another`);
  }
  if (resource !== undefined && resource.module !== name) {
    throw new TypeError(`Cannot define module ${name}: its resource is of ${resource.module}`);
  }
  for (const action of RECORD_ACTIONS) {
    const verb = definition.actions?.[action];
    if (verb !== undefined && toolOfVerb(definition, action, verb) === undefined) {
      throw new TypeError(`Cannot define module ${name}: ${verb} is no tool of it that can ${action}`);
    }
  }
  return Object.freeze({ ...definition, tools: Object.freeze([...tools]) });
}

/** One module. */
export interface Module {
  /** The first part of its tools' names and of its scopes: `todo`. */
  readonly name: string;
  /** What a person calls it: `To-dos`. */
  readonly label: string;
  /** What people call its records, in the order in which they think of it; the label by default. Models are told, and find its tools by it. */
  readonly nouns?: readonly string[];
  /** The heading under which pages show it. */
  readonly group: string;
  /** The spaces in which the Mana apps show it (contract: modules section 2). */
  readonly spaceTypes: readonly SpaceType[];
  readonly tools: readonly Tool[];
  /**
   * Every table in which its tools write, those of other modules too. Pages name by them what an app changed, and know where to look for
   * it. Absent: its tools only read.
   */
  readonly writes?: readonly WrittenTable[];
  /** Its records as MCP resources; absent: none. */
  readonly resource?: Resource;
  /**
   * Which of its tools lists, reads, searches, creates, updates, archives or deletes a record, by the verb, where its verbs are none of
   * the usual ones (lib/tool/general/record_actions.ts).
   */
  readonly actions?: Readonly<Partial<Record<RecordAction, string>>>;
  /** What an access lets an app do, for a module where `See`, `Add and change` or `Delete` would be wrong. */
  readonly accessWords?: Readonly<Partial<Record<Access, string>>>;
}

/** What is told of a table in which a module writes. */
export interface WrittenTable {
  readonly app: string;
  readonly name: string;
  /** What one record is called. */
  readonly record: string;
  /** Whether its records go with others: `isPart` of its definition. */
  readonly isPart: boolean;
  /** Has the fields in the order in which records show them. */
  readonly row: { readonly shape: Readonly<Record<string, unknown>> };
}

/** What a connected app can be allowed in a module: the accesses of its tools, and `read` where it has a resource. */
export function grantableAccesses({ tools, resource }: Module): readonly Access[] {
  const open = tools.filter(({ scope }) => scope !== "admin");
  return ACCESSES.filter((access) =>
    open.some((tool) => tool.access === access) || (access === "read" && resource !== undefined)
  );
}

/** Every kind of space, for a module that the apps show everywhere. */
export const ALL_SPACE_TYPES: readonly SpaceType[] = SPACE_TYPES;

const ACCESSES: readonly Access[] = ["read", "write", "destructive"];
