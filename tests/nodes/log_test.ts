import assert from "node:assert/strict";
import { z } from "zod";
import { callOk } from "../_support/mcp.ts";
import { addNode, nodeSecret, SHARED } from "../_support/two_nodes.ts";
import { createWorld } from "../_support/world.ts";

const Call = z.looseObject({
  event: z.literal("call"),
  person: z.string(),
  agent: z.string(),
  space: z.string(),
  args: z.string(),
});

/** The same call at two nodes, as each of them logs it. */
async function twice(env: Record<string, string>, envOfOther: Record<string, string> = {}) {
  await using world = await createWorld({ env });
  const anna = await world.person("anna");
  for (const node of [world, addNode(world, { env: envOfOther })]) {
    await callOk(node, anna, "notes_create", { title: "t", content: "c" });
  }
  const [one, other] = world.logLines.map((line) => JSON.parse(line)).filter(({ event }) => event === "call")
    .map((line) => Call.parse(line));
  assert.ok(one && other);
  return { one, other };
}

Deno.test("the lines of two nodes can be joined by person and not by what was asked", async () => {
  const { one, other } = await twice(SHARED);
  const who = ({ person, agent, space }: typeof one) => ({ person, agent, space });
  assert.deepEqual(who(one), who(other));
  assert.notEqual(one.args, other.args);
});

Deno.test("the newest secret alone makes pseudonyms, and without NODE_SECRET no lines of two processes can be joined", async () => {
  for (const [env, envOfOther] of [[SHARED, { NODE_SECRET: nodeSecret("2", "1") }], [{}, {}]] as const) {
    const { one, other } = await twice(env, envOfOther);
    for (const field of ["person", "agent", "space", "args"] as const) {
      assert.notEqual(one[field], other[field], field);
    }
  }
});
