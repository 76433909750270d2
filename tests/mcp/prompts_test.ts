import assert from "node:assert/strict";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { createPromptList } from "../../lib/mcp/server/prompt_list.ts";
import { definePrompt } from "../../lib/tool/authoring.ts";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { homePage } from "../../lib/web/home_page.ts";
import { PROMPTS } from "../../tools/prompts.ts";
import { createConnected } from "../_support/connected.ts";
import { rpc } from "../_support/mcp.ts";
import { legacyRequest, MCP_URL, messagesOf, modernRequest, openSession } from "../_support/mcp_request.ts";
import { TOOLS } from "../_support/modules.ts";
import { connect } from "../_support/oauth_flow.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const Answer = z.looseObject({
  result: z.looseObject({
    prompts: z.array(z.looseObject({ name: z.string() })).optional(),
    messages: z.tuple([z.strictObject({
      role: z.literal("user"),
      content: z.strictObject({ type: z.literal("text"), text: z.string() }),
    })]).optional(),
    completion: z.looseObject({ values: z.array(z.string()) }).optional(),
  }).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
type Send = (method: string, params?: Record<string, unknown>) => Promise<z.infer<typeof Answer>>;

/** One way per era in which a client asks. */
async function ways(world: World, person: Person): Promise<readonly (readonly [string, Send])[]> {
  const session = await openSession((request) => world.gateway.fetch(request), person.token);
  const answerTo = async (request: Request) => {
    const [answer] = await messagesOf(await world.gateway.fetch(request));
    return Answer.parse(answer);
  };
  return [
    ["2026-07-28", (method, params) => answerTo(modernRequest(person.token, method, params))],
    ["a session", (method, params) => answerTo(legacyRequest(person.token, method, params, { session }))],
    ["2025 without a session", (method, params) => answerTo(legacyRequest(person.token, method, params))],
  ];
}

Deno.test("prompts are listed and got in both eras, with tools by the names of tools/list", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    const { result: listed } = await send("prompts/list");
    assert.deepEqual(listed?.prompts, [
      {
        name: "plan_day",
        title: "Plan a day",
        description: "Makes a plan for a day from your open tasks and your habits.",
        arguments: [{
          name: "date",
          description: "the day, YYYY-MM-DD; today when left out",
          required: false,
        }],
      },
      {
        name: "weekly_review",
        title: "Review a week",
        description: "Looks back on a week of tasks, habits and notes, and ahead to the next.",
        arguments: [{
          name: "week",
          description: "any day of the week, YYYY-MM-DD; this week when left out",
          required: false,
        }],
      },
    ], way);
    const text = async (params: Record<string, unknown>) =>
      (await send("prompts/get", params)).result?.messages?.[0].content.text ?? "";
    assert.match(
      await text({ name: "plan_day" }),
      /^Help me plan today\.\n[^]*Call todo_list[^]*habits_list/,
    );
    const dated = await text({ name: "plan_day", arguments: { date: "2026-03-05" } });
    assert.match(dated, /^Help me plan 2026-03-05\./, way);
    assert.match(await text({ name: "plan_day", arguments: { date: "" } }), /^Help me plan today/, way);
    const review = await text({ name: "weekly_review", arguments: { week: "2026-03-01" } });
    assert.match(review, /^Help me review the week from 2026-02-23 to 2026-03-01\./, way);
  }
});

Deno.test("a prompt has no data of the person in it, and asks no service", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await rpc(world, anna, "tools/list"); // with which the token is verified
  world.upstreamCalls.length = 0;
  await rpc(world, anna, "prompts/list");
  await rpc(world, anna, "prompts/get", { name: "weekly_review" });
  assert.deepEqual(world.upstreamCalls, []);
});

Deno.test("the capability of prompts stands in server/discover and in initialize, and says nothing of changes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const [discovered] = await messagesOf(await gateway.fetch(modernRequest(anna.token, "server/discover")));
    assert.deepEqual(JSON.parse(JSON.stringify(discovered)).result.capabilities.prompts, {});
  }
  const client = new LegacyClient({ name: "old-client", version: "1" });
  await client.connect(
    new LegacyTransport(new URL(MCP_URL), {
      fetch: async (input: string | URL | Request, init?: RequestInit) => {
        const request = new Request(input, init);
        request.headers.set("authorization", `Bearer ${anna.token}`);
        return await world.gateway.fetch(request);
      },
    }),
  );
  assert.deepEqual(client.getServerCapabilities()?.prompts, {});
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map(({ name }: { name: string }) => name), ["plan_day", "weekly_review"]);
  const { messages: [first] } = await client.getPrompt({
    name: "plan_day",
    arguments: { date: "2026-03-05" },
  });
  assert.equal(first?.role, "user");
  await client.close();
});

