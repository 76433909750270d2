import assert from "node:assert/strict";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import {
  at,
  createHarness,
  habits,
  insert,
  KEY_B,
  notes,
  personal,
  refusalOf,
  shared,
  unknownSpace,
  update,
} from "./_harness.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";

const team = { space: shared("team") };
const club = { space: shared("club") };
const ids = (listing: { rows: readonly { readonly id: string }[] }) =>
  listing.rows.map(({ id }) => id).toSorted();
const habit = (id: string, spaceId?: string | null, data: Record<string, unknown> = {}) =>
  insert("habits", id, { title: id, createdAt: at(0), ...data }, spaceId);

Deno.test("a space shows its own rows only; the personal one under all its names", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["org-anna", "team", "club"]));
  h.services.write("anna", "habits", [
    habit("none"),
    habit("null", null),
    habit("sentinel", "_personal:anna"),
    habit("org", "org-anna"),
    habit("in-data", undefined, { spaceId: "org-anna" }),
    habit("team", "team"),
  ]);
  h.services.write("ben", "habits", [
    habit("club", "club"),
    habit("bens"),
    habit("bens-sentinel", "_personal:ben"),
  ]);
  assert.deepEqual(ids(await h.read().list(habits)), ["in-data", "none", "null", "org", "sentinel"]);
  assert.deepEqual(ids(await h.read(team).list(habits)), ["team"]);
  assert.deepEqual(ids(await h.read(club).list(habits)), ["club"]);
  assert.equal(await h.read().count(habits), 5);
  // A person whose organization is not known sees what is stored under the person alone.
  const bare = { space: personal("anna") };
  assert.deepEqual(ids(await h.read(bare).list(habits)), ["none", "null", "sentinel"]);
  const unknown = { space: unknownSpace("anna", "team") };
  assert.deepEqual(ids(await h.read(unknown).list(habits)), ["none", "null", "sentinel", "team"]);
  for (const id of ["team", "club", "bens"]) {
    assert.equal((await refusalOf(h.read().get(habits, id))).reason, "record-not-found");
  }
});

Deno.test("a change goes where its record is stored: its readers keep seeing record and change together", async () => {
  const h = createHarness();
  h.services.write("anna", "habits", [
    habit("none"),
    habit("sentinel", "_personal:anna"),
    habit("org", "org-anna"),
  ]);
  const stored: unknown[] = [];
  for (const id of ["none", "sentinel", "org"]) {
    await h.write().update(habits, id, () => ({ title: "new" }));
    stored.push(h.services.rows.at(-1)?.change.spaceId);
  }
  assert.deepEqual(stored, [undefined, "_personal:anna", "org-anna"]);
  const bare = await h.read({ space: personal("anna") }).list(habits);
  assert.deepEqual(bare.rows.map(({ title }) => title), ["new", "new"]);
  await h.write().delete(habits, "none");
  assert.equal(await h.read({ space: personal("anna") }).count(habits), 1);
});

Deno.test("a co-member sees our change of a record that they made, and we see theirs", async () => {
  const h = createHarness();
  for (const person of ["anna", "ben"]) h.services.memberships.set(person, new Set(["team"]));
  const bens = h.write({ subject: "ben", ...team });
  const { id } = await bens.insert(habits, { title: "by ben" });
  await h.write(team).update(habits, id, ({ title }) => ({ title: `${title}, then anna` }));
  assert.equal((await bens.get(habits, id)).title, "by ben, then anna");
  h.clock += 1;
  await bens.update(habits, id, () => ({ title: "ben again" }));
  assert.equal((await h.read(team).get(habits, id)).title, "ben again");
  await h.write(team).delete(habits, id);
  assert.equal(await bens.count(habits), 0);
});

Deno.test("attack: somebody plants changes of a known id under a space we are in; our record stays as it is", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["org-anna", "team"]));
  const { id } = await h.write().insert(habits, { title: "mine" });
  h.services.write("eve", "habits", [
    update("habits", id, "9999-12-31T23:59:59.999Z", { title: "planted", deletedAt: at(9) }, "team"),
    { table: "habits", id, op: "delete", spaceId: "team" },
    { table: "habits", id, op: "delete", spaceId: "team", deletedAt: at(9) },
    insert(
      "habits",
      id,
      { title: "planted", createdAt: "9999-01-01T00:00:00.000Z", spaceId: "org-anna" },
      "team",
    ),
  ]);
  assert.equal((await h.read().get(habits, id)).title, "mine");
  // And our next change is not stamped by theirs.
  await h.write().update(habits, id, () => ({ title: "still mine" }));
  const { fields } = h.services.rows.at(-1)?.change ?? {};
  assert.equal(fields?.title?.at, "2026-05-20T10:00:00.001Z");
});

