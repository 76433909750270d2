import assert from "node:assert/strict";
import fc from "fast-check";
import { halfPairPath, mayHaveHalfPair, withoutHalfPairs } from "../../lib/kit/half_pairs.ts";
import {
  HABITS,
  masterKey,
  NOTES,
  pushesOf,
  pushInsert,
  seal,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { call, callOk, callRefused, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type World } from "../_support/world.ts";
import { complete, readJson, uriOf } from "../resources/_resources.ts";

const HIGH = "\ud83d";
const LOW = "\ude00";

Deno.test("half a surrogate pair in any argument is refused in words, and nothing is stored", async () => {
  await using world = await createWorld({ env: { RATE_LIMIT_WRITES: "0" } });
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  const says = (path: string) =>
    `The arguments are invalid: ${path}it contains half of a surrogate pair, which is no character.`;
  await withoutPush(world, async () => {
    for (
      const [tool, args, path] of [
        ["todo_create", { title: `a${HIGH}` }, "title: "],
        ["todo_create", { title: "a", description: `${LOW}b` }, "description: "],
        ["todo_create", { title: "a", [`x${HIGH}`]: 1 }, ""],
        ["habits_create", { title: `a${HIGH}b` }, "title: "],
        ["notes_create", { title: "a", content: `${LOW}${HIGH}` }, "content: "],
        ["journal_add", { content: "a", tags: ["fine", HIGH] }, "tags.1: "],
        ["notes_search", { query: HIGH }, "query: "],
        ["notes_search", { query: "a", cursor: LOW }, "cursor: "],
        ["todo_complete", { id: HIGH }, "id: "],
        ["todo_create", { title: { deep: [{ [LOW]: 1 }] } }, "title.deep.0: "],
      ] as const
    ) {
      for (const gateway of [world.gateway, world.sdkOnly]) {
        assert.equal(await callRefused({ ...world, gateway }, anna, tool, args), says(path));
      }
    }
    const plain = await call(world, anna, "notes_create", { title: `a${HIGH}` }, inSpace(team));
    assert.equal(plain.ok ? "" : plain.message, says("title: "));
  });
  assert.equal(pushesOf(world).length, 0);
});

Deno.test("half a surrogate pair anywhere else in a message is no message", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (
    const [method, params] of [
      ["resources/read", { uri: `mana://spaces/a/notes/${HIGH}` }],
      ["completion/complete", {
        ref: { type: "ref/resource", uri: "mana://spaces/{space}/{module}/{id}" },
        argument: { name: "id", value: LOW },
      }],
      ["resources/list", { cursor: HIGH }],
      ["tools/list", { [HIGH]: 1 }],
    ] as const
  ) {
    const { status, body } = await rpc(world, anna, method, params, { headers: { "mcp-name": "x" } });
    assert.equal(status, 400, method);
    assert.deepEqual(body.error, {
      code: -32600,
      message:
        "Invalid Request: a text beside the arguments is broken, it contains half of a surrogate pair, " +
        "which is no character.",
    });
  }
});

