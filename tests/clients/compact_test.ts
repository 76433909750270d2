/** The general tools: a call that names its module by an argument is a call of the module's own tool, before anything is read. */
import assert from "node:assert/strict";
import { z } from "zod";
import type { Gateway } from "../../lib/gateway.ts";
import { defineModule } from "../../lib/tool/define_module.ts";
import {
  ACTION_ACCESS,
  RECORD_ACTIONS,
  type RecordAction,
  takesArgument,
  toolOfAction,
} from "../../lib/tool/general/record_actions.ts";
import { MODULES } from "../../tools/modules.ts";
import { asked, legacyClient, modernClient, nothingPushed, send, YES } from "../confirmation/_asking.ts";
import { createConnected } from "../_support/connected.ts";
import { call, callOk, callRefused, rpc } from "../_support/mcp.ts";
import { legacyRequest, MCP_URL, messagesOf, modernRequest, openSession } from "../_support/mcp_request.ts";
import { connect } from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const NOTE = { module: "notes", values: { title: "Milk", content: "two litres" } };
const Created = z.looseObject({ id: z.string() });

/** The id of a new note; a result carries the note or its id. */
function idIn(output: Record<string, unknown>): string {
  const { note } = z.object({ note: Created.optional() }).parse(output);
  return note?.id ?? Created.parse(output).id;
}

/** Answers of one call in every era and on both paths. */
async function everyWay(world: World, { token }: Person, name: string, args: Record<string, unknown>) {
  const answers: unknown[] = [];
  const ask = async (gateway: Gateway, request: Request) => {
    const [message] = await messagesOf(await gateway.fetch(request));
    answers.push(z.object({ result: z.looseObject({}) }).parse(message).result["structuredContent"]);
  };
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const session = await openSession(gateway.fetch, token);
    await ask(gateway, modernRequest(token, "tools/call", { name, arguments: args }));
    await ask(gateway, legacyRequest(token, "tools/call", { name, arguments: args }, { session }));
    await ask(gateway, legacyRequest(token, "tools/call", { name, arguments: args }));
  }
  return answers;
}

Deno.test("records are created, listed, searched, read, changed, archived and found again, by the module's own tools", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = idIn(await callOk(world, anna, "records_create", NOTE));
  const own = await callOk(world, anna, "notes_search", { query: "milk" });
  for (const args of [{ module: "notes", query: "milk" }, { module: "notes", query: "milk", filter: {} }]) {
    for (const answer of await everyWay(world, anna, "records_search", args)) assert.deepEqual(answer, own);
  }
  assert.deepEqual(
    await callOk(world, anna, "records_list", { module: "notes" }),
    await callOk(world, anna, "notes_search"),
  );
  const read = await callOk(world, anna, "records_read", { module: "notes", id });
  assert.match(JSON.stringify(read), /two litres/);
  await callOk(world, anna, "records_update", { module: "notes", id, values: { title: "Oat milk" } });
  assert.match(JSON.stringify(await callOk(world, anna, "notes_read", { id })), /Oat milk/);
  await callOk(world, anna, "records_update", {
    module: "notes",
    verb: "append",
    values: { id, content: "and tea" },
  });
  await callOk(world, anna, "records_archive", { module: "notes", id });
  assert.doesNotMatch(JSON.stringify(await callOk(world, anna, "notes_search")), /Oat milk/);
  await callOk(world, anna, "records_archive", { module: "notes", id, archived: false });
  assert.match(JSON.stringify(await callOk(world, anna, "notes_search")), /Oat milk/);
});

