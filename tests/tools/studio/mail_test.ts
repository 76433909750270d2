import assert from "node:assert/strict";
import { lastChange, masterKey, open, type WireTable, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const DRAFTS: WireTable = { app: "mail", table: "mailDrafts" };

Deno.test("mail: a draft is written, found by its words, changed and deleted; nothing is sent", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = { to: "ben@post.test", subject: "Termin", body: "Passt Dir Montag?" };
  const { id } = await callOk(world, anna, "mail_save_draft", given);
  await callOk(world, anna, "mail_save_draft", { subject: "Anderes" });
  const { rows: [found, ...more] } = await listed(world, anna, "mail_drafts", { query: "montag" });
  assert.equal(more.length, 0);
  assert.deepEqual({ ...found, ...given, id }, found);
  const changed = { id, body: "Passt Dir Dienstag?" };
  assert.deepEqual(await callOk(world, anna, "mail_save_draft", changed), { id, changed: true });
  assert.deepEqual(await callOk(world, anna, "mail_save_draft", changed), { id, changed: false });
  const { fields } = await lastChange(world, anna, DRAFTS, id);
  assert.equal(await open(await masterKey(world, anna), fields?.body?.value), changed.body);
  await deleteWithYes(world, anna, "mail_delete_draft", { id });
  assert.deepEqual((await listed(world, anna, "mail_drafts")).rows.map(({ subject }) => subject), [
    "Anderes",
  ]);
  const services = new Set(world.upstreamCalls.map(({ url }) => new URL(url).pathname.split("/")[1]));
  assert.ok(!services.has("mail"), "only auth, sync and vault are asked");
});

Deno.test("mail.save_draft: nothing given, an unknown draft and a text that is too long are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    assert.match(
      await callRefused(world, anna, "mail_save_draft"),
      /nothing to change: give at least one field/,
    );
    const unknown = await callRefused(world, anna, "mail_save_draft", { id: "no", body: "x" });
    assert.equal(unknown, notFound("mail draft", "no"));
    assert.match(await callRefused(world, anna, "mail_save_draft", { body: "x".repeat(200_001) }), /body/);
  });
});
