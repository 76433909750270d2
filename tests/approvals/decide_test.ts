/** The person's click: it carries out exactly what was shown, once, whichever gateway it meets, and nothing where anything is not as it was. */
import { connect } from "../_support/oauth_flow.ts";
import assert from "node:assert/strict";
import { lastChange, NOTES, pullAll, push, pushesOf, readPush, stampAt } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import {
  type AppWorld,
  callTool,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "./_approvals.ts";

const DECLINED =
  "The call is not allowed (confirmation-declined): the person said no. Nothing was changed. " +
  "Do not call it again unless they ask for it.";

/** A note of the app's, and the question whether it may be deleted. */
async function askToDelete(world: AppWorld, title = "Shopping") {
  const { id } = recordOf(await done(callTool(world, world.app, "notes_create", { title })), "note");
  await linkIn(callTool(world, world.app, "notes_delete", { id }));
  return { id, approval: await onlyOpen(world, world.owner) };
}

/** The deletions of a note in the change log, as they are stored. */
async function deletionsOf(world: AppWorld, id: string) {
  return (await pullAll(world, world.owner, NOTES)).filter((change) =>
    change.id === id && change.op === "delete"
  );
}

Deno.test("a no deletes nothing, is told to the app once, and stands against a yes that comes later", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  const no = await page.decide(approval, "no");
  assert.ok(no.ok);
  assert.equal(no.answer.approval.status, "declined");
  assert.ok((await page.decide(approval, "no")).ok, "twice is no other answer");
  const yes = await page.decide(approval, "yes");
  assert.deepEqual([yes.ok, yes.ok || (yes.fault === "refused" && yes.code)], [false, "used"]);
  assert.deepEqual(await deletionsOf(world, id), []);
  assert.equal(await refusal(callTool(world, world.app, "notes_delete", { id })), DECLINED);
  // Told: the same call is a new question.
  const { id: next } = await linkIn(callTool(world, world.app, "notes_delete", { id }));
  assert.notEqual(next, approval.id);
});

Deno.test("the same call again gives the same link, whatever order its arguments come in, and other arguments another one", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  assert.equal((await linkIn(callTool(world, world.app, "notes_delete", { id }))).id, approval.id);
  assert.equal((await linkIn(callTool(world, world.app, "notes.delete", { id }))).id, approval.id);
  assert.equal(
    (await linkIn(callTool(world, world.app, "records_delete", { module: "notes", id }))).id,
    approval.id,
  );
  const other =
    recordOf(await done(callTool(world, world.app, "notes_create", { title: "Other" })), "note").id;
  assert.notEqual((await linkIn(callTool(world, world.app, "notes_delete", { id: other }))).id, approval.id);
  await pageOf(world, world.owner).decide(approval, "yes");
  assert.equal((await deletionsOf(world, other)).length, 0, "a yes is for one call alone");
});

Deno.test("a double click, and clicks at two gateways at once, store the same bytes", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  let turn = 0;
  // Every second request of the pages goes to another gateway over the same services.
  world.interceptPages = (request) => turn++ % 2 === 0 ? undefined : world.sdkOnly.fetch(request);
  const shownAt = new Date(world.clock.now).toISOString();
  const clicks = await Promise.all([1, 2, 3, 4].map(() => page.decide(approval, "yes", { shownAt })));
  for (const click of clicks) {
    assert.ok(click.ok, JSON.stringify(click));
    assert.equal(click.answer.approval.status, "done");
  }
  const deletions = await deletionsOf(world, id);
  assert.ok(deletions.length >= 1);
  const stored = deletions.map(({ deletedAt, actor, spaceId }) =>
    JSON.stringify([deletedAt, actor, spaceId])
  );
  assert.deepEqual(new Set(stored).size, 1);
  // And a click long after pushes nothing.
  const before = pushesOf(world).length;
  assert.ok((await page.decide(approval, "yes")).ok);
  assert.equal(pushesOf(world).length, before);
});

