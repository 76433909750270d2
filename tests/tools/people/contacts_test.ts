import assert from "node:assert/strict";
import {
  lastChange,
  masterKey,
  open,
  pushDelete,
  pushInsert,
  seal,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "./_deleting.ts";

const CONTACTS: WireTable = { app: "contacts", table: "contacts" };

async function create(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "contacts_create", args)).id);
}

async function names(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "contacts_search", args)).rows.map(({ firstName }) => firstName);
}

Deno.test("contacts: what is created is found by its words and read in full; listings leave long texts out", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const given = {
    firstName: "Zoë",
    lastName: "Müller",
    email: "zoe@post.test",
    mobile: "+49 151 2345",
    city: "Köln",
    postalCode: "50667",
    birthday: "1990-02-28",
    notes: "met at the climbing hall",
  };
  const id = await create(world, anna, given);
  await create(world, anna, { company: "Bäckerei Kern" });
  for (const query of ["zoe", "müller zoe", '"zoë müller"', "climbing köln", "2345", '"50667 Köln"']) {
    assert.deepEqual(await names(world, anna, { query }), ["Zoë"], query);
  }
  assert.equal((await listed(world, anna, "contacts_search", { query: "kern" })).rows.length, 1);
  assert.deepEqual(await names(world, anna, { query: "kern zoë" }), []);
  const { rows: [row] } = await listed(world, anna, "contacts_search", { query: "zoë" });
  assert.deepEqual([row?.birthday, row?.notes, row?.city], ["1990-02-28", undefined, undefined]);
  const { contact } = await callOk(world, anna, "contacts_read", { id });
  assert.deepEqual({ ...given, ...Object(contact) }, contact);
});

Deno.test("contacts.search: favourites come first, archived contacts only when asked for", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ids = new Map<string, string>();
  for (const name of ["Ada", "Bo", "Cy"]) ids.set(name, await create(world, anna, { firstName: name }));
  await callOk(world, anna, "contacts_update", { id: ids.get("Ada"), isFavorite: true });
  await callOk(world, anna, "contacts_update", { id: ids.get("Bo"), isArchived: true });
  assert.deepEqual(await names(world, anna), ["Ada", "Cy"]);
  assert.deepEqual(await names(world, anna, { favoritesOnly: true }), ["Ada"]);
  assert.deepEqual(await names(world, anna, { includeArchived: true }), ["Ada", "Cy", "Bo"]);
  const first = await listed(world, anna, "contacts_search", { limit: 1 });
  const second = await listed(world, anna, "contacts_search", { limit: 1, cursor: first.nextCursor });
  assert.deepEqual([first.rows[0]?.firstName, second.rows[0]?.firstName, second.hasMore], [
    "Ada",
    "Cy",
    false,
  ]);
});

Deno.test("contacts.create: an empty field is absent, and a contact without any name is refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { firstName: "Ida", lastName: " ", email: "", phone: null });
  const { data } = await lastChange(world, anna, CONTACTS, id);
  assert.deepEqual(
    Object.keys(data ?? {}).filter((name) => ["lastName", "email", "phone", "notes"].includes(name)),
    [],
  );
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ email: "x@post.test" }, /give a firstName, a lastName or a company/],
      [{ firstName: "\t" }, /give a firstName, a lastName or a company/],
      [{ firstName: "A", birthday: "1990-02-30" }, /birthday: expected an existing day/],
      [{ firstName: "A", notes: "x".repeat(20_001) }, /notes: expected at most 20000/],
      [{ firstName: "A", photoUrl: "https://photos.test/a" }, /unknown argument "photoUrl"/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "contacts_create", args), words);
    }
  });
});

