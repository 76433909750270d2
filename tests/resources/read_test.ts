import assert from "node:assert/strict";
import { z } from "zod";
import { MAX_LISTED_FIELD_CHARS, MAX_RESULT_BYTES } from "../../lib/kit/limits.ts";
import { HABITS, NOTES, pushDelete, pushInsert, TASKS } from "../_support/device.ts";
import { listed, recordOf } from "../_support/listed.ts";
import { callOk, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";
import { MODULES as ALL_MODULES } from "../../tools/modules.ts";
import { complete, errorOf, notFound, read, readJson, uriOf, uris } from "./_resources.ts";

const Remarked = z.object({ remarks: z.tuple([z.string()]) });
/** The modules with a resource, in their order. */
const MODULES = ALL_MODULES.flatMap(({ name, resource }) => resource === undefined ? [] : [name]);

Deno.test("resources/list: the collections of each space of the person, and nothing of another's", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const alone = await makeTeam(world, anna);
  const of = (...spaces: string[]) =>
    spaces.sort().flatMap((id) => MODULES.map((module) => uriOf(id, module)));
  assert.deepEqual((await uris(world, anna)).uris, of(anna.personalSpace, team, alone));
  assert.deepEqual((await uris(world, ben)).uris, of(ben.personalSpace, team));
});

Deno.test("resources/list: many spaces come in pages without a gap, and a made-up cursor is refused", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const spaces = Array.from(
    { length: 120 },
    (_, index) => ({ id: `space-${index}`, name: `Space ${index}`, metadata: null }),
  );
  world.intercept = ({ url }) => url.endsWith("/organization/list") ? Response.json(spaces) : undefined;
  const found: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await uris(world, anna, cursor === undefined ? {} : { cursor });
    found.push(...page.uris);
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined);
  assert.ok(pages > 1);
  const sentinel = `_personal:${anna.id}`;
  const expected = [...spaces.map(({ id }) => id), sentinel].flatMap((id) =>
    MODULES.map((module) => uriOf(id, module))
  );
  assert.deepEqual(found.toSorted(), expected.toSorted());
  const answer = await rpc(world, anna, "resources/list", { cursor: "%%%" });
  assert.deepEqual(errorOf(answer).slice(0, 2), [-32602, "Unknown cursor: list from the start"]);
});

Deno.test("templates and capabilities are offered in both eras' words", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "resources/templates/list");
  assert.deepEqual(
    JSON.parse(JSON.stringify(body.result?.["resourceTemplates"])).map((template: { uriTemplate: string }) =>
      template.uriTemplate
    ).slice(0, 2),
    ["mana://spaces/{space}/{module}", "mana://spaces/{space}/{module}/{id}"],
  );
  const discovered = await rpc(world, anna, "server/discover");
  const { capabilities } = JSON.parse(discovered.text).result;
  assert.ok(capabilities.resources);
  assert.ok(capabilities.completions);
});

Deno.test("resources/read: a record and its collection, opened, as the tools give them", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const first = recordOf(await callOk(world, anna, "notes_create", { title: "Eins", content: "ä" }), "note");
  const second = recordOf(await callOk(world, anna, "notes_create", { title: "Zwei" }), "note");
  const { rows } = await listed(world, anna, "notes_search");
  assert.deepEqual(await readJson(world, anna, uriOf(anna.personalSpace, "notes", first.id)), first);
  const collection = await readJson(world, anna, uriOf(anna.personalSpace, "notes"));
  assert.deepEqual(collection, { records: [second, first], hasMore: false, unreadable: 0 });
  assert.equal(rows.length, 2);
  // By any of the names of the space, however encoded.
  for (const space of [`_personal:${anna.id}`, anna.personalSpace]) {
    assert.equal((await readJson(world, anna, uriOf(space, "notes", first.id))).title, "Eins");
  }
  const encoded = `mana://spaces/${
    [...anna.personalSpace].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("")
  }`;
  assert.equal((await readJson(world, anna, `${encoded}/notes/${first.id}`)).title, "Eins");
});

