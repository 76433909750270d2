/** approvals.get: what came of a call, for the connection that asked and for nobody else. */
import assert from "node:assert/strict";
import { recordOf } from "../_support/listed.ts";
import { connect } from "../_support/oauth_flow.ts";
import {
  callTool,
  createAppWorld,
  createPageWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "./_approvals.ts";

Deno.test("an app asks what came of its call: open with the link, then done with the tool's answer, for as long as it is kept", async () => {
  await using world = await createAppWorld();
  const { id: note } = recordOf(
    await done(callTool(world, world.app, "notes_create", { title: "A" })),
    "note",
  );
  const { id, url } = await linkIn(callTool(world, world.app, "notes_delete", { id: note }));
  const get = () => done(callTool(world, world.app, "approvals_get", { id }));
  assert.deepEqual(await get(), { status: "open", url });
  assert.ok((await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "yes")).ok);
  for (const _ of [1, 2]) assert.deepEqual(await get(), { status: "done", result: { ok: true, id: note } });
  // Whoever was told so means a new call by the same call.
  assert.match(await refusal(callTool(world, world.app, "notes_delete", { id: note })), /^No note with id/);
});

Deno.test("a no and an end are told as such", async () => {
  await using world = await createAppWorld();
  const { id: note } = recordOf(
    await done(callTool(world, world.app, "notes_create", { title: "A" })),
    "note",
  );
  const first = await linkIn(callTool(world, world.app, "notes_delete", { id: note }));
  assert.ok((await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "no")).ok);
  assert.deepEqual(await done(callTool(world, world.app, "approvals_get", { id: first.id })), {
    status: "declined",
  });
  const second = await linkIn(callTool(world, world.app, "notes_delete", { id: note }));
  world.clock.now += 11 * 60_000;
  assert.deepEqual(await done(callTool(world, world.app, "approvals_get", { id: second.id })), {
    status: "expired",
  });
});

Deno.test("another connection's question, also one of the same app, is unknown as one that never was", async () => {
  await using world = await createAppWorld();
  const { id: note } = recordOf(
    await done(callTool(world, world.app, "notes_create", { title: "A" })),
    "note",
  );
  const { id } = await linkIn(callTool(world, world.app, "notes_delete", { id: note }));
  const { access } = await connect(world, world.anna, {
    allow: ["notes:read", "notes:write", "notes:destructive"],
  });
  const never = (await refusal(callTool(world, access, "approvals_get", { id: "0".repeat(32) }))).replace(
    "0".repeat(32),
    id,
  );
  for (const token of [access, world.owner.token]) {
    assert.equal(await refusal(callTool(world, token, "approvals_get", { id })), never);
  }
  // And the same call of another connection is a question of its own.
  assert.notEqual((await linkIn(callTool(world, access, "notes_delete", { id: note }))).id, id);
});

Deno.test("the person's own token is asked as well, and its question needs no grant", async () => {
  await using world = await createPageWorld();
  const { anna } = world;
  const { id: note } = recordOf(
    await done(callTool(world, anna.token, "notes_create", { title: "A" })),
    "note",
  );
  await linkIn(callTool(world, anna.token, "notes_delete", { id: note }));
  const approval = await onlyOpen(world, anna);
  assert.deepEqual([approval.grantId, approval.clientName], ["", "test-client"]);
  const yes = await pageOf(world, anna).decide(approval, "yes");
  assert.ok(yes.ok);
  assert.equal(yes.answer.approval.status, "done");
  assert.deepEqual(await done(callTool(world, anna.token, "notes_delete", { id: note })), {
    ok: true,
    id: note,
  });
});
