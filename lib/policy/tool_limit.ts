// How often one person may call one tool. A limit for a single tool is a line here.
import { TITLE_CALLS_PER_MINUTE } from "../kit/limits.ts";
import type { Tool } from "../tool/define_tool.ts";

/** The operator's limits (RATE_LIMIT_READS, RATE_LIMIT_WRITES): calls of one tool by one person in a rolling minute; 0 is none. */
export interface ToolLimits {
  readonly reads: number;
  readonly writes: number;
}

/** The limit of this tool, in calls by one person in a rolling minute; 0 means no limit. */
export function toolLimit(
  { access, name }: Pick<Tool, "access" | "name">,
  { reads, writes }: ToolLimits,
): number {
  // Asked for each key that a person presses (resources/resource_tools.ts): an operator's limit of reads may lower it, none lifts it.
  if (name.endsWith(".titles")) {
    return reads === 0 ? TITLE_CALLS_PER_MINUTE : Math.min(reads, TITLE_CALLS_PER_MINUTE);
  }
  return access === "read" ? reads : writes;
}
