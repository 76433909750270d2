import assert from "node:assert/strict";
import {
  HABITS,
  lastChange,
  masterKey,
  NOTES,
  open,
  pushInsert,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { TOOLS } from "../_support/modules.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type World } from "../_support/world.ts";
import { SERVICE_KEY } from "../_support/test_backend.ts";

const WITH_KEY = { env: { MANA_SERVICE_KEY: SERVICE_KEY } };

/** The auth service as deployed: its list of spaces takes a cookie only. */
function refuseTokensOnList(world: World): void {
  world.intercept = ({ url }) =>
    url.endsWith("/api/auth/organization/list") ? new Response("", { status: 401 }) : undefined;
}

function listAsks(world: World): { lists: number; memberships: number } {
  const count = (part: string) => world.upstreamCalls.filter(({ url }) => url.includes(part)).length;
  return { lists: count("/organization/list"), memberships: count("/memberships") };
}

const WAYS_OUT = "Connect the client through a sign-in server, or have the gateway's operator set one up " +
  "(MANA_SIGN_IN_URL) or set MANA_SERVICE_KEY.";
const UNTOLD =
  `Nothing was read or changed: the auth service does not tell this gateway which spaces you have. ${WAYS_OUT}`;

Deno.test("no list and no service key: every tool is refused with both ways out, and nothing empty looks like the truth", async () => {
  await using untold = await createWorld();
  const ben = await untold.person("ben");
  refuseTokensOnList(untold);
  const ready = async () =>
    await (await untold.gateway.fetch(new Request("http://127.0.0.1:3069/ready"))).json();
  assert.equal("spaces" in await ready(), false);
  await withoutPush(untold, async () => {
    for (const { name, usesRecords } of TOOLS) {
      // Whatever the arguments are, and whoever could be asked first.
      for (const args of [{}, { id: "x" }, { title: "x", content: "x" }, { space: ben.personalSpace }]) {
        if (usesRecords) assert.equal(await callRefused(untold, ben, name, args), UNTOLD, name);
      }
    }
    assert.deepEqual(await callOk(untold, ben, "spaces_list"), {
      spaces: [],
      activeSpaceId: null,
      note:
        "This list is not the truth: the auth service does not tell this gateway which spaces you have, so the " +
        `other tools are refused. ${WAYS_OUT}`,
    });
    // A list of collections that is empty would look like the truth as well.
    const resources = await rpc(untold, ben, "resources/list");
    assert.deepEqual([resources.body.error?.message, resources.body.error?.["data"]], [UNTOLD, {
      reason: "spaces-untold",
    }]);
    // The personal space's made-up name opens nothing either: the apps store under its id.
    for (const id of [ben.personalSpace, `_personal:${ben.id}`, "_personal:somebody"]) {
      const asked = await rpc(untold, ben, "tools/call", { name: "habits_list", arguments: {} }, {
        headers: inSpace(id),
      });
      assert.deepEqual([asked.status, asked.text.includes(UNTOLD)], [503, true], id);
    }
  });
  assert.equal(listAsks(untold).memberships, 0);
  assert.deepEqual(await ready(), {
    status: "ready",
    upstreams: { auth: "ok", sync: "ok" },
    spaces:
      "The auth service refused to tell which spaces a person has, so tools are refused: set up a sign-in server " +
      "(MANA_SIGN_IN_URL), or set MANA_SERVICE_KEY.",
  });
  // A service that takes tokens after all, as after its update, is believed once a minute is over.
  untold.intercept = null;
  untold.clock.now += 61_000;
  assert.deepEqual(await titles(untold, ben, "habits_list"), []);
  assert.equal("spaces" in await ready(), false);
});

Deno.test("no list, a service key, one membership: that one is the personal space", async () => {
  await using world = await createWorld(WITH_KEY);
  const anna = await world.person("anna");
  refuseTokensOnList(world);
  await pushInsert(world, anna, HABITS, "s", {
    title: "sentinel",
    spaceId: `_personal:${anna.id}`,
    order: 0,
  });
  await pushInsert(world, anna, HABITS, "n", { title: "none", spaceId: null, order: 1 });
  await callOk(world, anna, "habits_create", { title: "own" });
  assert.equal((await lastChange(world, anna, HABITS)).spaceId, anna.personalSpace);
  assert.deepEqual(await titles(world, anna, "habits_list"), ["sentinel", "none", "own"]);
  const note = recordOf(await callOk(world, anna, "notes_create", { title: "x" }), "note");
  assert.match(String((await lastChange(world, anna, NOTES, note.id)).data?.title), /^enc:1:/);
  const { activeSpaceId, spaces } = await callOk(world, anna, "spaces_list");
  assert.equal(activeSpaceId, anna.personalSpace);
  assert.deepEqual(spaces, [{ id: anna.personalSpace, role: "owner" }]);
});

Deno.test("no list, a service key, several memberships: a call without a choice is refused with the ids", async () => {
  await using world = await createWorld(WITH_KEY);
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  refuseTokensOnList(world);
  const words =
    "It is not clear which space is meant. Give one of these ids as the argument `space` or in the " +
    `X-Mana-Space header: ${anna.personalSpace}, ${team}.`;
  await withoutPush(world, async () => {
    for (
      const [tool, args] of [
        ["todo_list", {}],
        ["notes_search", {}],
        ["habits_list", {}],
        ["todo_create", { title: "x" }],
        ["habits_create", { title: "x" }],
        ["todo_complete", { id: "x" }],
        ["habits_update", { id: "x", title: "y" }],
        ["habits_archive", { id: "x" }],
        ["notes_create", { title: "x" }],
        ["journal_add", { content: "x" }],
      ] as const
    ) assert.equal(await callRefused(world, anna, tool, args), words, tool);
  });
  assert.deepEqual(await callOk(world, anna, "spaces_list"), {
    spaces: [{ id: anna.personalSpace, role: "owner" }, { id: team, role: "owner" }],
    activeSpaceId: null,
    note: "None of these spaces is active: give one of these ids as `space` to the other tools.",
  });
});

Deno.test("no list, a service key: a chosen space of unknown type is sealed and reads what has no space too", async () => {
  await using world = await createWorld(WITH_KEY);
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  refuseTokensOnList(world);
  await pushInsert(world, anna, TASKS, "s", { title: "sentinel", spaceId: `_personal:${anna.id}`, order: 0 });
  await pushInsert(world, anna, TASKS, "n", { title: "none", spaceId: null, order: 1 });
  await pushInsert(world, anna, TASKS, "p", { title: "personal", order: 2 });
  await pushInsert(world, ben, TASKS, "t", { title: "team", spaceId: team, order: 3 });
  await pushInsert(world, ben, TASKS, "private", {
    title: "x",
    spaceId: team,
    visibility: "private",
    order: 4,
  });
  assert.deepEqual(await titles(world, anna, "todo_list", {}, inSpace(team)), ["sentinel", "none", "team"]);
  assert.deepEqual(await titles(world, anna, "todo_list", {}, inSpace(anna.personalSpace)), [
    "sentinel",
    "none",
    "personal",
  ]);
  const { id } = recordOf(await callOk(world, anna, "todo_create", { title: "new" }, inSpace(team)), "task");
  const { spaceId, data } = await lastChange(world, anna, TASKS, id);
  assert.equal(spaceId, team);
  assert.equal(await open(await masterKey(world, anna), data?.title), "new");
  // What somebody else reads of it is a field that cannot be read, never ciphertext as text.
  const { rows } = await listed(world, ben, "todo_list", {}, inSpace(team));
  assert.deepEqual(rows.find((row) => row.id === id)?.unreadable, ["title"]);
  const { spaces, activeSpaceId, note } = await callOk(world, anna, "spaces_list", {}, inSpace(team));
  assert.deepEqual([Array.isArray(spaces) && spaces.length, activeSpaceId], [2, team]);
  assert.equal(note, "The auth service does not tell the type of every space.");
});

Deno.test("no list, a service key: a space the person is no member of is still HTTP 403", async () => {
  await using world = await createWorld(WITH_KEY);
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna);
  refuseTokensOnList(world);
  const call = { name: "todo_create", arguments: { title: "x" } };
  await withoutPush(world, async () => {
    for (const id of [team, anna.personalSpace, `_personal:${anna.id}`]) {
      assert.equal((await rpc(world, ben, "tools/call", call, { headers: inSpace(id) })).status, 403, id);
    }
  });
});

