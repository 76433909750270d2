// The tools that can be listed and called, under the names that clients see. Decides nothing about who may call them.

import type { ToolNames } from "../settings/settings.ts";
import type { ObjectSchema, Tool, ToolAnnotations } from "./define_tool.ts";
import { withSpace } from "./space_argument.ts";
import { withToolNames } from "./tool_names.ts";

/**
 * Leaves tools of scope `admin` out before anything else happens. Throws TypeError when two tools share a name in either
 * form, when clients would refuse a name, or when a description names a tool that is not there.
 */
export function createToolRegistry(tools: readonly Tool[], names: ToolNames): ToolRegistry {
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
  const listing = Object.freeze(open.map((tool) => {
    const { title, description, inputSchema, outputSchema, annotations, usesRecords } = tool;
    const nameOf = (name: string): string => {
      const known = knownName(name);
      if (known !== undefined) return known;
      throw new TypeError(`Cannot register tool ${tool.name}: it tells of ${name}, which is no tool here`);
    };
    const schemaOf = (schema: ObjectSchema): ObjectSchema => namedIn(schema, nameOf);
    const listing = Object.freeze({
      name: listedName(tool.name),
      title,
      description: withToolNames(description, nameOf),
      inputSchema: schemaOf(inputSchema),
      outputSchema: schemaOf(outputSchema),
      annotations,
    });
    const spacedListing = usesRecords
      ? Object.freeze({ ...listing, inputSchema: withSpace(listing.inputSchema) })
      : listing;
    return Object.freeze({ tool, listing, spacedListing });
  }));
  return Object.freeze({
    tools: Object.freeze(open),
    getTool: (name: string) => byName.get(name),
    byModule: (module: string) => open.filter((tool) => tool.module === module),
    inWords: (text: string) => withToolNames(text, knownName),
    list: () => listing,
  });
}

/** One entry of `tools/list`. */
export interface ToolListing {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly annotations: ToolAnnotations;
}

/** A tool as clients see it. */
export interface ListedTool {
  readonly tool: Tool;
  /** For a caller that has one space. */
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

/** A schema whose descriptions name tools as clients see them. Tools are named nowhere else in a schema. */
function namedIn(schema: ObjectSchema, nameOf: (name: string) => string): ObjectSchema {
  const text = withToolNames(JSON.stringify(schema), nameOf);
  return Object.freeze({ ...JSON.parse(text), type: "object" });
}
