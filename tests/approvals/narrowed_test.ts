/**
 * What an app asked the person for while its grant showed more: the app is told what became of it, and no text that its grant does not show
 * any more. The person's own page shows all.
 */
import assert from "node:assert/strict";
import { recordOf } from "../_support/listed.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { narrowApps, recordsEntry } from "../_support/narrowed.ts";
import {
  type AppWorld,
  callTool,
  connectAs,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "./_approvals.ts";

const ALL = ["read", "write", "destructive"];
const NOTHING_OF_IT = { rules: [{ collection: "notes/notes", access: ALL, fields: ["color"] }] };
const TITLES = { rules: [{ collection: "notes/notes", access: ALL, fields: ["title"] }] };

async function makeNote(world: AppWorld): Promise<string> {
  return recordOf(await done(callTool(world, world.app, "notes_create", { title: "Shopping" })), "note").id;
}

Deno.test("an outcome of before the grant was narrowed is told as its status alone, and nothing is done twice", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const id = await makeNote(world);
  const asked = await linkIn(callTool(world, app, "notes_delete", { id }));
  const page = pageOf(world, owner);
  const decided = await page.decide(await onlyOpen(world, owner), "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  narrowApps(world, NOTHING_OF_IT);
  assert.deepEqual(await done(callTool(world, app, "approvals_get", { id: asked.id })), { status: "done" });
  narrowApps(world, null);
  const whole = await done(callTool(world, app, "approvals_get", { id: asked.id }));
  assert.deepEqual(whole, { status: "done", result: { ok: true, id } });
  const shown = await page.read(asked.id);
  assert.ok(shown.ok);
  assert.match(JSON.stringify(shown.answer), /Shopping/);
});

Deno.test("the same call, made again after the grant was narrowed, says that it was done and not what came of it", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const id = await makeNote(world);
  await linkIn(callTool(world, app, "notes_delete", { id }));
  const decided = await pageOf(world, owner).decide(await onlyOpen(world, owner), "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  narrowApps(world, TITLES);
  const words = await refusal(callTool(world, app, "notes_delete", { id }));
  assert.match(words, /^This was done: the person has allowed it\. What came of it is not told/);
  assert.ok(!words.includes(id));
  // It counts as told, so the same call is a new one: of a record that is gone.
  assert.match(await refusal(callTool(world, app, "notes_delete", { id })), /^No note with id/);
});

Deno.test("a question that waits names nothing to an app whose grant was narrowed meanwhile", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const id = await makeNote(world);
  const capabilities = { elicitation: { url: {} } };
  const ask = () => callTool(world, app, "notes_delete", { id }, { capabilities });
  assert.match(JSON.stringify(await ask()), /Shopping/);
  narrowApps(world, NOTHING_OF_IT);
  const asked = JSON.stringify(await ask());
  assert.match(asked, /A call of this app waits for you/);
  assert.ok(!asked.includes("Shopping"));
  assert.match((await onlyOpen(world, owner)).sentence, /Shopping/);
});

Deno.test("with the same document an outcome is told on the day of the question, and as its status alone on the next", async () => {
  await using world = await createAppWorld();
  const { owner } = world;
  const id = await makeNote(world);
  // 23:50 in Berlin: the question waits for longer than the day does.
  world.clock.now = Date.parse("2026-03-01T22:50:00.000Z");
  const fresh = await connectAs(world, "App of the night", {
    allow: ["notes:read", "notes:write", "notes:destructive"],
  });
  narrowApps(world, TITLES);
  const asked = await linkIn(callTool(world, fresh, "notes_delete", { id }));
  const decided = await pageOf(world, owner).decide(await onlyOpen(world, owner), "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  const told = () => done(callTool(world, fresh, "approvals_get", { id: asked.id }));
  assert.deepEqual(await told(), { status: "done", result: { ok: true, id } });
  world.clock.now = Date.parse("2026-03-01T23:00:01.000Z");
  assert.deepEqual(await told(), { status: "done" });
});

Deno.test("a yes to a change that the grant allows no more carries nothing out: the narrower of the two counts", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const id = await makeNote(world);
  await linkIn(callTool(world, app, "notes_delete", { id }));
  const approval = await onlyOpen(world, owner);
  const page = pageOf(world, owner);
  const decide = (rules: readonly object[]) => {
    const details = [recordsEntry({ rules })];
    const scope = "mana:read mana:write mana:destructive";
    return page.decide(approval, "yes", { grant: { isLive: true, scope, authorization_details: details } });
  };
  const notes = { collection: "notes/notes" };
  const pinned = [{ field: "isPinned", op: "eq", value: true }];
  for (
    const rules of [
      [],
      [{ ...notes, access: ["read", "write"] }],
      [{ ...notes, access: ALL, where: pinned }],
      [{ ...notes, access: ALL, unknown: true }],
    ]
  ) {
    const decided = await decide(rules);
    assert.ok(
      !decided.ok && decided.fault === "refused" && decided.code === "scope-gone",
      JSON.stringify(decided),
    );
  }
  assert.ok(!(await pullAll(world, owner, NOTES)).some(({ op }) => op === "delete"));
  const decided = await decide([{ ...notes, access: ALL, fields: ["color"] }]);
  assert.ok(decided.ok, JSON.stringify(decided));
  assert.ok((await pullAll(world, owner, NOTES)).some(({ op }) => op === "delete"));
});
