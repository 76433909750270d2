/** Scanning: every record in full for a sum, and listings that show some fields alone. */
import assert from "node:assert/strict";
import { createHarness, habits, insert, KEY_A, KEY_B, notes, shared } from "./_harness.ts";
import { note, sealWith, titles, write } from "./_sealed_notes.ts";

Deno.test("scan() shows every live record opened, more than a result would hold", async () => {
  const h = createHarness();
  for (let index = 0; index < 100; index++) await write(h, String(index), `n${index}`, "x".repeat(2_000));
  const seen = new Set<string | undefined>();
  let chars = 0;
  const unreadable = await h.read().scan(notes, {}, ({ title, content }) => {
    seen.add(title);
    chars += content?.length ?? 0;
  });
  assert.deepEqual([unreadable, seen.size, chars], [0, 100, 200_000]);
  const listed = await h.read().list(notes);
  assert.ok(listed.hasMore, "a listing of the same records does not fit into a result");
});

Deno.test("scan() filters by plaintext fields, and counts what cannot be read", async () => {
  const h = createHarness();
  await write(h, "1", "one", "", { isPinned: true });
  await write(h, "2", "two");
  await write(h, "3", "three", "", { isPinned: true, title: await sealWith(KEY_B, "theirs") });
  const seen: (string | undefined)[] = [];
  const pinned = { where: ({ isPinned }: { readonly isPinned?: boolean }) => isPinned === true };
  const unreadable = await h.read().scan(notes, pinned, ({ title }) => void seen.push(title));
  assert.deepEqual([unreadable, seen.toSorted()], [1, ["one", undefined]]);
});

Deno.test("scan() hands records of others out as theirs", async () => {
  const h = createHarness();
  for (const person of ["anna", "ben"]) h.services.memberships.set(person, new Set(["team"]));
  h.services.write("ben", "habits", [
    insert("habits", "1", { title: "run", spaceId: "team", authorId: "ben" }, "team"),
  ]);
  let byOthers = 0;
  const team = { space: shared("team"), onWrittenByOthers: (count: number) => void (byOthers = count) };
  await h.read(team).scan(habits, {}, () => {});
  assert.equal(byOthers, 1);
});

Deno.test("list() with `show` gives these fields and the members of every record alone", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "one", { color: "#ffffff" })]);
  await write(h, "2", "two", "", { content: await sealWith(KEY_B, "x") });
  await write(h, "3", "three", "", {
    title: await sealWith(KEY_B, "theirs"),
    content: await sealWith(KEY_A, "x"),
  });
  const listed = await h.read().list(notes, {
    show: ["title"],
    order: [{ field: "isPinned", missing: false }],
  });
  assert.deepEqual(titles(listed), ["one", "two", undefined]);
  assert.deepEqual(listed.rows.map((row) => Object.keys(row)), [
    ["id", "title", "createdAt", "updatedAt"],
    ["id", "title", "createdAt", "updatedAt"],
    ["id", "createdAt", "updatedAt", "unreadable"],
  ]);
});

Deno.test("list() with `show` and without give their own fields, in any order of calls, and what a change made of them", async () => {
  const h = createHarness();
  h.services.write("anna", "notes", [await note("1", "one", { color: "#ffffff" })]);
  const order = [{ field: "isPinned", missing: false }] as const;
  const titleOnly = ["title"] as const;
  const colorOnly = ["color"] as const;
  const keys = async (show?: readonly ("title" | "color")[]) => {
    const { rows: [row] } = await h.read().list(notes, show === undefined ? { order } : { order, show });
    return Object.keys(row ?? {}).filter((name) => name !== "createdAt" && name !== "updatedAt");
  };
  const all = ["id", "title", "content", "color", "isPinned", "tags"];
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await keys(titleOnly), ["id", "title"]);
    assert.deepEqual(await keys(colorOnly), ["id", "color"]);
    assert.deepEqual(await keys(), all);
  }
  await h.write().update(notes, "1", () => ({ title: "two" }));
  const { rows } = await h.read().list(notes, { order, show: titleOnly });
  assert.deepEqual(titles({ rows }), ["two"]);
});
