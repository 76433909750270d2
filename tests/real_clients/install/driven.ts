/**
 * Which clients a run really drove. A skipped test writes nothing here, nor does a test that ended before its client made every
 * call: count.ts goes by what stands here, and by nothing that a test says of itself.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { PLAN } from "../plan.ts";
import type { Seen } from "../models/played_model.ts";
import { DRIVEN } from "./client_sets.ts";
import { type ClientName, CLIENTS } from "./installed.ts";

const Note = z.strictObject({ calls: z.int(), tools: z.int() });

/** Notes that `client` made every call of the plan. Throws where a call was not answered. */
export async function noteDriven(client: ClientName, { tools, handed }: Seen): Promise<void> {
  assert.ok(
    tools.length > 0 && handed.length >= PLAN.length,
    `${CLIENTS[client].title} did not make every call`,
  );
  await Deno.writeTextFile(
    `${DRIVEN}/${client}.json`,
    JSON.stringify({ calls: handed.length, tools: tools.length }),
  );
}

/** How many calls each client made in the last run. */
export async function readDriven(): Promise<ReadonlyMap<string, number>> {
  const driven = new Map<string, number>();
  for await (const { name } of Deno.readDir(DRIVEN)) {
    const { calls } = Note.parse(JSON.parse(await Deno.readTextFile(`${DRIVEN}/${name}`)));
    driven.set(name.replace(/\.json$/, ""), calls);
  }
  return driven;
}