Deno.test("the service key goes to the membership look-up only, and the person's token never with it", async () => {
  await using world = await createWorld(WITH_KEY);
  const anna = await world.person("anna");
  refuseTokensOnList(world);
  await callOk(world, anna, "todo_create", { title: "x" });
  const keyed = world.upstreamCalls.filter(({ headers }) => headers.has("x-service-key"));
  assert.deepEqual(keyed.map(({ url, headers }) => [url, headers.get("authorization")]), [
    [`http://auth.test/api/v1/internal/users/${anna.id}/memberships`, null],
  ]);
  assert.ok(!world.logLines.join().includes(SERVICE_KEY));
});

Deno.test("a wrong service key, or memberships that cannot be had, fail closed", async () => {
  for (
    const answer of [
      undefined,
      () => new Response("x", { status: 500 }),
      () => Response.json({ members: [] }),
    ]
  ) {
    await using world = await createWorld({ env: { MANA_SERVICE_KEY: "wrong" } });
    const anna = await world.person("anna");
    world.intercept = ({ url }) => {
      if (url.endsWith("/organization/list")) return new Response("", { status: 401 });
      return url.endsWith("/memberships") ? answer?.() : undefined;
    };
    await withoutPush(world, async () => {
      for (const tool of ["todo_list", "spaces_list"]) {
        assert.equal(
          await callRefused(world, anna, tool),
          "The auth service is not available: try again later.",
        );
      }
    });
  }
});
