// Which agents wrote into a record, by the word of each change and without a look at any signature: whoever only claims to be an agent
// makes a text count as others', never as the person's own. Lists are shared, since few agents write all records of a person.

import type { JsonObject } from "../../kit/json.ts";
import { sizeOfText } from "./heap_size.ts";

/** `principalId`s of agents, and of people who changed the record, sorted, each once, and {@link RELAYED} where one of them had read texts of others. */
export type Agents = readonly string[];

/** Stands among agents where a change is marked: the app that made it had been handed texts of others. */
export const RELAYED = "*";
/** Stands among agents for those whose name is none, and for all above {@link MAX_AGENTS}. */
export const OTHER_AGENT = "?";
/** What the `iterationId` of a marked change ends with. */
export const RELAYED_MARK = ".others";

/** Stands before the id of a person who changed a record that was there: its author does not say so. */
const PERSON = "user:";

/** Whether an entry of the list is a person and no agent. */
export function isPerson(agent: string): boolean {
  return agent.startsWith(PERSON);
}

/** Whether a person other than this one changed the record, by their own word. */
export function isChangedByOther(agents: Agents | null, subject: string): boolean {
  return agents !== null && agents.some((agent) => isPerson(agent) && agent !== `${PERSON}${subject}`);
}

/** Agents of one layer that are kept by name. */
const MAX_AGENTS = 8;
const MAX_AGENT_CHARS = 128;

/** Adds the agent that a change names to a layer, or the person who changed what was there (not `isFirst`). Nothing is ever taken away but by a hard delete: an older text may come back. */
export function noteAgent(
  table: { readonly agents: Map<string, Agents>; bytes: number },
  layer: { agents: Agents | null },
  actor: JsonObject,
  isFirst: boolean,
): void {
  const { kind, principalId, iterationId } = actor;
  const isName = typeof principalId === "string" && principalId.length <= MAX_AGENT_CHARS;
  if (kind === "ai") add(table, layer, isName ? principalId : OTHER_AGENT);
  // Whoever made the record is its author: so nearly every record needs no list.
  if (kind === "user" && !isFirst && isName) add(table, layer, `${PERSON}${principalId}`);
  if (typeof iterationId === "string" && iterationId.endsWith(RELAYED_MARK)) add(table, layer, RELAYED);
}

function add(
  table: { readonly agents: Map<string, Agents>; bytes: number },
  layer: { agents: Agents | null },
  agent: string,
): void {
  const { agents } = layer;
  if (agents !== null && agents.includes(agent)) return;
  const isFull = agents !== null && agents.length >= MAX_AGENTS && agent !== RELAYED;
  if (isFull && agents.includes(OTHER_AGENT)) return;
  const list = agents === null ? [agent] : [...agents, isFull ? OTHER_AGENT : agent].sort();
  const key = list.join("\n");
  let shared = table.agents.get(key);
  if (shared === undefined) {
    table.agents.set(key, shared = Object.freeze(list));
    table.bytes += 2 * sizeOfText(key) + 100;
  }
  layer.agents = shared;
}

/** The agents of several layers together; null for none. */
export function agentsOf(layers: readonly { readonly agents: Agents | null }[]): Agents | null {
  let found: Agents | null = null;
  for (const { agents } of layers) {
    if (agents === null || agents === found) continue;
    found = found === null ? agents : [...new Set([...found, ...agents])];
  }
  return found;
}