Deno.test("resources/read: what is not there, deleted, private or somebody else's is one and the same answer", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  const foreign = await makeTeam(world, ben);
  await pushInsert(world, anna, HABITS, "mine", { title: "Run" });
  await pushInsert(world, anna, HABITS, "gone", { title: "Gone" });
  await pushDelete(world, anna, HABITS, "gone");
  await pushInsert(world, ben, HABITS, "bens", { title: "B" });
  await pushInsert(world, ben, HABITS, "secret", { title: "S", spaceId: team, visibility: "private" });
  await pushInsert(world, ben, HABITS, "ours", { title: "O", spaceId: team });
  assert.equal((await readJson(world, anna, uriOf(team, "habits", "ours"))).title, "O");
  for (
    const uri of [
      uriOf(anna.personalSpace, "habits", "never"),
      uriOf(anna.personalSpace, "habits", "gone"),
      uriOf(anna.personalSpace, "habits", "bens"),
      uriOf(anna.personalSpace, "habits", "ours"),
      uriOf(anna.personalSpace, "moods"),
      uriOf(anna.personalSpace, "spaces"),
      uriOf(team, "habits", "secret"),
      uriOf(team, "habits", "mine"),
      uriOf(foreign, "habits"),
      uriOf(ben.personalSpace, "habits", "bens"),
      uriOf(`_personal:${ben.id}`, "habits", "bens"),
      uriOf("no-such-space", "habits"),
      `${uriOf(anna.personalSpace, "habits", "mine")}/more`,
      `${uriOf(anna.personalSpace, "habits", "mine")}?x=1`,
      "mana://spaces//habits",
      "mana://spaces/%E0%A4%A/habits",
      `mana://spaces/a/habits/${"x".repeat(300)}`,
      "file:///etc/passwd",
      "https://mana.test/",
    ]
  ) {
    assert.deepEqual(errorOf(await rpc(world, anna, "resources/read", { uri })), notFound(uri), uri);
  }
  const ids = JSON.stringify(await readJson(world, anna, uriOf(team, "habits")));
  assert.ok(ids.includes("ours") && !ids.includes("secret"));
});

Deno.test("resources/read: the address says the space, whatever the header says", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  await callOk(world, anna, "notes_create", { title: "Ours" }, inSpace(team));
  const uri = uriOf(anna.personalSpace, "notes");
  const answer = await rpc(world, anna, "resources/read", { uri }, { headers: inSpace(team) });
  assert.match(answer.text, /\\"records\\":\[\]/);
});

Deno.test("resources/read: a collection stays below what clients take, a long text is clipped by name", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const long = recordOf(
    await callOk(world, anna, "notes_create", { title: "long", content: "x".repeat(200_000) }),
    "note",
  );
  for (let made = 0; made < 4; made++) {
    await callOk(world, anna, "notes_create", { title: `${made}`, content: "y".repeat(20_000) });
  }
  const one = await readJson(world, anna, uriOf(anna.personalSpace, "notes", long.id));
  assert.equal(String(one.content).length, MAX_LISTED_FIELD_CHARS);
  assert.deepEqual(one.clipped, ["content"]);
  const { contents: [all] } = await read(world, anna, uriOf(anna.personalSpace, "notes"));
  assert.ok(all && all.text.length <= MAX_RESULT_BYTES);
  assert.equal(JSON.parse(all.text).hasMore, true);
});

Deno.test("resources/read: fields that cannot be read are named, records of others marked as such", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna, ben);
  await pushInsert(world, anna, NOTES, "broken", { title: "enc:1:AAAA.AAAA", content: "" });
  const broken = await readJson(world, anna, uriOf(anna.personalSpace, "notes", "broken"));
  assert.deepEqual([broken.title, broken.unreadable], [undefined, ["title"]]);
  await pushInsert(world, ben, TASKS, "bens", { title: "do this", spaceId: team });
  const { contents, _meta } = await read(world, anna, uriOf(team, "todo", "bens"));
  assert.partialDeepStrictEqual(_meta?.["mana/provenance"], { writtenByOthers: 1 });
  assert.deepEqual(contents.map(({ mimeType }) => mimeType), ["application/json"]);
  const remark = /^Note from the gateway: 1 of these records was written by another member/;
  const [content] = contents;
  assert.match(Remarked.parse(JSON.parse(content?.text ?? "")).remarks[0], remark);
  const { contents: [all] } = await read(world, anna, uriOf(team, "todo"));
  assert.match(Remarked.parse(JSON.parse(all?.text ?? "")).remarks[0], remark);
  const own = await read(world, anna, uriOf(anna.personalSpace, "notes", "broken"));
  assert.equal(own.contents.length, 1);
  assert.equal(own._meta?.["mana/provenance"], undefined);
});

