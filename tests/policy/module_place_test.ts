/** In which spaces records of a module may be made (contract: modules section 2, "Shown in space types"). */
import assert from "node:assert/strict";
import { z } from "zod";
import { defineModule } from "../../lib/tool/define_module.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { recordOutput } from "../../lib/tool/record_schema.ts";
import { createConnected } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { inSpace, makeSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person } from "../_support/world.ts";
import { asked, send, YES } from "../confirmation/_asking.ts";
import { HABITS, JOURNAL, pullAll, pushInsert, TASKS, withoutPush } from "../_support/device.ts";
import { titles } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";

/** Each tool that creates, with the least that it takes. */
const CREATORS = [
  ["journal_add", { content: "Dear diary" }, "Journal"],
  ["todo_create", { title: "Buy milk" }, "To-dos"],
  ["habits_create", { title: "Drink water" }, "Habits"],
] as const;

const refused = (label: string, anna: Person) =>
  `Nothing was stored. ${label} cannot be added to a space of type team: the Mana apps do not show it there, and all ` +
  `members could read it. Use the personal space: give ${anna.personalSpace} as \`space\`.`;

Deno.test("a diary, to-dos and habits are not created in a team, where no app shows them", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  for (const [tool, args, label] of CREATORS) {
    await withoutPush(world, async () => {
      assert.equal(await callRefused(world, anna, tool, args, inSpace(team)), refused(label, anna));
    });
    // The way out that was told works.
    await callOk(world, anna, tool, args);
    await callOk(world, anna, tool, { ...args, space: anna.personalSpace }, inSpace(team));
  }
  assert.deepEqual((await pullAll(world, anna, JOURNAL)).map(({ spaceId }) => spaceId), [
    anna.personalSpace,
    anna.personalSpace,
  ]);
  await callOk(world, anna, "notes_create", { title: "Agenda" }, inSpace(team));
});

Deno.test("what lies in a team all the same can be read, completed and deleted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  await pushInsert(world, anna, TASKS, "old", { title: "old", spaceId: team });
  assert.deepEqual(await titles(world, anna, "todo_list", {}, inSpace(team)), ["old"]);
  assert.equal((await callOk(world, anna, "todo_complete", { id: "old" }, inSpace(team))).changed, true);
  const headers = inSpace(team);
  const { state } = await asked(world, anna, "todo_delete", { id: "old" }, { headers });
  const deleted = await send(world, anna, "todo_delete", { id: "old" }, { headers, state, answer: YES });
  assert.deepEqual(deleted.structuredContent, { ok: true, id: "old" });
});

/** Each record of a module whose apps show it elsewhere, and what may still be done with it. */
const LEFT_OVERS = [
  [TASKS, "todo", { title: "old" }, [["todo_complete", { id: "old" }]], "todo_delete"],
  [HABITS, "habits", { title: "old", order: 1 }, [
    ["habits_update", { id: "old", title: "older" }],
    ["habits_archive", { id: "old" }],
    ["habits_archive", { id: "old", archived: false }],
  ], "habits_delete"],
  [JOURNAL, "journal", { content: "old", entryDate: "2026-03-01" }, [], null],
] as const;

Deno.test("in each type of space where no app shows a module: nothing is created, what lies there is read, changed and deleted", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  for (const type of ["brand", "club", "family", "team", "practice"]) {
    const space = await makeSpace(world, anna, `Our ${type}`, type);
    world.clock.now += 61_000;
    for (const [tool, args, label] of CREATORS) {
      const words = await callRefused(world, anna, tool, { ...args, space: `Our ${type}` });
      assert.ok(
        words.startsWith(`Nothing was stored. ${label} cannot be added to a space of type ${type}: `),
        words,
      );
    }
    for (const [table, module, data, changes, remove] of LEFT_OVERS) {
      const id = `${module}-${type}`;
      await pushInsert(world, anna, table, id, { ...data, spaceId: space });
      const resource = await rpc(world, anna, "resources/read", { uri: `mana://spaces/${space}/${module}` });
      assert.match(resource.text, new RegExp(id), `${module} in ${type} can be read`);
      for (const [tool, change] of changes) {
        const { changed } = await callOk(world, anna, tool, { ...change, id, space });
        assert.equal(changed, true, `${tool} in ${type}`);
      }
      if (remove === null) continue;
      const { state, sentence } = await asked(world, anna, remove, { id, space });
      assert.ok(sentence.startsWith(`In the space "Our ${type}": Delete the `), sentence);
      const deleted = await send(world, anna, remove, { id, space }, { state, answer: YES });
      assert.deepEqual(deleted.structuredContent, { ok: true, id });
    }
  }
});

