// How often one person may call one tool. A limit for a single tool is a line here.
import type { Tool } from "../tool/define_tool.ts";

/** The operator's limits (RATE_LIMIT_READS, RATE_LIMIT_WRITES): calls of one tool by one person in a rolling minute; 0 is none. */
export interface ToolLimits {
  readonly reads: number;
  readonly writes: number;
}

/** The limit of this tool, in calls by one person in a rolling minute; 0 means no limit. */
export function toolLimit({ access }: Pick<Tool, "access">, { reads, writes }: ToolLimits): number {
  return access === "read" ? reads : writes;
}
