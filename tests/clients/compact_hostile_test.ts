/** The general tools with arguments of somebody who tries: names of another case, names that every object has, spaces in other places. */
import assert from "node:assert/strict";
import { nothingPushed } from "../confirmation/_asking.ts";
import { connectToOneOfTwo, createConnected } from "../_support/connected.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { callOk, callRefused } from "../_support/mcp.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld } from "../_support/world.ts";

Deno.test("a module and a verb are names as they are written: no other case, no blanks, nothing that objects inherit", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (
    const module of ["Notes", "NOTES", " notes", "notes ", "notes.", "constructor", "toString", "modules"]
  ) {
    const words = await nothingPushed(
      world,
      () => callRefused(world, anna, "records_create", { module, values: { title: "x" } }),
    );
    assert.match(words, /module: there is none of this name/, module);
  }
  for (const verb of ["__proto__", "constructor", "Create", "create ", "delete", "notes.create"]) {
    const args = { module: "notes", verb, values: { title: "x" } };
    const words = await nothingPushed(world, () => callRefused(world, anna, "records_create", args));
    assert.match(words, /verb: Notes has no tool of this verb/, verb);
  }
});

Deno.test("values that bring a prototype along give nothing: a title has to be a title of the call's own", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (
    const [inherited, words] of [
      ['{"__proto__":{"title":"x"}}', /the key \\"__proto__\\" is not allowed/],
      ['{"constructor":{"prototype":{"title":"x"}}}', /"isError":true/],
    ] as const
  ) {
    const params = JSON.parse(
      `{"name":"records_create","arguments":{"module":"notes","values":${inherited}}}`,
    );
    const request = modernRequest(anna.token, "tools/call", params);
    const text = await nothingPushed(world, async () => await (await world.gateway.fetch(request)).text());
    assert.match(text, words);
  }
  assert.equal(Reflect.get({}, "title"), undefined);
});

Deno.test("a space among the values is the argument `space`, and the argument of the call itself counts before it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const [team, other] = [await makeTeam(world, anna), await makeTeam(world, anna)];
  const create = (title: string, values: Record<string, unknown>, args: Record<string, unknown>) =>
    callOk(world, anna, "records_create", {
      module: "notes",
      values: { title, content: "", ...values },
      ...args,
    });
  await create("among the values", { space: team }, {});
  await create("of the call", { space: other }, { space: team });
  const titles = (await pullAll(world, anna, NOTES)).map(({ data, spaceId }) => [data?.["title"], spaceId]);
  assert.deepEqual(titles, [["among the values", team], ["of the call", team]]);
  assert.match(
    JSON.stringify(await callOk(world, anna, "notes_search", {}, inSpace(other))),
    /"notes":\[\]/,
  );
});

Deno.test("a space that was not granted is not reached by the values either", async () => {
  await using world = await createConnected();
  const { access, kept } = await connectToOneOfTwo(world, ["notes:read", "notes:write"]);
  world.upstreamCalls.length = 0;
  for (
    const [name, args] of [
      ["records_create", { values: { title: "x", content: "", space: kept } }],
      ["records_list", { filter: { space: kept } }],
      ["records_read", { id: "x", options: { space: kept } }],
    ] as const
  ) {
    const { text } = await world.call(access, name, { module: "notes", ...args });
    assert.match(text, /"isError":true/, name);
    assert.doesNotMatch(text, /"notes":\[/);
  }
  assert.ok(world.upstreamCalls.every(({ url }) => !url.includes("/sync/")));
});