Deno.test("halves of surrogate pairs that other devices stored are given out as U+FFFD, and counted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, HABITS, "h", { title: `Run ${HIGH}`, order: 0 });
  await pushInsert(world, anna, TASKS, "t", {
    title: await seal(key, `${LOW} Buy`),
    subtasks: await seal(key, [{ title: `milk${HIGH}`, isCompleted: false, [`x${LOW}`]: HIGH }]),
  });
  await pushInsert(world, anna, NOTES, "n", {
    title: await seal(key, "Trip"),
    content: await seal(key, `${"word ".repeat(60)}goal ${HIGH}${"😀".repeat(200)}${LOW}`),
  });
  world.intercept = (request) => halvedHabits(world, request);
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const through: World = { ...world, gateway };
    const [habits, tasks, hits, note] = [
      await callOk(through, anna, "habits_list"),
      await callOk(through, anna, "todo_list"),
      await callOk(through, anna, "notes_search", { query: "goal" }),
      await callOk(through, anna, "notes_read", { id: "n", offset: 306 }),
    ];
    for (const output of [habits, tasks, hits, note]) assert.equal(halfPairPath(output), null);
    assert.deepEqual(titlesOf(habits["habits"]), ["Run \ufffd"]);
    assert.deepEqual(titlesOf(tasks["tasks"]), ["\ufffd Buy"]);
    assert.match(JSON.stringify(tasks), /"title":"milk\ufffd","isCompleted":false,"x\ufffd":"\ufffd"/);
    assert.match(JSON.stringify(hits), /goal \ufffd😀/);
  }
  const raw = await rpc(world, anna, "tools/call", { name: "habits_list", arguments: {} });
  assert.equal(mayHaveHalfPair(raw.text), false);
  const logged = world.logLines.flatMap((line) => {
    const { tool, mended } = JSON.parse(line);
    return mended === undefined ? [] : [`${tool} ${mended}`];
  });
  assert.deepEqual(logged.slice(0, 4), ["habits.list 1", "todo.list 4", "notes.search 1", "notes.read 1"]);
  const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
  assert.match(metrics, /mana_mcp_mended_texts_total\{service="mana-mcp",tool="todo.list"\} 4\n/);
});

Deno.test("resources, completions and refusals give out no half of a surrogate pair either", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "h", { title: `Run ${HIGH}`, order: 0 });
  const spaces = [{ id: anna.personalSpace, name: `Me ${HIGH}`, slug: LOW, metadata: { type: "personal" } }];
  world.intercept = (request) =>
    request.url.endsWith("/organization/list") ? Response.json(spaces) : halvedHabits(world, request);
  const collection = await readJson(world, anna, uriOf(anna.personalSpace, "habits"));
  assert.deepEqual(titlesOf(collection["records"]), ["Run \ufffd"]);
  const one = await readJson(world, anna, uriOf(anna.personalSpace, "habits", "h"));
  assert.equal(one["title"], "Run \ufffd");
  const { values } = await complete(world, anna, "id", "h", {
    space: anna.personalSpace,
    module: "habits",
  });
  assert.deepEqual(values, ["h"]);
  for (const [method, params] of [["resources/list", {}], ["tools/call", { name: "spaces_list" }]] as const) {
    const { text } = await rpc(world, anna, method, params);
    assert.match(text, /Me \ufffd/);
    assert.equal(mayHaveHalfPair(text), false);
  }
});

Deno.test("withoutHalfPairs(): no value keeps a half, a whole one stays as it is, and lengths stay", () => {
  const value = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }));
  const half = fc.constantFrom(HIGH, LOW, "\ud800", "\udfff");
  fc.assert(fc.property(value, half, fc.string({ unit: "grapheme" }), (given, part, around) => {
    const broken = { given, [`${part}x`]: [`${around}${part}`, { deep: `${part} ${around}` }] };
    const { value: mended, mended: count } = withoutHalfPairs(broken);
    assert.equal(halfPairPath(mended), null);
    assert.equal(mayHaveHalfPair(JSON.stringify(mended)), JSON.stringify(mended).includes("\\ud"));
    assert.ok(count >= 3 && halfPairPath(broken) !== null && mayHaveHalfPair(JSON.stringify(broken)));
    const whole = withoutHalfPairs(mended);
    assert.deepEqual([whole.value, whole.mended], [mended, 0]);
  }));
});

/** A sync service that keeps halves as escapes in plaintext too; the embedded one stores U+FFFD for them. */
async function halvedHabits(world: World, request: Request): Promise<Response | undefined> {
  if (!request.url.includes("/sync/habits/pull")) return undefined;
  const answer = await world.backend.sync.fetch(request);
  const text = (await answer.text()).replaceAll("Run \ufffd", String.raw`Run \ud83d`);
  return new Response(text, { headers: { "content-type": "application/json" } });
}

function titlesOf(rows: unknown): unknown[] {
  assert.ok(Array.isArray(rows));
  return rows.map(({ title }) => title);
}