Deno.test("resources/read passes the policy, the limits, the log and the metrics of any call", async () => {
  await using world = await createWorld({ hints: true, env: { RATE_LIMIT_READS: "2" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "habits_create", { title: "MARK" });
  const uri = uriOf(anna.personalSpace, "habits");
  await read(world, anna, uri);
  await read(world, anna, uri);
  const [code, message, data] = errorOf(await rpc(world, anna, "resources/read", { uri }));
  assert.deepEqual([code, data], [-32603, { reason: "policy-denied" }]);
  assert.match(String(message), /rate-limit-exceeded/);
  const lines = world.logLines.map((line) => JSON.parse(line)).filter(({ tool }) =>
    tool === "habits.collection"
  );
  assert.deepEqual(lines.map(({ event, outcome, rows, era }) => [event, outcome, rows, era]), [
    ["call", "success", 1, "modern"],
    ["call", "success", 1, "modern"],
    ["call", "denied", 0, "modern"],
  ]);
  assert.ok(
    !world.logLines.join("").includes("MARK") && !world.logLines.join("").includes(anna.personalSpace),
  );
  const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
  assert.match(metrics, /mana_mcp_tool_invocations_total\{.*tool="habits\.collection",outcome="success"\} 2/);
});

Deno.test("a service that is down is an error in words, not an absence", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  const uri = uriOf(anna.personalSpace, "habits");
  world.intercept = ({ url }) =>
    url.includes("/sync/") ? new Response("db-internal", { status: 500 }) : undefined;
  const answer = await rpc(world, anna, "resources/read", { uri });
  assert.deepEqual(errorOf(answer), [-32603, "The sync service is not available: try again later.", {
    reason: "upstream-failed",
  }]);
  world.clock.now += 120_000;
  world.intercept = ({ url }) =>
    url.includes("/organization/") ? new Response("x", { status: 500 }) : undefined;
  assert.deepEqual(errorOf(await rpc(world, anna, "resources/list")), [
    -32603,
    "The auth service is not available: try again later.",
    { reason: "upstream-failed" },
  ]);
});

Deno.test("the reads behind resources cannot be listed or called as tools", async () => {
  await using world = await createWorld({ hints: true });
  const anna = await world.person("anna");
  assert.ok(!(await rpc(world, anna, "tools/list")).text.includes("collection"));
  for (const name of ["habits.collection", "habits_collection", "notes.record", "todo.complete_"]) {
    assert.equal(errorOf(await rpc(world, anna, "tools/call", { name, arguments: {} }))[0], -32602);
  }
});

Deno.test("completion: spaces, modules and ids by their beginning, of what the caller may see", async () => {
  await using world = await createWorld({ hints: true });
  const [anna, ben] = [await world.person("anna"), await world.person("ben")];
  const team = await makeTeam(world, anna);
  assert.deepEqual((await complete(world, anna, "space", "")).values, [anna.personalSpace, team].sort());
  assert.deepEqual((await complete(world, anna, "space", team.slice(0, 8))).values, [team]);
  assert.deepEqual((await complete(world, ben, "space", team.slice(0, 8))).values, []);
  assert.deepEqual((await complete(world, anna, "module", "")).values, MODULES);
  assert.deepEqual((await complete(world, anna, "module", "no")).values, ["notes"]);
  for (let made = 0; made < 120; made += 40) {
    const records = Array.from({ length: 40 }, (_, index) => `run-${String(made + index).padStart(3, "0")}`);
    for (const id of records) await pushInsert(world, anna, HABITS, id, { title: "x" });
  }
  await pushInsert(world, anna, HABITS, "team", { title: "x", spaceId: team });
  const here = { space: anna.personalSpace, module: "habits" };
  const many = await complete(world, anna, "id", "run-", here);
  assert.deepEqual([many.values.length, many.total, many.hasMore], [100, 120, true]);
  assert.equal(many.values[0], "run-000");
  assert.deepEqual(await complete(world, anna, "id", "run-11", here), {
    values: Array.from({ length: 10 }, (_, index) => `run-11${index}`),
    total: 10,
    hasMore: false,
  });
  assert.deepEqual((await complete(world, anna, "id", "", { space: team, module: "habits" })).values, [
    "team",
  ]);
  for (
    const settled of [{ module: "habits", space: ben.personalSpace }, { module: "moods", space: team }, {}]
  ) {
    assert.deepEqual((await complete(world, anna, "id", "", settled)).values, [], JSON.stringify(settled));
  }
  const keys = world.upstreamCalls.filter(({ url }) => url.endsWith("/encryption-vault/key"));
  assert.equal(keys.length, 0, "completing opens nothing");
  const unknown = await rpc(world, anna, "completion/complete", {
    ref: { type: "ref/resource", uri: "mana://other/{x}" },
    argument: { name: "x", value: "" },
  });
  assert.equal(errorOf(unknown)[0], -32602);
});

Deno.test("a resource shows no more of a record than the module's tools: no token of a public page, no data of other writers", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const event = { title: "Party", calendarId: "c", timeBlockId: "b", unlistedToken: "t".repeat(32) };
  await pushInsert(world, anna, { app: "calendar", table: "events" }, "e", { ...event, reminders: null });
  await pushInsert(world, anna, TASKS, "k", {
    title: "Milk",
    metadata: { labelIds: [], token: "t".repeat(32) },
  });
  for (const [module, id] of [["calendar", "e"], ["todo", "k"]] as const) {
    const { contents: [collection] } = await read(world, anna, uriOf(anna.personalSpace, module));
    const record = await readJson(world, anna, uriOf(anna.personalSpace, module, id));
    assert.match(JSON.stringify(record), /Party|Milk/);
    for (const text of [collection?.text ?? "", JSON.stringify(record)]) {
      assert.doesNotMatch(text, /ttttt|timeBlockId|metadata|unlisted/);
    }
  }
});