Deno.test("what the click stores is signed as the app's own call, and named by the app", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
  const { actor } = await lastChange(world, world.owner, NOTES, id);
  const { actor: made } = (await pullAll(world, world.owner, NOTES)).find((change) => change.id === id) ??
    {};
  assert.ok(actor && made);
  assert.match(String(actor.principalId), /^mana-mcp:app:[0-9a-f]{32}$/);
  assert.equal(actor.principalId, made.principalId, "the pseudonym of the app, as in its other calls");
  assert.deepEqual([actor.kind, actor.displayName, actor.rationale], ["ai", "Test app", "notes.delete"]);
  assert.match(String(actor.iterationId), /^[0-9a-f]{32}\.[0-9a-f]{32}$/);
});

Deno.test("a record that changed after the page was made: the new state is shown, and only a click on that counts", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const { spaceId } = await lastChange(world, world.owner, NOTES, id);
  const at = stampAt(world);
  await push(world, world.owner, NOTES, [
    { id, op: "update", spaceId, fields: { title: { value: "Diary", at } } },
  ]);
  const page = pageOf(world, world.owner);
  const early = await page.decide(approval, "yes");
  assert.ok(!early.ok && early.fault === "refused");
  assert.equal(early.code, "changed");
  assert.deepEqual(await deletionsOf(world, id), []);
  const now = early.approval;
  assert.ok(now);
  assert.deepEqual([now.status, now.hasChanged, now.rows[0]?.title], ["open", true, "Diary"]);
  assert.ok((await page.decide(now, "yes")).ok);
  assert.equal((await deletionsOf(world, id)).length, 1);
});

Deno.test("an edit that was made after the page was shown wins over what the click stores", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const shownAt = new Date(world.clock.now).toISOString();
  world.clock.now += 60_000;
  assert.ok((await pageOf(world, world.owner).decide(approval, "yes", { shownAt })).ok);
  const [deletion] = await deletionsOf(world, id);
  assert.equal(deletion?.deletedAt, shownAt, "the stamp is of what was shown, not of the click");
});

Deno.test("a record that is gone already: nothing is left to be decided, and nothing is stored", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const { spaceId } = await lastChange(world, world.owner, NOTES, id);
  await push(world, world.owner, NOTES, [{ id, op: "delete", spaceId, deletedAt: stampAt(world) }]);
  const late = await pageOf(world, world.owner).decide(approval, "yes");
  assert.ok(!late.ok && late.fault === "refused");
  assert.deepEqual([late.code, late.approval?.status], ["changed", "changed"]);
  assert.equal((await deletionsOf(world, id)).length, 1);
});

Deno.test("after ten minutes there is nothing to decide any more; the app's call is a new question", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  world.clock.now += 10 * 60_000;
  const page = pageOf(world, world.owner);
  for (const decision of ["yes", "no"] as const) {
    const late = await page.decide(approval, decision);
    assert.ok(!late.ok && late.fault === "refused");
    assert.deepEqual([late.code, late.approval?.status], ["expired", "expired"]);
  }
  assert.deepEqual(await deletionsOf(world, id), []);
});

Deno.test("an app whose access ended, or that may no longer delete, gets nothing done by a click", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  const cases = [
    [null, "grant-ended"],
    [{ isLive: false, scope: "mana:destructive" }, "grant-ended"],
    [{ isLive: true, scope: "notes:read notes:write todo:destructive" }, "scope-gone"],
    [{ isLive: true, scope: "notes:destructive space:another" }, "scope-gone"],
  ] as const;
  for (const [grant, code] of cases) {
    const refused = await page.decide(approval, "yes", { grant });
    assert.ok(!refused.ok && refused.fault === "refused", JSON.stringify(grant));
    assert.equal(refused.code, code);
  }
  assert.deepEqual(await deletionsOf(world, id), []);
  // The question stays open, and a no is taken from everybody's page.
  assert.ok((await page.decide(approval, "no", { grant: null })).ok);
});

Deno.test("somebody else's approval is unknown, as one that never was", async () => {
  await using world = await createAppWorld();
  const { approval } = await askToDelete(world);
  const ben = await world.person("ben");
  const theirs = await pageOf(world, ben).decide(approval, "yes");
  const never = await pageOf(world, ben).decide({ ...approval, id: "0".repeat(32) }, "yes");
  assert.ok(!theirs.ok && theirs.fault === "refused");
  assert.deepEqual(theirs, never);
  assert.equal(theirs.code, "approval-unknown");
  assert.deepEqual(await pageOf(world, ben).list(), []);
  assert.equal((await onlyOpen(world, world.owner)).status, "open");
});

