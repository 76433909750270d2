// Which rows stand for a call that the gateway has counted in `mana_mcp_tool_invocations_total`: every request for a tool that came as far
// as the tool, whatever the answer. docs/personas.md says the same in words.
import type { ReportedPersona } from "./town.ts";

/** Rows of each tool, without those of which the gateway cannot know or need not have known for which tool they were. */
export function countedRows(people: readonly ReportedPersona[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { toolName, errorMessage } of allRows(people)) {
    if (toolName.startsWith("runner.") || REFUSED_AT_THE_DOOR.includes(errorMessage ?? "")) continue;
    counts.set(toolName, (counts.get(toolName) ?? 0) + 1);
  }
  return counts;
}

/** Every row, in the order of the report. */
export function allRows(people: readonly ReportedPersona[]) {
  return people.flatMap(({ ticks }) => ticks.flatMap(({ actions }) => actions));
}

/** Calls that their persona did not wait for: they may have come as far as the tool, or not. */
export function hungUp(people: readonly ReportedPersona[]): number {
  return allRows(people).filter(({ errorMessage }) => errorMessage === HUNG_UP).length;
}

const HUNG_UP = "hung-up";
const REFUSED_AT_THE_DOOR = [
  HUNG_UP,
  // A token that is not good (401), a body that is no request (400), a space in the header that is another's (403).
  "token-signature",
  "request-invalid",
  "space-not-member",
];
