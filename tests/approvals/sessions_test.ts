/** The same in the sessions of the 2025 revisions, where a question waits on the open answer of the call. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { MCP_URL } from "../_support/mcp_request.ts";
import { recordOf } from "../_support/listed.ts";
import type { Person, World } from "../_support/world.ts";
import { callTool, createPageWorld, done, onlyOpen, pageOf } from "./_approvals.ts";

const Asked = z.object({
  method: z.literal("elicitation/create"),
  params: z.looseObject({ mode: z.string().optional(), url: z.string().optional(), message: z.string() }),
});

/** A client in a session that declares these capabilities; `answer` is what it says to each question. */
async function session(
  world: World,
  person: Person,
  elicitation: Record<string, object> | null,
  answer: (
    asked: z.infer<typeof Asked>["params"],
  ) => Promise<{ action: "accept" | "cancel"; content?: Record<string, never> }>,
) {
  const client = new Client({ name: "legacy", version: "1" }, {
    capabilities: elicitation === null ? {} : { elicitation },
  });
  if (elicitation !== null) {
    client.setRequestHandler(
      Asked,
      async (request: unknown) => ({ ...await answer(Asked.parse(request).params) }),
    );
  }
  const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), {
    fetch: (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      request.headers.set("authorization", `Bearer ${person.token}`);
      return world.gateway.fetch(request);
    },
  });
  await client.connect(transport);
  return {
    async remove(id: string): Promise<string> {
      const { content, structuredContent } = Called.parse(
        await client.callTool({ name: "notes_delete", arguments: { id } }),
      );
      return structuredContent === undefined ? content.map(({ text }) => text).join() : "done";
    },
    async [Symbol.asyncDispose]() {
      await transport.terminateSession();
      await client.close();
    },
  };
}

const Called = z.looseObject({
  content: z.array(z.looseObject({ text: z.string() })),
  structuredContent: z.unknown().optional(),
});

async function newNote(world: World, person: Person): Promise<string> {
  return recordOf(await done(callTool(world, person.token, "notes_create", { title: "A" })), "note").id;
}

Deno.test("a session without elicitation is given the link, and the answer after the click", async () => {
  await using world = await createPageWorld();
  const id = await newNote(world, world.anna);
  await using client = await session(world, world.anna, null, () => Promise.reject(new Error("was asked")));
  const approval = onlyOpen(world, world.anna);
  await assert.rejects(approval);
  assert.match(await client.remove(id), /\/approvals\/[0-9a-f]{32} and decide there/);
  assert.ok((await pageOf(world, world.anna).decide(await onlyOpen(world, world.anna), "yes")).ok);
  assert.equal(await client.remove(id), "done");
});

Deno.test("a session whose client opens addresses is sent one, and its accept is no yes", async () => {
  await using world = await createPageWorld();
  const id = await newNote(world, world.anna);
  const opened: (string | undefined)[] = [];
  await using client = await session(world, world.anna, { url: {} }, ({ mode, url }) => {
    opened.push(mode, url);
    return Promise.resolve({ action: "accept" });
  });
  const said = await client.remove(id);
  const approval = await onlyOpen(world, world.anna);
  assert.deepEqual(opened, ["url", `http://auth.test/approvals/${approval.id}`]);
  assert.match(said, /^Not done: the person has to allow this/);
});

Deno.test("a session whose client closes the form unseen is given the link", async () => {
  await using world = await createPageWorld();
  const id = await newNote(world, world.anna);
  await using client = await session(
    world,
    world.anna,
    { form: {} },
    () => Promise.resolve({ action: "cancel" }),
  );
  assert.match(
    await client.remove(id),
    /^The form that asked the person was closed without an answer.*\/approvals\//,
  );
});