Deno.test("an unknown prompt and wrong arguments are refused in words, under the code of invalid params", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    for (
      const [params, words] of [
        [{ name: "made_up" }, "Unknown prompt: see prompts/list for the names"],
        [{ name: "constructor" }, "Unknown prompt: see prompts/list for the names"],
        [
          { name: "plan_day", arguments: { date: "2026-02-30" } },
          "The arguments are invalid: date: expected YYYY-MM-DD.",
        ],
        [
          { name: "plan_day", arguments: { day: "2026-03-05" } },
          'The arguments are invalid: unknown argument "day".',
        ],
        [
          { name: "plan_day", arguments: { date: 5 } },
          "The params of prompts/get are invalid: params.arguments.date: expected text.",
        ],
      ] as const
    ) {
      const { error } = await send("prompts/get", params);
      assert.deepEqual([error?.code, error?.message], [-32602, words], `${way}: ${JSON.stringify(params)}`);
    }
  }
});

Deno.test("arguments of prompts have nothing to complete, and made-up prompts are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [way, send] of await ways(world, anna)) {
    const complete = (name: string) =>
      send("completion/complete", {
        ref: { type: "ref/prompt", name },
        argument: { name: "date", value: "2" },
      });
    assert.deepEqual((await complete("plan_day")).result?.completion?.values, [], way);
    assert.equal((await complete("made_up")).error?.code, -32602, way);
  }
});

Deno.test("a connected app is shown the prompts whose modules it may all read", async () => {
  await using world = await createConnected();
  const names = async (allow: readonly string[]) => {
    const { access } = await connect(world, world.anna, { allow: [...allow] });
    const { result } = Answer.parse(await (await world.rpc(access, "prompts/list")).json());
    const got = await Promise.all(["plan_day", "weekly_review"].map(async (name) => {
      const { error } = Answer.parse(await (await world.rpc(access, "prompts/get", { name })).json());
      return error === undefined ? [name] : [];
    }));
    assert.deepEqual(got.flat(), result?.prompts?.map(({ name }) => name), "got as listed");
    return got.flat();
  };
  assert.deepEqual(await names(["todo:read", "habits:read", "notes:read"]), ["plan_day", "weekly_review"]);
  assert.deepEqual(await names(["todo:read", "habits:read", "todo:write"]), ["plan_day"]);
  assert.deepEqual(await names(["todo:read", "habits:write"]), []);
});

Deno.test("the gateway's page shows the prompts to pick", async () => {
  const page = await homePage({
    version: "1",
    mcpUrl: "http://gateway.test/mcp",
    readiness: { ready: true, upstreams: { auth: "ok", sync: "ok" } },
    signInProblem: null,
    modules: [],
    prompts: PROMPTS,
    registry: createToolRegistry([], "underscore"),
    confinement: {
      confined: true,
      allowed: { net: [], read: [], write: [], run: [], ffi: [], sys: [], env: [], import: [] },
      excesses: [],
      missing: [],
    },
  }, "n");
  for (const { name, title, description } of PROMPTS) {
    for (const text of [`<code>${name}</code>`, title, description]) assert.ok(page.includes(text), text);
  }
});

Deno.test("a gateway without prompts offers none", async () => {
  await using world = await createWorld({ prompts: [] });
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "server/discover");
  assert.equal("prompts" in z.looseObject({}).parse(body.result?.["capabilities"]), false);
  assert.equal((await rpc(world, anna, "prompts/list")).body.error?.code, -32601);
});

Deno.test("each text names tools that are there, of the modules that it reads or changes", () => {
  const registry = createToolRegistry(TOOLS, "underscore");
  for (const prompt of PROMPTS) {
    const text = registry.inWords(prompt.text({}));
    assert.doesNotMatch(text, /[{}]/, prompt.name);
    const reads = [...prompt.text({}).matchAll(/\{([a-z]+)\.[a-z]+\}/gi)].flatMap(([named, module]) =>
      registry.getTool(named.slice(1, -1))?.access === "read" ? [module] : []
    );
    assert.deepEqual([...new Set(reads)].sort(), [...prompt.modules].sort(), prompt.name);
  }
});

Deno.test("a prompt that does not fit is no start", () => {
  const define = (name: string, modules: readonly string[]) =>
    definePrompt({ name, title: "T", description: "D", arguments: z.object({}), modules, text: () => "" });
  assert.throws(() => define("Plan", ["todo"]), /expected lower case words/);
  assert.throws(() => define("plan", []), /names no module/);
  const registry = createToolRegistry(TOOLS, "underscore");
  const list = (...prompts: ReturnType<typeof define>[]) =>
    createPromptList({ prompts, registry, gate: { shows: () => true } });
  assert.throws(() => list(define("plan", ["todos"])), /no tool reads the module todos/);
  assert.throws(() => list(define("plan", ["todo"]), define("plan", ["habits"])), /share a name/);
});