Deno.test("a page goes on with its cursor, and the space is that of the call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  for (const title of ["a", "b", "c"]) {
    await callOk(world, anna, "records_create", {
      module: "notes",
      values: { title, content: "" },
      space: team,
    });
  }
  assert.match(
    JSON.stringify(await callOk(world, anna, "records_list", { module: "notes" })),
    /"notes":\[\]/,
  );
  const first = await callOk(world, anna, "records_list", { module: "notes", limit: 2, space: team });
  assert.equal(first["hasMore"], true);
  const cursor = first["nextCursor"];
  const second = await callOk(world, anna, "records_list", {
    module: "notes",
    limit: 2,
    cursor,
    space: team,
  });
  assert.equal(second["hasMore"], false);
  // The cursor is the module's own tool's.
  assert.deepEqual(await callOk(world, anna, "notes_search", { limit: 2, cursor, space: team }), second);
});

Deno.test("gate: what the module's own tool may not do here, the general one may not either", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  const diary = { module: "journal", values: { content: "Dear diary" }, space: team };
  const words = await callRefused(world, anna, "journal_add", { content: "Dear diary", space: team });
  assert.equal(await nothingPushed(world, () => callRefused(world, anna, "records_create", diary)), words);
  // The module's own schema checks the values.
  const wrong = await callRefused(world, anna, "records_create", {
    module: "notes",
    values: { title: 7, colour: "red" },
  });
  assert.equal(wrong, await callRefused(world, anna, "notes_create", { title: 7, colour: "red" }));
});

Deno.test("the 403 names the module's scope, in both eras, and nothing was read for it", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["notes:read"] });
  world.upstreamCalls.length = 0;
  for (
    const [name, args, scope] of [
      ["records_create", NOTE, "notes:write"],
      ["records_list", { module: "todo" }, "todo:read"],
      ["records_delete", { module: "habits", id: "x" }, "habits:destructive"],
      ["records_update", { module: "todo", verb: "complete", values: { id: "x" } }, "todo:write"],
    ] as const
  ) {
    for (const gateway of [world.gateway, world.sdkOnly]) {
      const url = "http://127.0.0.1:3069/mcp";
      const session = await openSession(gateway.fetch, access, {}, url);
      for (
        const request of [
          modernRequest(access, "tools/call", { name, arguments: args }, { url }),
          legacyRequest(access, "tools/call", { name, arguments: args }, { url, session }),
        ]
      ) {
        const response = await gateway.fetch(request);
        assert.equal(response.status, 403, name);
        assert.ok(response.headers.get("www-authenticate")?.includes(`scope="${scope} offline_access"`));
        await response.body?.cancel();
      }
    }
  }
  assert.ok(world.upstreamCalls.every(({ url }) => !url.includes("/sync/")));
  // What was allowed works, and the general tools need no scope of their own.
  assert.equal((await world.call(access, "records_list", { module: "notes" })).status, 200);
  assert.equal((await world.call(access, "modules_list")).status, 200);
});

Deno.test("rate limit: the budget is that of the module's own tool, whichever name it is called by", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_READS: "2" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "records_list", { module: "habits" });
  await callOk(world, anna, "habits_list");
  assert.match(await callRefused(world, anna, "records_list", { module: "habits" }), /rate-limit-exceeded/);
  await callOk(world, anna, "records_list", { module: "todo" });
});

Deno.test("delete: the person is asked the question of the module's own tool, in both eras", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = idIn(await callOk(world, anna, "records_create", NOTE));
  const args = { module: "notes", id };
  const own = await asked(world, anna, "notes_delete", { id });
  const { sentence, state } = await nothingPushed(world, () => asked(world, anna, "records_delete", args));
  assert.equal(sentence, own.sentence);
  assert.match(sentence, /Delete the note "Milk"/);
  const blind = await send(world, anna, "records_delete", args, { capabilities: {} });
  assert.equal(blind.isError, true);
  await send(world, anna, "records_delete", args, { state, answer: YES });
  assert.match(JSON.stringify(await callOk(world, anna, "notes_search")), /"notes":\[\]/);
  for (const client of [modernClient, legacyClient]) {
    const other = idIn(await callOk(world, anna, "records_create", NOTE));
    await using asker = await client(world, anna, () => YES);
    assert.notEqual((await asker.call("records_delete", { module: "notes", id: other })).isError, true);
    assert.deepEqual(asker.questions, [sentence]);
  }
});

