// The tools that can be listed and called, under the names that clients see. Decides nothing about who may call them.

import type { ToolNames } from "../settings/settings.ts";
import type { ObjectSchema, Tool, ToolAnnotations } from "./define_tool.ts";
import { withSpace } from "./space_argument.ts";
import { withToolNames } from "./tool_names.ts";
import type { View } from "./views/define_view.ts";
import { type ViewKeys, viewKeys } from "./views/view_keys.ts";

/**
 * Leaves tools of scope `admin` out before anything else happens. Throws TypeError when two tools share a name in either
 * form, when clients would refuse a name, when two views share a name, or when a tool names a view or its description a tool that is
 * not there. Descriptions of arguments are looked at when the tool is first listed.
 */
export function createToolRegistry(
  tools: readonly Tool[],
  names: ToolNames,
  views: readonly View[] = [],
): ToolRegistry {
  const open = tools.filter((tool) => tool.scope !== "admin");
  const byName = new Map<string, Tool>();
  for (const tool of open) {
    const wire = wireName(tool.name);
    if (!WIRE_NAME.test(wire)) {
      throw new TypeError(`Cannot register tool ${tool.name}: clients refuse the name ${wire}`);
    }
    for (const name of [tool.name, wire]) {
      if (byName.has(name)) {
        throw new TypeError(`Cannot register tool ${tool.name}: the name ${name} is taken`);
      }
      byName.set(name, tool);
    }
  }
  const listedName = (name: string): string => names === "dotted" ? name : wireName(name);
  const knownName = (name: string): string | undefined => byName.has(name) ? listedName(name) : undefined;
  const viewOf = viewFinder(views);
  const listed = Object.freeze(
    open.map((tool) => listedTool(tool, listedName(tool.name), knownName, viewOf(tool))),
  );
  return Object.freeze({
    tools: Object.freeze(open),
    getTool: (name: string) => byName.get(name),
    byModule: (module: string) => open.filter((tool) => tool.module === module),
    inWords: (text: string) => withToolNames(text, knownName),
    list: () => listed,
  });
}

/** Finds the view of a tool; undefined for a tool without. */
function viewFinder(views: readonly View[]): (tool: Tool) => View | undefined {
  const byName = new Map(views.map((view) => [view.name, view]));
  if (byName.size < views.length) throw new TypeError("Cannot offer views: two share a name");
  return ({ name, view }: Tool) => {
    const found = view === undefined ? undefined : byName.get(view);
    if (found !== undefined || view === undefined) return found;
    throw new TypeError(
      `Cannot register tool ${name}: its view ${JSON.stringify(view)} is none of tools/views.ts`,
    );
  };
}

/** The tool as clients see it. Its text is made now, so that a wrong name in it stops the start, its schemas when it is first listed. */
function listedTool(
  tool: Tool,
  name: string,
  knownName: (name: string) => string | undefined,
  view: View | undefined,
): ListedTool {
  const { title, annotations, usesRecords } = tool;
  const nameOf = (named: string): string => {
    const known = knownName(named);
    if (known !== undefined) return known;
    throw new TypeError(`Cannot register tool ${tool.name}: it tells of ${named}, which is no tool here`);
  };
  const description = withToolNames(tool.description, nameOf);
  let listing: ToolListing | undefined;
  let spacedListing: ToolListing | undefined;
  const listed: ListedTool = {
    tool,
    name,
    description,
    get listing() {
      return listing ??= Object.freeze({
        name,
        title,
        description,
        inputSchema: namedIn(tool.inputSchema, nameOf),
        outputSchema: namedIn(tool.outputSchema, nameOf),
        annotations,
        // Always, also to clients that have negotiated nothing: the list is one text for all, and many hosts tell their support
        // of views late or never.
        ...(view === undefined ? {} : { _meta: viewKeys(view) }),
      });
    },
    get spacedListing() {
      return spacedListing ??= usesRecords
        ? Object.freeze({ ...listed.listing, inputSchema: withSpace(listed.listing.inputSchema) })
        : listed.listing;
    },
  };
  return Object.freeze(listed);
}

/** One entry of `tools/list`. */
export interface ToolListing {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly annotations: ToolAnnotations;
  /** For a tool with a view; not handed to models. */
  readonly _meta?: ViewKeys;
}

/** A tool as clients see it. */
export interface ListedTool {
  readonly tool: Tool;
  /** As configured: dotted, or as clients take it. */
  readonly name: string;
  /** With the names of tools as clients see them. */
  readonly description: string;
  /** For a caller that has one space. Made when it is first read, as {@link spacedListing}. */
  readonly listing: ToolListing;
  /** For a caller that may have several: with the argument `space`, which every call may have, listed or not. */
  readonly spacedListing: ToolListing;
}

/** The tools, in a fixed order. */
export interface ToolRegistry {
  readonly tools: readonly Tool[];
  /** By canonical (dotted) or wire (underscore) name; undefined for unknown and for admin tools. */
  getTool(name: string): Tool | undefined;
  byModule(module: string): readonly Tool[];
  /** A text of ours, with each `{module.verb}` replaced by the name that clients see. */
  inWords(text: string): string;
  /** The tools as `tools/list` has them, names as configured. */
  list(): readonly ListedTool[];
}

/** The name of a tool for clients that refuse dots. */
export function wireName(name: string): string {
  return name.replaceAll(".", "_");
}

/** The names that Claude, Copilot and others accept. Because of one other name they drop every tool. */
const WIRE_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * A schema whose descriptions name tools as clients see them. Tools are named nowhere else in a schema. Its dialect is left out: it is the
 * one that MCP takes where none is named (2025-11-25, JSON Schema usage), costs 50 model tokens a tool, and some validators refuse its name.
 */
function namedIn(
  { $schema: _dialect, ...schema }: ObjectSchema,
  nameOf: (name: string) => string,
): ObjectSchema {
  const text = withToolNames(JSON.stringify(schema), nameOf);
  return Object.freeze({ ...JSON.parse(text), type: "object" });
}
