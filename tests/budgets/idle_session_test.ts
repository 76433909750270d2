// A budget on memory: what the gateway holds for a session of a 2025 client that nobody uses.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { MAX_SESSIONS_PER_PERSON } from "../../lib/kit/limits.ts";
import { createHeapMeter } from "../_support/heap_meter.ts";
import {
  legacyHeaders,
  legacyRequest,
  MCP_URL,
  message,
  openSession,
  post,
} from "../_support/mcp_request.ts";
import { SHARED } from "../_support/two_nodes.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const MOST_BYTES = 4_096;
const PEOPLE = 25;
/** Clients choose their names: however long, a session must not hold it. */
const NAME_CHARS = 100_000;

Deno.test("an idle session of a 2025 client holds at most 4 kB, whatever its client is called", () =>
  measure({}));

Deno.test("the same where its id tells of it", () => measure(SHARED));

async function measure(env: Readonly<Record<string, string>>): Promise<void> {
  await using world = await createWorld({ env });
  const heapUsed = createHeapMeter();
  const people: Person[] = [];
  for (let i = 0; i < PEOPLE; i++) people.push(await world.person(`person${i}`));
  // What is kept per person or once for all, and what opening leaves to the collector, is there before anything counts.
  for (const person of people) {
    for (const id of await openSessions(world, person)) {
      const headers = legacyHeaders(person.token, id);
      await sendWhole(world, new Request(MCP_URL, { method: "DELETE", headers }));
    }
  }
  await settle(world);
  const before = heapUsed();
  for (const person of people) await openSessions(world, person);
  await settle(world);
  const held = (heapUsed() - before) / (PEOPLE * MAX_SESSIONS_PER_PERSON);
  assert.ok(held <= MOST_BYTES, `${Math.round(held)} bytes`);
}

/** Opens as many sessions as a person may have, as a client does it, up to a list of tools; answers with their ids. */
async function openSessions(world: World, { token }: Person): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < MAX_SESSIONS_PER_PERSON; i++) {
    const capabilities = { elicitation: { form: {} }, roots: { listChanged: true }, sampling: {} };
    const clientInfo = { name: "n".repeat(NAME_CHARS), version: "1.0.0" };
    const id = await openSession((request) => world.gateway.fetch(request), token, {
      capabilities,
      clientInfo,
    });
    const { jsonrpc, method } = message("notifications/initialized");
    await sendWhole(world, post({ jsonrpc, method }, legacyHeaders(token, id)));
    await sendWhole(world, legacyRequest(token, "tools/list", {}, { session: id }));
    ids.push(id);
  }
  return ids;
}

/** Sends the request and reads the whole answer, so that nothing of it is held. */
async function sendWhole(world: World, request: Request): Promise<void> {
  const response = await world.gateway.fetch(request);
  const text = await response.text();
  assert.ok(response.ok && !text.includes('"error"'), text);
}

/** Lets go of what only the test keeps, and lets ends be ended that go on after the last answer. */
async function settle(world: World): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  world.logLines.length = 0;
  world.upstreamCalls.length = 0;
}
