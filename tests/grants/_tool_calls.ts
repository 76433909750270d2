// Calls of every tool, as an app makes them that knows of two records of each table.
import { RECORD_ACTIONS } from "../../lib/tool/general/record_actions.ts";
import type { ObjectSchema, Tool } from "../../lib/tool/define_tool.ts";
import { TOOLS } from "../_support/modules.ts";
import { argumentsOf, propertiesOf } from "../tools/_arguments.ts";

/** One call. */
export interface ToolCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Null for a general tool, whose answer is that of another one. */
  readonly outputSchema: ObjectSchema | null;
}

/** Calls of all tools: first what reads, then what changes it, deletions last. */
export const CALLS: readonly ToolCall[] = [
  ...TOOLS.toSorted((one, other) => rankOf(one) - rankOf(other)).flatMap((tool) =>
    variantsOf(tool).map((args) => ({ name: tool.name, args, outputSchema: tool.outputSchema }))
  ),
  ...generalCalls(),
];

/** The names of all deleting tools, as an operator lets them run unasked. */
export const UNASKED = TOOLS.filter(({ access }) => access === "destructive").map(({ name }) => name).join(
  ",",
);

function rankOf({ access }: Tool): number {
  return { read: 0, write: 1, destructive: 2 }[access];
}

/** The calls of a tool: of each kind and record, and with words that are looked for. */
function variantsOf(tool: Tool): Record<string, unknown>[] {
  const properties = new Map(propertiesOf(tool));
  const plain = argumentsOf(tool);
  const kinds = properties.get("kind")?.enum ?? [undefined];
  const calls = kinds.flatMap((kind) => {
    const of = kind === "sets" ? { workoutId: "inside" } : {};
    const args = kind === undefined ? plain : { ...plain, kind, ...of };
    return properties.has("query")
      ? [args, { ...args, query: "outside" }, { ...args, query: "otherwise" }]
      : [args];
  });
  const pages = tool.access === "read" && properties.has("limit")
    ? [...calls, { ...plain, limit: 1 }]
    : calls;
  if (!properties.has("id")) return pages;
  return pages.flatMap((args) => [{ ...args, id: "inside" }, { ...args, id: "outside" }]);
}

/** Calls of the general tools, for a few modules. */
function generalCalls(): ToolCall[] {
  return ["notes", "todo", "journal", "habits", "chat"].flatMap((module) =>
    RECORD_ACTIONS.flatMap((action) =>
      ["inside", "outside"].map((id) => ({
        name: `records.${action}`,
        args: action === "list"
          ? { module }
          : action === "search"
          ? { module, query: id }
          : action === "create"
          ? { module, values: { title: "x", content: "x" } }
          : { module, id, ...(action === "update" ? { values: { title: "x", content: "x" } } : {}) },
        outputSchema: null,
      }))
    )
  );
}