Deno.test("use counts, log and metrics have the module's own tool", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["notes:read", "notes:write"] });
  assert.equal((await world.call(access, "records_create", NOTE)).status, 200);
  const line = world.logLines.findLast((text) => text.includes('"tool":"'));
  assert.match(line ?? "", /"tool":"notes\.create"/);
  assert.ok(!world.logLines.some((text) => text.includes("records.create") || text.includes("Milk")));
  const metrics = await (await world.gateway.fetch(new Request("http://127.0.0.1:3069/metrics"))).text();
  assert.match(metrics, /tool="notes\.create"/);
  assert.doesNotMatch(metrics, /records\.create/);
  assert.equal((await world.call(access, "modules_list")).status, 200);
  await world.gateway.stop();
  const { html } = await world.anna.open("/apps");
  assert.match(html, /wrote to Notes once/);
  // The gateway's own tools are no module of the person's.
  assert.equal(world.upstreamCalls.filter(({ url }) => url.endsWith("/use")).length, 1);
});

Deno.test("no module, no such action, another kind of access: clear refusals, and nothing is done", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (
    const [name, args, words] of [
      [
        "records_list",
        { module: "nothing" },
        "module: there is none of this name; modules_list has the names",
      ],
      ["records_list", { module: "__proto__" }, "module: there is none of this name"],
      ["records_list", { module: "records" }, "module: there is none of this name"],
      ["records_list", {}, "module: "],
      ["records_list", { module: 7 }, "module: "],
      ["records_list", { module: "notes", colour: "red" }, "colour"],
      ["records_create", { module: "notes" }, "values: "],
      ["records_create", { module: "notes", values: ["x"] }, "values: "],
      ["records_create", { module: "spaces", values: {} }, "module: Spaces is read-only here; there is list"],
      ["records_delete", { module: "spaces", id: "x" }, "module: Spaces is read-only here"],
      [
        "records_read",
        { module: "todo", id: "x", verb: "delete" },
        "verb: To-dos has no tool of this verb that records_read may stand for",
      ],
      ["records_list", { module: "notes", verb: "create" }, "verb: Notes has no tool of this verb"],
      [
        "records_update",
        { module: "notes", verb: "delete", values: { id: "x" } },
        "verb: Notes has no tool of this verb",
      ],
    ] as const
  ) {
    const refused = await nothingPushed(world, () => call(world, anna, name, args));
    assert.ok(
      !refused.ok && refused.message.includes(words),
      `${name} ${JSON.stringify(args)}: ${JSON.stringify(refused)}`,
    );
  }
  // The same on the other path and in a session.
  const answers = await everyWay(world, anna, "records_list", { module: "nothing" });
  assert.deepEqual(answers, answers.map(() => undefined));
});

Deno.test("a general tool never does more than it says: what it stands for has its access", async () => {
  await using world = await createWorld({ modules: MODULES });
  const anna = await world.person("anna");
  const url = `${MCP_URL}?profile=compact`;
  const compact = await createWorld();
  try {
    const person = await compact.person("anna");
    const { body } = await rpc(compact, person, "tools/list", {}, { url });
    const Tools = z.array(z.looseObject({
      name: z.string(),
      annotations: z.object({ readOnlyHint: z.boolean(), destructiveHint: z.boolean() }).loose(),
    }));
    const tools = Tools.parse(body.result?.["tools"]);
    assert.deepEqual(tools.map(({ name }) => name), [
      "spaces_list",
      "modules_list",
      "records_list",
      "records_read",
      "records_search",
      "records_create",
      "records_update",
      "records_archive",
      "records_delete",
    ]);
    assert.deepEqual(tools.filter(({ annotations }) => !annotations.readOnlyHint).map(({ name }) => name), [
      "records_create",
      "records_update",
      "records_archive",
      "records_delete",
    ]);
  } finally {
    await compact[Symbol.asyncDispose]();
  }
  // Without a profile that holds them they are not listed.
  const { text } = await rpc(world, anna, "tools/list");
  assert.doesNotMatch(text, /records_|modules_/);
});