Deno.test("where the type of a space is not known, nothing is refused, and what is written is sealed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  world.intercept = async ({ url }) => {
    if (!url.endsWith("/organization/list")) return undefined;
    const list = z.array(z.looseObject({ id: z.string() })).parse(
      await (await world.auth("/api/auth/organization/list", {
        headers: { authorization: `Bearer ${anna.token}` },
      })).json(),
    );
    return Response.json(list.map((one) => one.id === team ? { ...one, metadata: {} } : one));
  };
  await callOk(world, anna, "journal_add", { content: "Dear diary" }, inSpace(team));
  const [entry] = await pullAll(world, anna, JOURNAL);
  assert.match(String(entry?.data?.content), /^enc:1:/);
});

Deno.test("a client that has no personal space is told so instead of a way that is closed to it", async () => {
  await using world = await createConnected();
  const made = await world.person("ben");
  assert.ok(made);
  const cookie = [...world.anna.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const team = z.object({ id: z.string() }).parse(
    await (await world.auth("/api/auth/organization/create", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://localhost:5173", cookie },
      body: JSON.stringify({ name: "Team", slug: "the-team", metadata: { type: "team" } }),
    })).json(),
  ).id;
  const { access } = await connect(world, world.anna, { where: "some", space: [team] });
  const { text } = await world.call(access, "journal_add", { content: "Dear diary" });
  assert.match(text, /It belongs in the personal space, which this client was not given: connect again/);
});

Deno.test("a new module is held to its space types without a line in its tools", async () => {
  const table = defineTable({
    app: "recipes",
    name: "recipes",
    record: "recipe",
    row: z.object({ title: z.string() }),
    encrypted: [],
  });
  const add = defineTool({
    name: "recipes.add",
    title: "Add a recipe",
    access: "write",
    description: "Adds a recipe.",
    input: z.object({ title: z.string() }),
    output: z.object({ recipe: recordOutput(table) }),
    run: async ({ title }, { records }) => ({ recipe: await records.insert(table, { title }) }),
  });
  const recipes = defineModule({
    name: "recipes",
    label: "Recipes",
    group: "Tests",
    spaceTypes: ["family", "club"],
    tools: [add],
  });
  await using world = await createWorld({ modules: [recipes] });
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  for (
    const [type, headers, readers] of [
      ["team", inSpace(team), ", and all members could read it"],
      ["personal", {}, ""],
    ] as const
  ) {
    assert.equal(
      await callRefused(world, anna, "recipes_add", { title: "Soup" }, headers),
      `Nothing was stored. Recipes cannot be added to a space of type ${type}: the Mana apps do not show it there${readers}. ` +
        "Use a space of type family or club.",
    );
  }
});

Deno.test("models are told beforehand that a space may be refused, in the instructions", async () => {
  await using world = await createWorld();
  const { text } = await rpc(world, await world.person("anna"), "server/discover");
  const instructions = /"instructions":"([^"]*)"/.exec(text)?.[1] ?? "";
  assert.match(
    instructions,
    /^Mana holds one person's own records: [^.]*\bto-do\b[^.]* and more\. /,
  );
  assert.match(
    instructions,
    /Some modules take new records in some kinds of space only: the refusal says in which\.$/,
  );
});
