import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { lastChange, NOTES, pullAll, TASKS } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { post, postHeaders } from "../_support/mcp_request.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const ENDPOINT = new URL("http://gateway.test/mcp");
const Result = z.looseObject({
  isError: z.boolean().optional(),
  structuredContent: z.looseObject({}).optional(),
});

/** A session of a 2025 client whose token and headers can change between requests. */
async function openSession(world: World, person: Person, headers: Record<string, string> = {}) {
  const current = { token: person.token, headers };
  const statuses: number[] = [];
  const transport = new StreamableHTTPClientTransport(ENDPOINT, {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      request.headers.set("authorization", `Bearer ${current.token}`);
      for (const [name, value] of Object.entries(current.headers)) request.headers.set(name, value);
      const response = await world.gateway.fetch(request);
      statuses.push(response.status);
      return response;
    },
  });
  const client = new Client({ name: "old-client", version: "1" });
  await client.connect(transport);
  return {
    current,
    statuses,
    id: () => transport.sessionId ?? assert.fail("there is no session"),
    async call(name: string, args: Record<string, unknown> = {}) {
      const result = Result.parse(await client.callTool({ name, arguments: args }));
      assert.ok(!result.isError, JSON.stringify(result));
      return result.structuredContent ?? {};
    },
    async [Symbol.asyncDispose]() {
      await transport.terminateSession();
      await client.close();
    },
  };
}

Deno.test("a session works with the token of each request, long after its first one has ended", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await using session = await openSession(world, anna);
  await session.call("todo_create", { title: "first" });
  const first = anna.token;
  for (let round = 0; round < 3; round++) {
    world.clock.now += 14 * 60_000;
    session.current.token = await anna.refresh();
    const before = world.upstreamCalls.length;
    await session.call("todo_create", { title: `round ${round}` });
    await session.call("notes_create", { title: "x" });
    for (const { headers, url } of world.upstreamCalls.slice(before)) {
      if (!url.endsWith("/jwks")) assert.equal(headers.get("authorization"), `Bearer ${anna.token}`, url);
    }
  }
  assert.notEqual(anna.token, first);
  assert.equal((await pullAll(world, anna, TASKS)).length, 4);
});

Deno.test("a session works in the space of each request, not in that of its start", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  await using session = await openSession(world, anna, inSpace(team));
  const spaceOfNext = async () => {
    await session.call("notes_create", { title: "x" });
    return (await lastChange(world, anna, NOTES)).spaceId;
  };
  assert.equal(await spaceOfNext(), team);
  session.current.headers = {};
  assert.equal(await spaceOfNext(), anna.personalSpace);
  session.current.headers = inSpace(anna.personalSpace);
  assert.equal(await spaceOfNext(), anna.personalSpace);
  session.current.headers = inSpace(team);
  assert.equal(await spaceOfNext(), team);
});

Deno.test("a session that names a space its person has no place in is refused, and goes on afterwards", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const bens = await makeTeam(world, ben);
  await using session = await openSession(world, anna);
  session.current.headers = inSpace(bens);
  await assert.rejects(session.call("todo_create", { title: "planted" }));
  assert.ok(session.statuses.includes(403)); // the client opens its stream meanwhile
  assert.deepEqual(await pullAll(world, ben, TASKS), []);
  session.current.headers = inSpace(anna.personalSpace);
  await session.call("todo_create", { title: "fine" });
});

Deno.test("another person's token on a session is 403 and does nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  await using session = await openSession(world, anna);
  session.current.token = ben.token;
  await assert.rejects(session.call("todo_create", { title: "planted" }));
  assert.ok(session.statuses.includes(403)); // the client opens its stream meanwhile
  session.current.token = anna.token;
  assert.deepEqual(await pullAll(world, anna, TASKS), []);
  assert.deepEqual(await pullAll(world, ben, TASKS), []);
  await session.call("todo_create", { title: "fine" });
});

Deno.test("an unknown session id is 404, and opens nothing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const headers = { ...postHeaders(anna.token), "mcp-session-id": crypto.randomUUID() };
  const response = await world.gateway.fetch(post({ jsonrpc: "2.0", id: 1, method: "tools/list" }, headers));
  assert.equal(response.status, 404);
  await response.body?.cancel();
  const health = await world.gateway.fetch(new Request("http://gateway.test/health"));
  assert.equal(z.looseObject({ sessions: z.number() }).parse(await health.json()).sessions, 0);
});

Deno.test("both eras see the same rows", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await using session = await openSession(world, anna);
  const { task } = await session.call("todo_create", { title: "from the session" });
  assert.deepEqual(await callOk(world, anna, "todo_list"), { tasks: [task], hasMore: false, unreadable: 0 });
  assert.deepEqual(await session.call("todo_list"), { tasks: [task], hasMore: false, unreadable: 0 });
  assert.equal((await lastChange(world, anna, TASKS)).actor?.displayName, "own token (old-client)");
});
