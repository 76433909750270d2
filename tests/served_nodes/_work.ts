// What a person's clients do at several gateways, for tests with a store and without.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Person, signUp } from "../../soak/people.ts";
import type { Passed } from "../_support/nodes/round_robin.ts";
import { newNodeSecret, type ServedNodes, startServedNodes } from "../_support/nodes/served_nodes.ts";
import type { Called, OfficialClient } from "./_official_clients.ts";

/** Two gateways that share a secret, and Anna. */
export interface Served extends ServedNodes {
  readonly anna: Person;
}

/** Starts them; `env` are further settings of each gateway. */
export async function startServed(env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const served = await startServedNodes({ env: { NODE_SECRET: newNodeSecret(), NODES: "2", ...env } });
  try {
    return { ...served, anna: await signUp(served.authUrl, "anna") };
  } catch (error) {
    await served[Symbol.asyncDispose]();
    throw error;
  }
}

/** The result of a call that must succeed. */
export async function done(calling: Promise<Called>): Promise<Record<string, unknown>> {
  const called = await calling;
  assert.ok(called.ok, called.ok ? "" : called.words);
  return called.output;
}

/** The words of a call that must be refused. */
export async function refused(calling: Promise<Called>): Promise<string> {
  const called = await calling;
  assert.ok(!called.ok, "expected to be refused");
  return called.words;
}

/** Makes a note; its id. */
export async function makeNote(client: OfficialClient, title: string): Promise<string> {
  return Made.parse(await done(client.call("notes_create", { title, content: "c" }))).note.id;
}

/** Titles of all notes, page by page of one each. */
export async function titlesOf(client: OfficialClient, between?: () => Promise<void>): Promise<string[]> {
  const titles: string[] = [];
  let cursor: string | undefined;
  do {
    const output = await done(
      client.call("notes_search", { limit: 1, ...(cursor === undefined ? {} : { cursor }) }),
    );
    const page = NotesPage.parse(output);
    titles.push(...page.notes.map(({ title }) => title));
    cursor = page.nextCursor;
    if (cursor !== undefined) await between?.();
  } while (cursor !== undefined);
  return titles.sort();
}

/** The nodes of requests with these methods, in order. */
export function nodesOf(passed: readonly Passed[], ...methods: readonly string[]): number[] {
  return passed.filter(({ rpc }) => rpc !== null && methods.includes(rpc)).map(({ node }) => node);
}

/** Ends the node that had the newest request of this method, by SIGKILL. */
export async function killNodeOf(
  { balancer, nodes }: ServedNodes,
  method: string,
): Promise<ServedNodes["nodes"][number]> {
  const node = nodes[nodesOf(balancer.passed, method).at(-1) ?? -1];
  assert.ok(node, `no node had ${method}`);
  await node.end("SIGKILL");
  return node;
}

const Made = z.object({ note: z.object({ id: z.string() }) });
const NotesPage = z.object({
  notes: z.array(z.object({ title: z.string() })),
  nextCursor: z.string().optional(),
});
