import assert from "node:assert/strict";
import { KEY_CACHE_MS } from "../../lib/kit/limits.ts";
import { KEY_RECHECK_MS } from "../../lib/sealing/keyring.ts";
import type { SearchOptions } from "../../lib/records/records.ts";
import {
  at,
  callerOf,
  createHarness,
  type Harness,
  insert,
  KEY_A,
  KEY_B,
  notes,
  refusalOf,
} from "./_harness.ts";
import { shared, unknownSpace, update } from "./_harness.ts";
import { cipher, createCounted, sealWith, threeNotes, write } from "./_sealed_notes.ts";

type Options = SearchOptions<typeof notes.row.shape, "title" | "content">;

const search = (h: Harness, query: string, options: Partial<Options> = {}, given = {}) =>
  h.read(given).search(notes, { query, heading: "title", body: "content", ...options });

const ids = ({ rows }: { readonly rows: readonly { readonly record: { readonly id: string } }[] }) =>
  rows.map(({ record }) => record.id);

Deno.test("a search opens everything once, and again only what changed", async () => {
  const h = await threeNotes();
  assert.deepEqual(ids(await search(h, "MILK")), ["1", "2"]);
  assert.equal(h.opened(), 6);
  assert.deepEqual(ids(await search(h, "butter")), ["3"]);
  assert.deepEqual(ids(await search(h, "milk tea")), ["2"]);
  assert.equal(h.opened(), 0);
  h.services.write("anna", "notes", [
    update("notes", "3", at(50), { content: await sealWith(KEY_A, "and milk") }, "org-anna"),
    update("notes", "1", at(50), { color: "#ffffff" }, "org-anna"),
  ]);
  const found = await search(h, "milk");
  assert.deepEqual(ids(found), ["1", "2", "3"]);
  assert.equal(found.rows[0]?.record.color, "#ffffff", "plaintext fields are those of now");
  assert.equal(found.rows[2]?.snippet, "and milk");
  assert.equal(h.opened(), 2, "the note whose text changed, and no other");
  assert.equal(h.services.keyFetches(), 1);
});

Deno.test("what is kept is no more than the notes there are", async () => {
  const h = await threeNotes();
  await search(h, "milk");
  const all = h.store.openedBytes();
  assert.ok(all > 0 && all < h.store.bytes());
  h.services.write("anna", "notes", [{
    table: "notes",
    id: "2",
    op: "delete",
    deletedAt: at(60),
    spaceId: "org-anna",
  }]);
  assert.deepEqual(ids(await search(h, "milk")), ["1"]);
  assert.ok(h.store.openedBytes() < all);
  assert.equal(h.opened(), 6);
});

Deno.test("an expired, forgotten, renewed or refused key takes with it all that it opened", async () => {
  const ends: Record<string, (h: Harness) => Promise<unknown> | void> = {
    forgotten: (h) => h.keyring.forget(callerOf("anna").principal),
    closed: (h) => h.keyring.close(),
    renewed: (h) => {
      h.clock += 60_000;
      h.services.vault.set("anna", { key: KEY_B });
      return h.write().insert(notes, { title: "sealing wants a younger key" });
    },
    rotated: async (h) => {
      h.clock += KEY_RECHECK_MS;
      h.services.vault.set("anna", { key: KEY_B });
      h.services.write("anna", "notes", [insert("notes", "new", { title: await sealWith(KEY_B, "x") })]);
      await h.read().list(notes);
    },
    refused: async (h) => {
      h.clock += KEY_CACHE_MS;
      h.services.vault.set("anna", "zero-knowledge");
      assert.equal((await refusalOf(search(h, "milk"))).reason, "zero-knowledge");
    },
    expired: async (h) => {
      h.clock += KEY_CACHE_MS;
      await h.keyring.key(callerOf("ben"), new AbortController().signal);
    },
  };
  for (const [name, end] of Object.entries(ends)) {
    const h = await threeNotes();
    await search(h, "milk");
    assert.ok(h.store.openedBytes() > 0);
    await end(h);
    assert.equal(h.store.openedBytes(), 0, name);
    h.opened();
    h.services.vault.set("anna", { key: KEY_A });
    h.clock += 60_000;
    assert.deepEqual(ids(await search(h, "milk")), ["1", "2"], name);
    assert.ok(h.opened() >= 6, name);
  }
});

Deno.test("a key that the vault gives again keeps what it opened", async () => {
  const h = await threeNotes();
  await search(h, "milk");
  const bytes = h.store.openedBytes();
  h.clock += 60_000;
  await h.write().insert(notes, { title: "sealing wants a younger key" });
  assert.equal(h.services.keyFetches(), 2);
  assert.equal(h.store.openedBytes(), bytes);
  h.opened();
  assert.deepEqual(ids(await search(h, "milk")), ["1", "2"]);
  assert.equal(h.opened(), 2, "the two fields of the new note alone");
});

Deno.test("a key that is over is not made up for by what it opened, even while the vault is away", async () => {
  const h = await threeNotes();
  await search(h, "milk");
  h.clock += KEY_CACHE_MS;
  h.services.intercept = ({ url }) =>
    url.pathname.endsWith("/key") ? new Response("", { status: 503 }) : undefined;
  assert.deepEqual(await refusalOf(search(h, "milk")), {
    reason: "upstream-failed",
    upstream: "vault",
    fault: "failed",
    status: 503,
  });
});