const Modules = z.looseObject({
  modules: z.array(
    z.looseObject({ name: z.string(), actions: z.array(z.string()), verbs: z.array(z.string()).optional() }),
  ),
  tools: z.array(z.looseObject({ verb: z.string(), access: z.string(), takes: z.looseObject({}) }))
    .optional(),
});

Deno.test("modules.list says what this caller can do, and what a module's tools take", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["notes:read", "todo:read", "todo:write"] });
  const list = async (args: Record<string, unknown> = {}) =>
    Modules.parse(
      JSON.parse((await world.call(access, "modules_list", args)).text).result.structuredContent,
    );
  const all = await list();
  assert.deepEqual(all.modules.map(({ name }) => name).sort(), ["notes", "todo"]);
  assert.deepEqual(all.modules.find(({ name }) => name === "notes")?.actions, ["list", "read", "search"]);
  assert.equal(all.tools, undefined);
  const todo = await list({ module: "todo" });
  assert.ok(todo.modules[0]?.verbs?.includes("complete"));
  const create = todo.tools?.find(({ verb }) => verb === "create");
  assert.match(JSON.stringify(create?.takes), /priority/);
  assert.ok(todo.tools?.every(({ access }) => access !== "destructive"));
  assert.match(
    (await world.call(access, "modules_list", { module: "habits" })).text,
    /was not allowed anything in it/,
  );
  assert.match(
    (await world.call(access, "modules_list", { module: "x" })).text,
    /there is none of this name/,
  );
});

Deno.test("an app that may only read is not shown the general tools that change", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["notes:read", "spaces:read"] });
  const url = "http://127.0.0.1:3069/mcp?profile=compact";
  const text = await (await world.gateway.fetch(modernRequest(access, "tools/list", {}, { url }))).text();
  const names = [...text.matchAll(/"name":"((?:spaces|modules|records)_[a-z]+)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ["spaces_list", "modules_list", "records_list", "records_read", "records_search"]);
});

Deno.test("an operator's DESTRUCTIVE_TOOLS names a module's tool, never a general one", async () => {
  await assert.rejects(
    createWorld({ env: { DESTRUCTIVE_TOOLS: "records.delete" } }),
    /DESTRUCTIVE_TOOLS names/,
  );
});

Deno.test("a module may say which of its tools an action is, and no tool that does more", () => {
  const [notes] = MODULES.filter(({ name }) => name === "notes");
  assert.ok(notes);
  assert.throws(() => defineModule({ ...notes, actions: { list: "delete" } }), {
    message: "Cannot define module notes: delete is no tool of it that can list",
  });
  assert.equal(defineModule({ ...notes, actions: { update: "append" } }).actions?.update, "append");
});

Deno.test("what each action of each module is takes the arguments that the general tool hands on", () => {
  const takes: Readonly<Record<RecordAction, readonly string[]>> = {
    list: [],
    read: ["id"],
    search: ["query"],
    create: [],
    update: ["id"],
    archive: ["archived", "isArchived"],
    delete: ["id"],
  };
  // The one record that a person has of these needs no id.
  const SINGLE = ["profile"];
  for (const module of MODULES) {
    for (const action of RECORD_ACTIONS) {
      const tool = toolOfAction(module, action);
      if (tool === undefined) continue;
      const names = takes[action];
      assert.ok(
        names.length === 0 || SINGLE.includes(module.name) || names.some((name) => takesArgument(tool, name)),
        `${tool.name} for ${action}`,
      );
      assert.equal(tool.access, ACTION_ACCESS[action], tool.name);
    }
    assert.notEqual(toolOfAction(module, "list"), undefined, `${module.name} can be listed`);
  }
});
