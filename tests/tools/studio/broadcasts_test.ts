import assert from "node:assert/strict";
import {
  masterKey,
  pushInsert,
  pushUpdate,
  seal,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

const CAMPAIGNS: WireTable = { app: "broadcasts", table: "broadcastCampaigns" };
const GIVEN = {
  name: "Frühling",
  subject: "Neues aus dem Garten",
  fromName: "Anna",
  fromEmail: "anna@garten.test",
  text: "Hallo!\n\nDie Tulpen blühen.",
};

Deno.test("broadcasts: a draft is written, listed without its text, read with it, changed and deleted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = String((await callOk(world, anna, "broadcasts_save", GIVEN)).id);
  const { rows: [row] } = await listed(world, anna, "broadcasts_list", { query: "garten" });
  assert.deepEqual([row?.id, row?.name, row?.status, row?.text], [id, "Frühling", "draft", undefined]);
  const read = await callOk(world, anna, "broadcasts_read", { id });
  assert.equal(read.text, GIVEN.text);
  assert.doesNotMatch(JSON.stringify(read), /tiptap|audience/);
  const changed = { id, subject: "Anders" };
  assert.deepEqual(await callOk(world, anna, "broadcasts_save", changed), { id, changed: true });
  assert.deepEqual(await callOk(world, anna, "broadcasts_save", changed), { id, changed: false });
  await deleteWithYes(world, anna, "broadcasts_delete", { id });
  assert.deepEqual((await listed(world, anna, "broadcasts_list")).rows, []);
});

Deno.test("broadcasts: what was sent is neither changed nor deleted", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = String((await callOk(world, anna, "broadcasts_save", GIVEN)).id);
  await pushUpdate(world, anna, CAMPAIGNS, id, { status: "sent" });
  await withoutPush(world, async () => {
    const words = /id: this newsletter is sent; only drafts are changed or deleted here/;
    assert.match(await callRefused(world, anna, "broadcasts_save", { id, subject: "x" }), words);
    assert.match(await deleteRefused(world, anna, "broadcasts_delete", { id }), words);
  });
  assert.deepEqual((await listed(world, anna, "broadcasts_list", { status: "draft" })).rows, []);
});

Deno.test("broadcasts: a sender is needed, an address must be an address, unknown ids are not found", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const refused = (args: Record<string, unknown>) => callRefused(world, anna, "broadcasts_save", args);
  await withoutPush(world, async () => {
    assert.match(
      await refused({ name: "x", fromName: "Anna" }),
      /fromName, fromEmail: a new newsletter needs both, and the person's settings have none/,
    );
    assert.match(await refused({ ...GIVEN, fromEmail: "nobody" }), /fromEmail: expected an email address/);
    assert.equal(await refused({ id: "no", name: "x" }), notFound("newsletter", "no"));
    assert.equal(
      await callRefused(world, anna, "broadcasts_read", { id: "no" }),
      notFound("newsletter", "no"),
    );
  });
});

Deno.test("broadcasts.read: a newsletter that has only a formatted text is shown with an empty text", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, CAMPAIGNS, "b1", {
    name: await seal(key, "Alt"),
    subject: await seal(key, ""),
    fromName: await seal(key, "Anna"),
    fromEmail: await seal(key, "anna@garten.test"),
    content: await seal(key, { tiptap: { type: "doc" } }),
    status: "sent",
  });
  assert.equal((await callOk(world, anna, "broadcasts_read", { id: "b1" })).text, "");
});

Deno.test("broadcasts.save: the sender of a new draft is that of the settings, unless the call gives another (rule 2)", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, { app: "broadcasts", table: "broadcastSettings" }, "broadcast-settings", {
    userId: anna.id,
    spaceId: undefined,
    authorId: undefined,
    visibility: undefined,
    defaultFromName: await seal(key, "Gartenpost"),
    defaultFromEmail: await seal(key, "post@garten.test"),
    defaultReplyTo: await seal(key, "anna@garten.test"),
  });
  const sender = async (args: Record<string, unknown>) => {
    const { id } = await callOk(world, anna, "broadcasts_save", { name: "x", ...args });
    const { fromName, fromEmail, replyTo } = Object(
      (await callOk(world, anna, "broadcasts_read", { id })).newsletter,
    );
    return [fromName, fromEmail, replyTo];
  };
  assert.deepEqual(await sender({}), ["Gartenpost", "post@garten.test", "anna@garten.test"]);
  assert.deepEqual(
    await sender({ fromName: "Anna", replyTo: "ben@garten.test" }),
    ["Anna", "post@garten.test", "ben@garten.test"],
  );
  assert.deepEqual(await sender({ clear: ["replyTo"] }), ["Gartenpost", "post@garten.test", null]);
});

Deno.test("broadcasts.read: a text that no result has room for is read on from an offset", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const text = `a${"🌷".repeat(15_000)}`;
  const { id } = await callOk(world, anna, "broadcasts_save", { ...GIVEN, text });
  let read = "";
  let offset: unknown = 0;
  for (let portions = 0; offset !== undefined; portions++) {
    assert.ok(portions < 10);
    const portion = await callOk(world, anna, "broadcasts_read", { id, offset });
    assert.equal(Object(portion.newsletter).clipped, undefined);
    read += String(portion.text);
    offset = portion.nextOffset;
  }
  assert.ok(read === text);
  assert.match(
    await callRefused(world, anna, "broadcasts_read", { id, offset: 30_002 }),
    /offset: the text has only 30,?001 characters/,
  );
});