Deno.test("private rows of others are hidden in a shared space, from lists, get, count and writes", async () => {
  const h = createHarness();
  for (const person of ["anna", "ben"]) h.services.memberships.set(person, new Set(["team"]));
  h.services.write("ben", "habits", [
    habit("bens", "team", { visibility: "private", authorId: "ben" }),
    habit("annas", "team", { visibility: "private", authorId: "anna" }),
    habit("nobodys", "team", { visibility: "private" }),
    habit("open", "team", { visibility: "unlisted", authorId: "ben" }),
    habit("now-private", "team", { visibility: "space", authorId: "ben" }),
    update("habits", "now-private", at(5), { visibility: "private", authorId: "anna" }, "team"),
  ]);
  assert.deepEqual(ids(await h.read(team).list(habits)), ["annas", "open"]);
  assert.equal(await h.read(team).count(habits), 2);
  assert.deepEqual(ids(await h.read({ subject: "ben", ...team }).list(habits)), [
    "bens",
    "now-private",
    "open",
  ]);
  for (const id of ["bens", "nobodys", "now-private"]) {
    const expected = { reason: "record-not-found", record: "habit", id };
    assert.deepEqual(await refusalOf(h.read(team).get(habits, id)), expected);
    assert.deepEqual(await refusalOf(h.write(team).update(habits, id, () => ({ title: "x" }))), expected);
    assert.deepEqual(await refusalOf(h.write(team).delete(habits, id)), expected);
  }
  // One's own rows are one's own, whatever they say of their author.
  h.services.write("anna", "habits", [
    habit("mine", "_personal:anna", { visibility: "private" }),
    habit("mine too", "org-anna", { visibility: "private" }),
  ]);
  assert.deepEqual(ids(await h.read().list(habits)), ["mine", "mine too"]);
  assert.deepEqual(ids(await h.read({ space: unknownSpace("anna", "team") }).list(habits)), [
    "annas",
    "mine",
    "open",
  ]);
});

Deno.test("a co-member's ciphertext does not fail the list, and asks for no key again and again", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["team"]));
  const theirs = await createMasterKeys().import(hideStrictly(KEY_B.toBase64()));
  assert.ok(theirs);
  const title = await createCipher().seal(theirs, "sealed by ben");
  h.services.write("ben", "notes", [
    insert("notes", "1", { title, content: "open", spaceId: "team", createdAt: at(1) }, "team"),
    insert("notes", "2", { title: "open", content: "open", spaceId: "team", createdAt: at(0) }, "team"),
  ]);
  for (let call = 0; call < 3; call++) {
    const { rows, unreadable } = await h.read(team).list(notes);
    assert.deepEqual(rows.map((row) => row.title), [undefined, "open"]);
    assert.equal(unreadable, 1);
    h.clock += 60_000;
  }
  assert.equal(h.services.keyFetches(), 1);
});

Deno.test("a person sees nothing of another, not even by the same ids and the same gateway", async () => {
  const h = createHarness();
  const { id } = await h.write().insert(notes, { title: "anna's" });
  await h.read().list(notes);
  const ben = h.write({ subject: "ben" });
  assert.deepEqual((await ben.list(notes)).rows, []);
  // Even one who claims to work in her space.
  const inHers = { subject: "ben", space: personal("anna", "org-anna") };
  assert.deepEqual((await h.read(inHers).list(notes)).rows, []);
  assert.equal(
    (await refusalOf(h.write(inHers).update(notes, id, () => ({ title: "x" })))).reason,
    "record-not-found",
  );
});

Deno.test("a row of a space that was left is gone with the membership", async () => {
  const h = createHarness();
  h.services.memberships.set("anna", new Set(["team"]));
  h.services.write("ben", "habits", [habit("theirs", "team")]);
  assert.equal(await h.read({ ...team, membershipVersion: "a" }).count(habits), 1);
  h.services.memberships.set("anna", new Set());
  assert.equal(await h.read({ ...team, membershipVersion: "b" }).count(habits), 0);
});
