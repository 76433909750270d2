// Who wrote a record, in the words that a result's `_meta` has for it. Each is the writer's own word: that a label is missing proves
// nothing, and that it is there is reason enough to be careful.

import { APP_PRINCIPAL, OWN_PRINCIPAL, UNDO_PRINCIPAL } from "../authorship/claim.ts";
import { isPerson, RELAYED } from "../changes/folded/agents.ts";
import type { DisclosedRow } from "../spaces/call_disclosure.ts";

/**
 * `member`: another member of the space. `agent:<pseudonym>`: another app of whichever member, by its pseudonym in the change log.
 * `agent:other`: an agent without one. `relayed`: an app that had been handed texts of others within half an hour. A record of the
 * person and of the calling app alone has none: it is `own`.
 */
export type Label = "member" | `agent:${string}` | "relayed";

/** The labels of a row. `own`: the pseudonym of the calling app; null where nobody knows it, so that every app is another. */
export function labelsOf({ isByOther, agents = null }: DisclosedRow, own: string | null): Label[] {
  const labels: Label[] = isByOther ? ["member"] : [];
  for (const agent of agents ?? []) {
    // Whether a person is another one is in `isByOther`.
    if (agent === OWN_PRINCIPAL || agent === UNDO_PRINCIPAL || isPerson(agent)) continue;
    const label = agent === RELAYED ? "relayed" : labelOf(agent, own);
    if (label !== null && !labels.includes(label)) labels.push(label);
  }
  return labels;
}

/** Whether the labels of a row can depend on the calling app's own pseudonym. */
export function hasApps({ agents = null }: DisclosedRow): boolean {
  return agents !== null && agents.some((agent) => agent.startsWith(`${APP_PRINCIPAL}:`));
}

function labelOf(agent: string, own: string | null): Label | null {
  const pseudonym = agent.startsWith(`${APP_PRINCIPAL}:`) ? agent.slice(APP_PRINCIPAL.length + 1) : "";
  // The word of any other agent is free text, which goes into no result.
  if (!/^[0-9a-f]{32}$/.test(pseudonym)) return "agent:other";
  return pseudonym === own ? null : `agent:${pseudonym}`;
}
