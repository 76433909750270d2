/** An app whose client can show no form: the person decides on their own page, and only their yes there does what the app asked for. */
import assert from "node:assert/strict";
import { lastChange, NOTES } from "../_support/device.ts";
import { ISSUER } from "../_support/oauth_flow.ts";
import { recordOf } from "../_support/listed.ts";
import { callTool, createAppWorld, done, onlyOpen, pageOf, refusal } from "./_approvals.ts";

Deno.test("a refusal that waits for the person has the way to their page for programs too, and nothing of the record", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const { id } = recordOf(await done(callTool(world, app, "notes_create", { title: "Shopping" })), "note");
  const waits = await callTool(world, app, "notes_delete", { id });
  const { id: approval, until } = await onlyOpen(world, owner);
  const url = `${ISSUER}/approvals/${approval}`;
  assert.deepEqual(Object(waits._meta)["mana/approval"], {
    id: approval,
    url,
    until,
    title: "Delete a note",
  });
  assert.doesNotMatch(JSON.stringify(waits), /Shopping/);
  const other = await callTool(world, app, "notes_delete", { id: "00000000-0000-4000-8000-000000000000" });
  assert.equal(other.isError, true);
  assert.equal("mana/approval" in Object(other._meta), false);
});

Deno.test("an app that can show no form deletes a note by one click of the person", async () => {
  await using world = await createAppWorld();
  const { app, owner } = world;
  const content = "Milk, bread";
  const { id } = recordOf(
    await done(callTool(world, app, "notes_create", { title: "Shopping", content })),
    "note",
  );
  const words = await refusal(callTool(world, app, "notes_delete", { id }));
  const approval = await onlyOpen(world, owner);
  assert.equal(
    words,
    // Nothing of the record: clients write the texts of refusals into logs.
    `Not done: the person has to allow this. Ask them to open ${ISSUER}/approvals/${approval.id} and decide there (10 minutes). ` +
      `Then call approvals_get with the id ${approval.id}, or make this call again.`,
  );
  assert.equal(approval.tool, "notes.delete");
  assert.equal(approval.clientName, "Test app");
  assert.deepEqual(approval.rows.map(({ record, title, op, fields }) => ({ record, title, op, fields })), [{
    record: "note",
    title: "Shopping",
    op: "delete",
    fields: [
      { name: "title", before: "Shopping", after: null },
      { name: "content", before: content, after: null },
    ],
  }]);
  const decided = await pageOf(world, owner).decide(approval, "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  assert.equal(decided.answer.approval.status, "done");
  const change = await lastChange(world, owner, NOTES, id);
  assert.equal(change.op, "delete");
  assert.deepEqual(await done(callTool(world, app, "notes_delete", { id })), { ok: true, id });
  // Told once: the same call is a new one then, and there is no such note any more.
  assert.match(await refusal(callTool(world, app, "notes_delete", { id })), /^No note with id/);
});
