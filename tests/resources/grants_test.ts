import assert from "node:assert/strict";
import { connectToOneOfTwo, createConnected } from "../_support/connected.ts";
import { connect } from "../_support/oauth_flow.ts";
import { MODULES } from "../../tools/modules.ts";
import { uriOf } from "./_resources.ts";

Deno.test("a grant of some modules in some spaces is all that a client can list, read or complete", async () => {
  await using world = await createConnected();
  const { person, given, kept, access } = await connectToOneOfTwo(world, ["habits:read", "todo:write"]);
  const ask = async (method: string, params: Record<string, unknown> = {}) => {
    const response = await world.rpc(access, method, params);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const listed = JSON.parse((await ask("resources/list")).text).result.resources;
  // A view is text of ours: of the tools that the client is shown, and first.
  const uris = listed.map(({ uri }: { uri: string }) => uri);
  assert.match(uris[0], /^ui:\/\/mana\/habits@/);
  assert.deepEqual(uris.slice(1), [uriOf(given, "habits")]);
  assert.match((await ask("resources/read", { uri: uriOf(given, "habits") })).text, /records/);
  for (const space of [kept, `_personal:${person.id}`]) {
    const uri = uriOf(space, "habits");
    const { error } = JSON.parse((await ask("resources/read", { uri })).text);
    assert.deepEqual([error.code, error.message, error.data], [-32602, "Resource not found", { uri }]);
  }
  // What the scopes leave out can be asked for: the same challenge as for a tool.
  for (const module of ["todo", "notes"]) {
    const refused = await ask("resources/read", { uri: uriOf(given, module) });
    assert.equal(refused.status, 403);
    const challenge = refused.headers.get("www-authenticate") ?? "";
    assert.match(challenge, /error="insufficient_scope"/);
    assert.ok(challenge.includes(`${module}:read`), challenge);
  }
  const complete = async (name: string, settled = {}) => {
    const { text } = await ask("completion/complete", {
      ref: { type: "ref/resource", uri: "mana://spaces/{space}/{module}/{id}" },
      argument: { name, value: "" },
      context: { arguments: settled },
    });
    return JSON.parse(text).result.completion.values;
  };
  assert.deepEqual(await complete("space"), [given]);
  assert.deepEqual(await complete("module"), ["habits"]);
  assert.deepEqual(await complete("id", { space: kept, module: "habits" }), []);
  assert.deepEqual(await complete("id", { space: given, module: "todo" }), []);
});

Deno.test("a client that may read nothing sees neither resources nor templates", async () => {
  await using world = await createConnected();
  const { access } = await connect(world, world.anna, { allow: ["habits:write", "spaces:read"] });
  for (
    const [method, member] of [["resources/list", "resources"], [
      "resources/templates/list",
      "resourceTemplates",
    ]] as const
  ) {
    const { result } = await (await world.rpc(access, method)).json();
    assert.deepEqual(result[member], []);
  }
});

Deno.test("every tool and every resource of every module needs its own scope, and is challenged for no other", async () => {
  await using world = await createConnected({ POLICY_MODE: "log-only" });
  const { access } = await connect(world, world.anna, { allow: ["spaces:read"] });
  world.upstreamCalls.length = 0;
  const challenged = async (method: string, params: Record<string, unknown>, scope: string) => {
    const response = await world.rpc(access, method, params);
    await response.body?.cancel();
    assert.equal(response.status, 403, scope);
    const challenge = response.headers.get("www-authenticate") ?? "";
    assert.ok(challenge.includes(`scope="${scope} offline_access"`), challenge);
  };
  for (const { name: module, tools, resource } of MODULES) {
    if (module === "spaces") continue;
    for (const { name, access: kind } of tools) {
      await challenged("tools/call", { name, arguments: {} }, `${module}:${kind}`);
    }
    if (resource === undefined) continue;
    for (const id of [undefined, "x"]) {
      await challenged("resources/read", { uri: uriOf("any", module, id) }, `${module}:read`);
    }
  }
  assert.ok(world.upstreamCalls.every(({ url }) => !url.includes("/sync/")));
});