Deno.test("contacts.update: changes what is given, empties what is named, and writes nothing that is so already", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { firstName: "Ida", phone: "1", notes: "old" });
  // A client that fills a strict schema sends every field: none of these may empty the contact.
  const filled = { id, lastName: "", email: null, phone: "", notes: "new", birthday: "" };
  assert.deepEqual(await callOk(world, anna, "contacts_update", filled), { ok: true, changed: true });
  const { fields } = await lastChange(world, anna, CONTACTS, id);
  assert.deepEqual(Object.keys(fields ?? {}), ["notes", "updatedAt"]);
  assert.equal(await open(await masterKey(world, anna), fields?.notes?.value), "new");
  await callOk(world, anna, "contacts_update", { id, clear: ["phone"], company: "Kern" });
  const contact = recordOf(await callOk(world, anna, "contacts_read", { id }), "contact");
  assert.deepEqual([contact.phone, contact.company, contact.notes], [null, "Kern", "new"]);
  await withoutPush(world, async () => {
    const again = await callOk(world, anna, "contacts_update", { id, clear: ["phone"], company: "Kern" });
    assert.equal(again.changed, false);
    assert.match(await callRefused(world, anna, "contacts_update", { id, email: "" }), /nothing to change/);
    assert.match(await callRefused(world, anna, "contacts_update", { id, clear: ["isFavorite"] }), /clear/);
    assert.equal(
      await callRefused(world, anna, "contacts_update", { id: "gone", notes: "x" }),
      notFound("contact", "gone"),
    );
  });
});

Deno.test("contacts: the person's own contact cannot be deleted or renamed, other fields can be changed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  await pushInsert(world, anna, CONTACTS, "self-contact", { firstName: await seal(key, "Anna") });
  await withoutPush(world, async () => {
    assert.match(
      await deleteRefused(world, anna, "contacts_delete", { id: "self-contact" }),
      /self-contact is the person and cannot be deleted/,
    );
    for (const change of [{ firstName: "Bea" }, { clear: ["email"] }]) {
      assert.match(
        await callRefused(world, anna, "contacts_update", { id: "self-contact", ...change }),
        /take firstName, lastName, email from the account/,
      );
    }
  });
  await callOk(world, anna, "contacts_update", { id: "self-contact", city: "Ulm" });
  assert.deepEqual(await names(world, anna, { query: "ulm" }), ["Anna"]);
});

Deno.test("contacts.delete: the question names the contact, and what other devices have deleted is not found", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await create(world, anna, { firstName: "Ida", lastName: "Kern" });
  const firm = await create(world, anna, { company: "Kern GmbH" });
  const { sentence, output } = await deleteWithYes(world, anna, "contacts_delete", { id });
  assert.match(sentence, /Delete the contact "Ida Kern"\?/);
  assert.deepEqual(output, { ok: true, id });
  assert.match(
    (await deleteWithYes(world, anna, "contacts_delete", { id: firm })).sentence,
    /contact "Kern GmbH"/,
  );
  const gone = await create(world, anna, { firstName: "Jo" });
  await pushDelete(world, anna, CONTACTS, gone);
  assert.equal(await callRefused(world, anna, "contacts_read", { id: gone }), notFound("contact", gone));
  assert.equal(await deleteRefused(world, anna, "contacts_delete", { id: gone }), notFound("contact", gone));
  assert.deepEqual(await names(world, anna), []);
});

Deno.test("contacts: null, an empty text and absent are alike, and a sealed field in clear is shown", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, CONTACTS, "odd", { firstName: null, lastName: "Kern", company: "" });
  const { rows: [row] } = await listed(world, anna, "contacts_search", { query: "kern" });
  assert.deepEqual([row?.id, row?.unreadable], ["odd", undefined]);
});

Deno.test("contacts.read: a note of another writer that no result has room for is cut and named, and stays whole", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const notes = "x".repeat(200_000);
  await pushInsert(world, anna, CONTACTS, "ida", {
    firstName: await seal(key, "Ida"),
    email: await seal(key, "ida@post.test"),
    notes: await seal(key, notes),
  });
  const contact = recordOf(await callOk(world, anna, "contacts_read", { id: "ida" }), "contact");
  assert.deepEqual([contact["firstName"], contact["email"], contact.clipped], ["Ida", "ida@post.test", [
    "notes",
  ]]);
  assert.match(String(contact["notes"]), /^x{10000,}$/);
  await callOk(world, anna, "contacts_update", { id: "ida", city: "Ulm" });
  const { fields } = await lastChange(world, anna, CONTACTS, "ida");
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["city", "updatedAt"]);
});
