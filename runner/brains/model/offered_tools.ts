// The day's tools as the Messages API wants them. Only tools of the modules that the persona likes are offered: all tools of the product
// would be some 60,000 tokens in each request.
import type { Day, OfferedTool } from "../../brain/brain.ts";

/** A tool in a request. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
}

/** What a persona's model is offered. */
export interface OfferedTools {
  readonly definitions: readonly ToolDefinition[];
  /** The gateway's tool by the name in the request. */
  readonly byName: ReadonlyMap<string, OfferedTool>;
  /** Modules that the tools belong to, the ones most liked first. */
  readonly modules: readonly string[];
}

/** Modules of everybody's day: offered where modules of the mix are absent. */
const FALLBACK: readonly string[] = ["notes", "todo"];
/** Characters that the API takes in a name, and how many. */
const NOT_IN_NAMES = /[^a-zA-Z0-9_-]/g;
const NAME_LENGTH = 128;

/** Chooses the tools and brings their names and schemas into the API's form. */
export function offerTools({ persona, tools }: Pick<Day, "persona" | "tools">): OfferedTools {
  const offered = new Set(tools.map(({ module }) => module));
  const liked = Object.entries(persona.moduleMix).filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a).map(([module]) => module);
  const wanted = liked.every((module) => offered.has(module)) ? liked : [...liked, ...FALLBACK];
  const modules = [...new Set(wanted)].filter((module) => offered.has(module));
  const byName = new Map<string, OfferedTool>();
  const definitions: ToolDefinition[] = [];
  for (const tool of tools) {
    const name = tool.name.replaceAll(NOT_IN_NAMES, "_").slice(0, NAME_LENGTH);
    if (!modules.includes(tool.module) || byName.has(name)) continue;
    byName.set(name, tool);
    definitions.push({ name, description: tool.description, input_schema: toInputSchema(tool.inputSchema) });
  }
  return { definitions, byName, modules };
}

/** The API refuses a schema that is no object, or that has a choice at its top. The gateway holds the arguments against its own schema. */
function toInputSchema(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { anyOf: _anyOf, oneOf: _oneOf, allOf: _allOf, ...members } = schema;
  return { ...members, type: "object" };
}
