/** What an app is told is what the page says, whatever is lost on the way and whatever is pressed at the same moment. */
import assert from "node:assert/strict";
import { recordOf } from "../_support/listed.ts";
import { type AppWorld, callTool, createAppWorld, done, onlyOpen, pageOf, refusal } from "./_approvals.ts";

Deno.test("a yes and a no at the same moment: the app is told what the page says", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const { id, approval } = await ask(world);
  const page = pageOf(world, owner);
  await Promise.all([page.decide(approval, "yes"), page.decide(approval, "no")]);
  const shown = await page.read(approval.id);
  assert.ok(shown.ok, JSON.stringify(shown));
  const told = await done(callTool(world, app, "approvals_get", { id: approval.id }));
  assert.equal(told.status, shown.answer.approval.status);
  const found = callTool(world, app, "notes_read", { id });
  if (told.status === "done") await refusal(found);
  else await done(found);
});

Deno.test("the note of a yes that was carried out is lost: the next look of the person makes up for it, and the app is told", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const { approval } = await ask(world);
  const page = pageOf(world, owner);
  let isStored = false;
  world.intercept = (request) => {
    if (request.method !== "POST") return undefined;
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/sync/notes")) isStored = true;
    return isStored && pathname.endsWith("/sync/mcp")
      ? Promise.resolve(new Response("down", { status: 503 }))
      : undefined;
  };
  const first = await page.decide(approval, "yes");
  assert.ok(first.ok, JSON.stringify(first));
  assert.equal(first.answer.approval.status, "done");
  world.intercept = null;
  assert.equal((await done(callTool(world, app, "approvals_get", { id: approval.id }))).status, "unknown");
  const again = await page.read(approval.id);
  assert.ok(again.ok, JSON.stringify(again));
  assert.equal((await done(callTool(world, app, "approvals_get", { id: approval.id }))).status, "done");
});

/** A note, and the app's question whether it may be deleted. */
async function ask(world: AppWorld) {
  const { app, owner } = world;
  const made = await done(callTool(world, app, "notes_create", { title: "Shopping", content: "Milk" }));
  const { id } = recordOf(made, "note");
  await refusal(callTool(world, app, "notes_delete", { id }));
  return { id, approval: await onlyOpen(world, owner) };
}
