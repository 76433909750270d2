import assert from "node:assert/strict";
import { MAX_UNCONFIRMED_CHARS, VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../../lib/kit/limits.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { cipher, sealWith } from "../records/_sealed_notes.ts";
import { authorshipWith, readChange } from "../authorship/_log.ts";
import {
  at,
  CALL,
  callerOf,
  createHarness,
  habits,
  type Harness,
  KEY_A,
  KEY_B,
  notes,
  refusalOf,
  shared,
  update,
} from "../records/_harness.ts";

const { signal } = new AbortController();
const AFTER_MS = VAULT_BELIEF_MS - VAULT_RENEWAL_MS;

/** What a key opens of a value, as a device that has only this key. */
async function openWith(raw: Uint8Array<ArrayBuffer>, value: unknown): Promise<unknown> {
  const key = await createMasterKeys().import(hideStrictly(raw.toBase64()));
  assert.ok(key !== null && typeof value === "string");
  const opened = await cipher.open(key, value);
  return opened.ok ? opened.value : `closed: ${opened.reason}`;
}

const kinds = (h: Harness) => h.observed.map(({ kind, table, count }) => `${kind} ${table} ${count}`);
const lastRow = (h: Harness) => h.services.rows.at(-1) ?? assert.fail("nothing is stored");

/** Lets the time pass that a written key waits for, and looks. */
async function later(h: Harness, ms = AFTER_MS): Promise<void> {
  h.clock += ms;
  await h.store.settle();
}

Deno.test("what was sealed with a key that was replaced meanwhile is sealed and pushed again, with stamps that win", async () => {
  const h = createHarness();
  const made = await h.write().insert(notes, { title: "secret", content: "text", tags: ["a"] });
  h.services.vault.set("anna", { key: KEY_B });
  const [timer, ...more] = h.timers;
  assert.deepEqual([timer?.at, more.length], [h.clock + AFTER_MS, 0]);
  await later(h);
  assert.equal(h.services.pushes().length, 2);
  const { app, clientId, change } = lastRow(h);
  assert.deepEqual([app, clientId, change.op, change.id], ["notes", "mana-mcp", "update", made.id]);
  assert.equal(change.spaceId, "org-anna");
  assert.deepEqual(Object.keys(change.fields ?? {}), ["title", "content"]);
  assert.equal(await openWith(KEY_B, change.fields?.title?.value), "secret");
  assert.equal(await openWith(KEY_B, change.fields?.content?.value), "text");
  for (const field of Object.values(change.fields ?? {})) {
    assert.ok(field.at > String(h.services.rows[0]?.change.data?.createdAt));
    assert.equal(field.updatedAt, field.at);
  }
  assert.deepEqual(kinds(h), ["resealed notes/notes 1"]);
  assert.equal((await h.read().get(notes, made.id)).title, "secret");
  // What was sealed again is looked at again, and found right.
  await later(h);
  await later(h);
  assert.equal(h.services.pushes().length, 2);
  assert.equal(h.services.keyFetches(), 3);
});

Deno.test("what is sealed again is signed anew with the new key, as the call and the tool that wrote it", async () => {
  const h = createHarness();
  const client = { id: "c", name: "Claude", appKey: "app-key", tokenId: "t", grantId: "g" };
  const { principal, ...caller } = callerOf("anna");
  await h.write({ caller: { ...caller, principal: { ...principal, client } } })
    .writeTogether(async (rows) => {
      await rows.insert(notes, { title: "one" });
      await rows.insert(notes, { title: "two" });
    });
  h.services.vault.set("anna", { key: KEY_B });
  await later(h);
  const rows = h.services.rows.map(({ change }) => readChange(change));
  const writersWith = async (key: Uint8Array) => {
    const verifier = await (await authorshipWith(key.toBase64())).verifierFor(callerOf("anna"), signal);
    return rows.map((row) => verifier.writerOf("notes", "notes", row));
  };
  const [before, after] = [await writersWith(KEY_A), await writersWith(KEY_B)];
  assert.deepEqual(before.map(({ kind }) => kind), ["app", "app", "unverified", "unverified"]);
  assert.deepEqual(after.map(({ kind }) => kind), ["unverified", "unverified", "app", "app"]);
  const [first, second] = [before[0], after[2]];
  assert.ok(first?.kind === "app" && second?.kind === "app");
  // The pseudonym is of the key as well: it is another one now.
  assert.deepEqual({ ...second, pseudonym: "" }, { ...first, pseudonym: "" });
  assert.deepEqual([second.callId, second.tool], [CALL, "notes.test"]);
});

Deno.test("writing for a minute costs a look at the key per twelve seconds, and nobody waits for one after the first", async () => {
  const h = createHarness();
  let waited = 0;
  h.services.intercept = ({ url }) => {
    if (url.pathname.endsWith("/key") && isWriting) waited += 1;
    return undefined;
  };
  let isWriting = false;
  for (let second = 0; second < 60; second++) {
    isWriting = true;
    await h.write().insert(notes, { title: `${second}` });
    isWriting = false;
    h.clock += 1_000;
    for (const timer of [...h.timers]) {
      if (timer.at > h.clock) continue;
      h.timers.delete(timer);
      await h.store.settle();
    }
  }
  assert.equal(waited, 1);
  assert.equal(h.services.keyFetches(), 1 + 60_000 / AFTER_MS);
  assert.equal(h.services.vaultChecks(), 0);
  assert.equal(h.services.pushes().length, 60);
  await later(h);
  assert.equal(h.timers.size, 0, "nothing is held once it is confirmed");
});

Deno.test("an update is sealed again in the fields that it sealed", async () => {
  const h = createHarness();
  const { id } = await h.write().insert(notes, { title: "a", content: "b" });
  await later(h);
  await h.write().update(notes, id, () => ({ content: "c", isPinned: true }));
  h.services.vault.set("anna", { key: KEY_B });
  await later(h);
  const { change } = lastRow(h);
  assert.deepEqual(Object.keys(change.fields ?? {}), ["content"]);
  assert.equal(await openWith(KEY_B, change.fields?.content?.value), "c");
});

Deno.test("what another device has written since is not touched, and what it deleted stays deleted", async () => {
  const h = createHarness();
  const { id } = await h.write().insert(notes, { title: "ours", content: "ours too" });
  const gone = await h.write().insert(notes, { title: "gone" });
  h.services.vault.set("anna", { key: KEY_B });
  h.clock += AFTER_MS;
  const stamp = new Date(h.clock).toISOString();
  h.services.write("anna", "notes", [
    update("notes", id, stamp, { title: await sealWith(KEY_B, "theirs") }, "org-anna"),
    { table: "notes", id: gone.id, op: "delete", spaceId: "org-anna", deletedAt: stamp },
  ]);
  await later(h);
  assert.deepEqual(Object.keys(lastRow(h).change.fields ?? {}), ["content"]);
  assert.equal(h.services.pushes().length, 3);
  const read = await h.read().get(notes, id);
  assert.deepEqual([read.title, read.content], ["theirs", "ours too"]);
  assert.equal((await refusalOf(h.read().get(notes, gone.id))).reason, "record-not-found");
});

Deno.test("a push of which nobody knows what became is looked at like one that was stored", async () => {
  const h = createHarness();
  let isLost = true;
  h.services.intercept = ({ method, url, body }) => {
    if (method !== "POST" || !isLost) return undefined;
    const [change] = JSON.parse(body).changes;
    if (h.services.rows.length === 0) h.services.write("anna", "notes", [change]);
    assert.equal(url.pathname, "/sync/notes");
    throw new TypeError("connection reset");
  };
  const refusal = await refusalOf(h.write().insert(notes, { title: "secret" }));
  assert.equal(refusal.reason, "write-unknown");
  isLost = false;
  h.services.vault.set("anna", { key: KEY_B });
  await later(h);
  assert.equal(await openWith(KEY_B, lastRow(h).change.fields?.title?.value), "secret");
});

Deno.test("while vault or sync service are away it is tried again, and given up with the token", async () => {
  for (const away of ["/key", "/pull", "POST"]) {
    const h = createHarness();
    const caller = callerOf("anna");
    const expiresAt = h.clock / 1000 + 100;
    const until = { ...caller, principal: { ...caller.principal, expiresAt } };
    await h.write({ caller: until }).insert(notes, { title: "secret" });
    h.services.vault.set("anna", { key: KEY_B });
    h.services.intercept = ({ url, method }) =>
      url.pathname.endsWith(away) || method === away ? new Response(null, { status: 503 }) : undefined;
    await later(h);
    assert.deepEqual([...h.timers].map((timer) => timer.at), [h.clock + VAULT_BELIEF_MS], away);
    assert.deepEqual(kinds(h), []);
    h.services.intercept = () => undefined;
    await later(h, VAULT_BELIEF_MS);
    assert.deepEqual(kinds(h), ["resealed notes/notes 1"], away);

    await h.write({ caller: until }).insert(notes, { title: "secret" });
    h.clock = expiresAt * 1000;
    const before = h.services.requests.length;
    await h.store.settle();
    assert.equal(h.services.requests.length, before, "an ended token is not sent");
    assert.deepEqual(kinds(h), [
      "resealed notes/notes 1",
      "unconfirmed notes/notes 1",
      "unconfirmed notes/notes 1",
    ]);
    assert.equal(h.timers.size, 0);
  }
});

Deno.test("with zero-knowledge there is no key to seal with: given up, and counted", async () => {
  const h = createHarness();
  await h.write().insert(notes, { title: "secret" });
  h.services.vault.set("anna", "zero-knowledge");
  await later(h);
  assert.deepEqual(kinds(h), ["unconfirmed notes/notes 1"]);
  assert.equal(h.services.pushes().length, 1);
  assert.equal(h.timers.size, 0);
});

Deno.test("a person's looks come one after the other, and people do not wait for each other", async () => {
  const h = createHarness();
  await h.write().insert(notes, { title: "anna's" });
  await h.write({ subject: "ben" }).insert(notes, { title: "ben's" });
  for (const name of ["anna", "ben"]) h.services.vault.set(name, { key: KEY_A.map((byte) => byte + 1) });
  h.clock += AFTER_MS;
  await Promise.all([h.store.settle(), h.store.settle(), h.store.settle()]);
  assert.equal(h.services.pushes().length, 4);
  assert.deepEqual(kinds(h), ["resealed notes/notes 1", "resealed notes/notes 1"]);
});

Deno.test("what is not sealed waits for nothing, and what waits is bounded and ends with the store", async () => {
  const h = createHarness();
  await h.write().insert(habits, { title: "Run" });
  await h.write({ space: shared("team") }).insert(notes, { title: "for all" });
  assert.equal(h.timers.size, 0);
  const content = "x".repeat(5 * 1024 * 1024);
  for (let round = 0; round < 4; round++) await h.write().insert(notes, { title: "long", content });
  assert.ok(3 * content.length * 4 / 3 > MAX_UNCONFIRMED_CHARS);
  assert.deepEqual(kinds(h), ["unconfirmed notes/notes 1"]);
  assert.equal(h.timers.size, 1);
  h.store.close();
  assert.equal(h.timers.size, 0);
  const before = h.services.requests.length;
  await h.store.settle();
  await h.write().insert(notes, { title: "last" });
  assert.equal(h.timers.size, 0);
  assert.equal(h.services.requests.length, before + 1);
});

Deno.test("a stamp that no clock can beat is met by the same stamp: the later arrival wins", async () => {
  const h = createHarness();
  const { id } = await h.write().insert(notes, { title: "a" });
  const [row] = h.services.rows;
  assert.ok(row);
  const title = row.change.data?.title;
  const last = "9999-12-31T23:59:59.999Z";
  h.services.write("anna", "notes", [update("notes", id, last, { title }, "org-anna")]);
  h.services.vault.set("anna", { key: KEY_B });
  await later(h);
  assert.equal(lastRow(h).change.fields?.title?.at, last);
  assert.equal((await h.read().get(notes, id)).title, "a");
  assert.ok(at(0) < last);
});