Deno.test("a lost answer is told as unknown, and the same click completes it with the same bytes", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.endsWith("/sync/notes")) return undefined;
    await world.backend.sync.fetch(request);
    return new Response("lost", { status: 503 });
  };
  const lost = await page.decide(approval, "yes");
  assert.ok(lost.ok, JSON.stringify(lost));
  assert.equal(lost.answer.approval.status, "unknown");
  world.intercept = null;
  const again = await page.decide(approval, "yes");
  assert.ok(again.ok);
  assert.equal(again.answer.approval.status, "done");
  const stored = (await deletionsOf(world, id)).map((change) =>
    JSON.stringify([change.deletedAt, change.actor])
  );
  assert.equal(new Set(stored).size, 1);
});

Deno.test("a click that met no sync service keeps the question open; the next click does it", async () => {
  await using world = await createAppWorld();
  const { id, approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  for (const path of ["/sync/mcp", "/sync/notes"]) {
    world.intercept = (request) =>
      request.method === "POST" && request.url.endsWith(path)
        ? new Response("no", { status: 402 })
        : undefined;
    const down = await page.decide(approval, "yes");
    assert.ok(!down.ok && down.fault === "refused", JSON.stringify(down));
    assert.equal(down.code, "sync-down");
    world.intercept = null;
    assert.deepEqual(await deletionsOf(world, id), []);
    assert.equal((await onlyOpen(world, world.owner)).id, approval.id);
  }
  // The yes that was stored counts, and not the later click: both store the same bytes.
  const shownAt = new Date(world.clock.now).toISOString();
  world.clock.now += 30_000;
  const yes = await page.decide(approval, "yes");
  assert.ok(yes.ok);
  assert.equal(yes.answer.approval.status, "done");
  assert.equal((await deletionsOf(world, id))[0]?.deletedAt, shownAt);
});

Deno.test("an approval of yesterday is cleared away at the next visit", async () => {
  await using world = await createAppWorld();
  const { approval } = await askToDelete(world);
  const page = pageOf(world, world.owner);
  world.clock.now += 23 * 60 * 60_000;
  assert.deepEqual((await page.list()).map(({ id, status }) => [id, status]), [[approval.id, "expired"]]);
  world.clock.now += 61 * 60_000;
  assert.deepEqual(await page.list(), []);
  const removed = pushesOf(world).flatMap((call) => readPush(call).changes).filter(({ op }) =>
    op === "delete"
  );
  assert.deepEqual(new Set(removed.map(({ id }) => id)), new Set([approval.id]));
});

Deno.test("an approval of yesterday is cleared away when an app asks again, though the person never looks", async () => {
  await using world = await createAppWorld();
  const { approval } = await askToDelete(world, "Old");
  world.clock.now += 25 * 60 * 60_000;
  await world.owner.refresh();
  const allow = ["notes:read", "notes:write", "notes:destructive"];
  const { access } = await connect(world, world.anna, { allow });
  await askToDelete(Object.assign(world, { app: access }), "New");
  const removed = pushesOf(world).flatMap((call) => readPush(call).changes).filter(({ op }) =>
    op === "delete"
  );
  assert.deepEqual(new Set(removed.map(({ id }) => id)), new Set([approval.id]));
});

Deno.test("nothing of a question is stored in clear, and only in the person's own space", async () => {
  await using world = await createAppWorld();
  await askToDelete(world, "A secret title");
  const pushes = pushesOf(world).filter(({ url }) => url.endsWith("/sync/mcp"));
  assert.ok(pushes.length > 0);
  for (const call of pushes) {
    assert.ok(!/secret|notes|Test app/.test(call.body), call.body);
    for (const change of readPush(call).changes) {
      assert.equal(change.spaceId, `_personal:${world.owner.id}`);
    }
  }
});