Deno.test("a key that is forgotten, or over, while a search opens keeps nothing", async () => {
  const ends: readonly ((h: Harness) => void)[] = [
    (h) => h.keyring.forget(callerOf("anna").principal),
    (h) => void (h.clock += KEY_CACHE_MS),
  ];
  for (const end of ends) {
    const h = createHarness({
      cipher: {
        ...cipher,
        open(key, text) {
          end(h);
          return cipher.open(key, text);
        },
      },
    });
    await write(h, "1", "Milk");
    assert.deepEqual(ids(await search(h, "milk")), ["1"], "the search under way is answered");
    assert.equal(h.store.openedBytes(), 0);
  }
});

Deno.test("another person, and another space of the same one, find nothing of it", async () => {
  const h = await threeNotes();
  await search(h, "milk");
  h.opened();
  assert.deepEqual(ids(await search(h, "milk", {}, { subject: "ben" })), []);
  assert.equal(h.opened(), 0);
  const other = { space: unknownSpace("anna", "other") };
  h.services.memberships.set("other", new Set(["anna"]));
  h.services.write("anna", "notes", [
    insert("notes", "1", { title: await sealWith(KEY_A, "Not that"), createdAt: at(0) }, "other"),
  ]);
  assert.deepEqual(ids(await search(h, "milk", {}, other)), []);
  assert.deepEqual(ids(await search(h, "not", {}, other)), ["1"]);
  assert.deepEqual(ids(await search(h, "milk")), ["1", "2"]);
});

Deno.test("what cannot be read matches nothing, is tried again and is never kept", async () => {
  const h = createCounted();
  await write(h, "half", "Milk", "x", { content: await sealWith(KEY_B, "milk of another key") });
  await write(h, "closed", "x", "x", { title: "enc:1:broken", content: "enc:9:x" });
  const found = await search(h, "milk");
  assert.deepEqual(ids(found), ["half"]);
  assert.deepEqual([found.rows[0]?.snippet, found.rows[0]?.record.unreadable, found.unreadable], [undefined, [
    "content",
  ], 1]);
  assert.equal(h.store.openedBytes(), 0);
  assert.deepEqual(ids(await search(h, "enc")), []);
});

Deno.test("plaintext in a sealed space is searched, counted each time, and not kept", async () => {
  const h = createCounted();
  h.services.write("anna", "notes", [insert("notes", "p", { title: "Milk as a guest" })]);
  for (const round of [1, 2]) {
    assert.deepEqual(ids(await search(h, "guest")), ["p"]);
    assert.equal(h.observed.filter(({ kind }) => kind === "unsealed").length, round);
  }
  assert.equal(h.store.openedBytes(), 0);
  assert.equal(h.services.keyFetches(), 0);
});

Deno.test("a shared space is searched without a key", async () => {
  const h = createCounted();
  h.services.vault.set("anna", "zero-knowledge");
  h.services.memberships.set("team", new Set(["anna"]));
  h.services.write("anna", "notes", [
    insert("notes", "open", { title: "Milk" }, "team"),
    insert("notes", "sealed", { title: await sealWith(KEY_A, "Milk") }, "team"),
  ]);
  const inTeam = { space: shared("team") };
  assert.deepEqual(ids(await search(h, "milk", {}, inTeam)), ["open"]);
  assert.equal(h.store.openedBytes(), 0);
});

Deno.test("equal hits stand in the order given, pages go on after the last, and no query lists all", async () => {
  const h = createCounted();
  await write(h, "a", "Milk", "", { isPinned: false });
  await write(h, "b", "Milk", "", { isPinned: true });
  await write(h, "c", "Tea", "milk", { isPinned: true });
  await write(h, "d", "Tea", "and more milky things");
  await write(h, "e", "Tea");
  const order = [{ field: "isPinned", direction: "descending", missing: false }] as const;
  for (
    const [query, expected] of [["milk", ["b", "a", "c", "d"]], ["", ["b", "c", "a", "d", "e"]]] as const
  ) {
    assert.deepEqual(ids(await search(h, query, { order })), expected);
    for (const limit of [1, 2, 3]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search(h, query, { order, page: { limit, cursor, query } });
        seen.push(...ids(page));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      assert.deepEqual(seen, expected, `${query} by ${limit}`);
    }
  }
  const { nextCursor } = await search(h, "milk", { order, page: { limit: 1, query: "milk" } });
  assert.deepEqual(
    await refusalOf(search(h, "tea", { order, page: { cursor: nextCursor, query: "milk" } })),
    { reason: "cursor-invalid" },
  );
  h.keyring.forget(callerOf("anna").principal); // and with it what it opened
  h.opened();
  await search(h, "", { page: { limit: 2 } });
  assert.equal(h.opened(), 4, "a listing opens only what it returns");
});

Deno.test("opened texts and folded tables stay within a bound each, and neither takes the other's room", async () => {
  const measured = createHarness();
  const rows = 40;
  for (let index = 0; index < rows; index++) await write(measured, `${index}`, "Milk", "y".repeat(1_000));
  await measured.read().list(notes, { page: { limit: 1 } });
  const folded = measured.store.bytes();
  const h = createHarness({ memory: { foldedBytes: folded + 1_000, openedBytes: 60_000 } });
  h.services.rows.push(...measured.services.rows);
  assert.equal((await search(h, "milk")).rows.length, rows);
  const opened = h.store.openedBytes();
  assert.ok(opened > 20_000 && opened <= 60_000, String(opened));
  // Another person's table takes the room of the first one, not that of the texts.
  for (let index = 0; index < 12; index++) {
    h.services.write("ben", "notes", [insert("notes", `b${index}`, { title: "z".repeat(2_000) })]);
  }
  await h.read({ subject: "ben" }).list(notes);
  assert.ok(h.store.bytes() - h.store.openedBytes() <= folded + 1_000);
  assert.ok(h.store.openedBytes() >= opened && h.store.openedBytes() <= 60_000);
});
