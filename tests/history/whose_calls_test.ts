// Whose calls the time line shows: only what the person's own key proves stands under an app's name.
import assert from "node:assert/strict";
import { authorshipWith, vaultKey } from "../authorship/_log.ts";
import { goZeroKnowledge, NOTES, pullAll, push, pushInsert, rotateKey, stampAt } from "../_support/device.ts";
import { callerFor } from "../_support/request_context.ts";
import { makeTeam, remove } from "../_support/team.ts";
import { act, activity, type Apps, briefly, createApps, unfold } from "./_activity.ts";

/** Ben, in a team with Anna, and what of Claude's calls he can see there. */
async function withBen(world: Apps) {
  const ben = await world.person("ben");
  const team = await makeTeam(world, ben, world.own);
  const { note } = await act(world, world.claude, "notes.create", { title: "Ours", content: "" }, team);
  const id = String(Object(note).id);
  const [insert] = await pullAll(world, ben, NOTES);
  assert.ok(insert?.actor);
  return { ben, team, id, insert, actor: insert.actor };
}

Deno.test("what a co-member plants under an app's name is shown as proved by nobody, beside the app's own call", async () => {
  await using world = await createApps();
  const { ben, team, id, actor } = await withBen(world);
  const at = stampAt(world);
  // Ben has seen the whole actor, the signature too.
  const fields = { title: { value: "Planted", at } };
  await push(world, ben, NOTES, [{ id, op: "update", spaceId: team, fields, actor, origin: "agent" }]);
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls), [
    ["unverified", null, "notes.create", "update note Planted"],
    ["app", world.claude.key, "notes.create", "insert note Planted"],
  ]);
  assert.notEqual(calls[0]?.id, calls[1]?.id);
  const only = await activity(world, { app: world.claude.key });
  assert.deepEqual(only.calls.map(({ id }) => id), [calls[1]?.id]);
  const [planted, own] = [await unfold(world, calls[0]), await unfold(world, calls[1])];
  assert.ok(planted?.ok && own?.ok);
  assert.deepEqual(planted.answer.rows.map(({ fields }) => fields), [[
    { name: "title", before: "Ours", after: "Planted" },
  ]]);
  assert.deepEqual(own.answer.rows[0]?.fields[0], { name: "title", before: null, after: "Ours" });
});

Deno.test("a co-member's app in a shared space is not shown, and pushes nothing of the person's off the page", async () => {
  await using world = await createApps();
  const { ben, team } = await withBen(world);
  const init = await world.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${ben.token}` },
  });
  await init.body?.cancel();
  const authorship = await authorshipWith(await vaultKey(world, ben));
  const caller = callerFor(ben.id, ben.token);
  const { signal } = new AbortController();
  const changes = await Promise.all(Array.from({ length: 300 }, async (_, number) => {
    const at = stampAt(world);
    const id = `bens-${number}`;
    const data = { id, spaceId: team, authorId: ben.id, visibility: "space", createdAt: at, title: "Ben's" };
    const change = { id, op: "insert", spaceId: team, data } as const;
    const callId = crypto.randomUUID().replaceAll("-", "");
    const by = { tool: "notes.create", clientName: "Claude", callId, appKey: "bens-app" };
    const actor = await authorship.sign(
      { caller, actor: by, signal },
      { app: "notes", name: "notes" },
      change,
    );
    return { ...change, actor, origin: "agent" };
  }));
  await push(world, ben, NOTES, changes);
  const { calls, hasMore } = await activity(world);
  assert.deepEqual(briefly(calls), [["app", world.claude.key, "notes.create", "insert note Ours"]]);
  assert.equal(hasMore, false);
});

Deno.test("what earlier versions wrote, and what other agents wrote, is shown with the name they gave themselves, by tool and minute", async () => {
  await using world = await createApps();
  const actor = {
    kind: "ai",
    principalId: "mcp:Old one",
    displayName: "Old \u202eone<b>",
    rationale: "notes.create",
  };
  for (const id of ["a", "b"]) {
    await pushInsert(world, world.own, NOTES, id, { title: id, content: "" }, { actor, origin: "agent" });
  }
  world.clock.now += 60_000;
  await pushInsert(world, world.own, NOTES, "c", { title: "c", content: "" }, { actor, origin: "agent" });
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls), [
    ["unverified", null, "notes.create", "insert note c"],
    ["unverified", null, "notes.create", "insert note a, insert note b"],
  ]);
  assert.ok(calls.every(({ name }) => name.startsWith("Old ") && !name.includes("\u202e")));
  const shown = await unfold(world, calls[1]);
  assert.ok(shown?.ok);
  assert.deepEqual([shown.answer.rowCount, shown.answer.rows.length], [2, 2]);
});

Deno.test("somebody whose key no server may use still has a time line: by unproved names, and without what is sealed", async () => {
  await using world = await createApps();
  await act(world, world.claude, "notes.create", { title: "Secret", content: "text" });
  await goZeroKnowledge(world, world.own);
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls), [["unverified", null, "notes.create", "insert note null"]]);
  const [call] = calls;
  assert.ok(call);
  assert.deepEqual([call.rows[0]?.isSealed, call.space.kind, call.module], [true, "personal", "notes"]);
  assert.equal(call.name, "Claude");
  const shown = await unfold(world, call);
  assert.ok(shown?.ok);
  assert.ok(
    shown.answer.rows[0]?.fields.some(({ name, isSealed, after }) =>
      name === "title" && isSealed && after === null
    ),
  );
  assert.deepEqual((await activity(world, { app: world.claude.key })).calls, []);
});

Deno.test("a replaced key proves nothing of what was signed before; in the person's own space it is shown as unproved", async () => {
  await using world = await createApps();
  await act(world, world.claude, "notes.create", { title: "Old", content: "" });
  await rotateKey(world, world.own);
  world.clock.now += 20_000;
  const { calls } = await activity(world);
  assert.deepEqual(calls.map(({ writer, rows }) => [writer, rows[0]?.isSealed]), [["unverified", true]]);
});

Deno.test("calls in a space that the person left are shown, and it is said that they left", async () => {
  await using world = await createApps();
  const { ben, team } = await withBen(world);
  const before = await activity(world);
  assert.deepEqual([before.calls[0]?.space.id, before.calls[0]?.space.isLeft], [team, undefined]);
  assert.ok(before.calls[0]?.space.name);
  await remove(world, ben, team, world.own);
  world.clock.now += 10 * 60_000;
  await world.own.refresh();
  const { calls } = await activity(world);
  assert.deepEqual(calls.map(({ writer, space }) => [writer, space]), [
    ["app", { id: team, name: null, kind: "shared", isLeft: true }],
  ]);
});
