import assert from "node:assert/strict";
import { LOG_ANCHOR_MS, PULL_OVERLAP_MS } from "../../lib/kit/limits.ts";
import {
  at,
  createHarness,
  habits,
  type Harness,
  insert,
  refusalOf,
  shared,
  update,
} from "../records/_harness.ts";

const titles = async (h: Harness) => (await h.read().list(habits)).rows.map(({ title }) => title).toSorted();
const device = (h: Harness, id: string, title: string, stamp = new Date(h.clock).toISOString()) =>
  h.services.write("anna", "habits", [insert("habits", id, { title, createdAt: stamp }, "org-anna")]);

/** Time passes, for the service too. */
function pass(h: Harness, ms: number): void {
  h.clock += ms;
  h.services.micros += ms * 1000;
}

/** Puts the log back to its first `count` rows. */
function restore(h: Harness, count: number): void {
  h.services.rows.splice(count);
}

/** A person whose last row is gone with a backup, `afterMs` after it was read. */
async function restored(afterMs: number): Promise<Harness> {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  device(h, "a", "kept");
  pass(h, 60_000);
  await titles(h);
  device(h, "b", "gone");
  assert.deepEqual(await titles(h), ["gone", "kept"]);
  pass(h, afterMs);
  restore(h, 1);
  return h;
}

Deno.test("a log put back from a backup is read anew: what is gone is listed no more, and updating it is refused", async () => {
  for (const afterMs of [1_000, PULL_OVERLAP_MS + 1_000, LOG_ANCHOR_MS, 60 * 60_000 - 61_000]) {
    const h = await restored(afterMs);
    assert.deepEqual(await titles(h), ["kept"], String(afterMs));
    assert.deepEqual(await refusalOf(h.write().update(habits, "b", () => ({ title: "x" }))), {
      reason: "record-not-found",
      record: "habit",
      id: "b",
    });
    assert.equal(h.services.pushes().length, 0);
  }
});

Deno.test("between two looks a loss that only later reads can show is noticed within fifteen seconds", async () => {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  device(h, "a", "gone");
  pass(h, 60_000);
  await titles(h);
  restore(h, 0);
  pass(h, LOG_ANCHOR_MS - 1);
  assert.deepEqual(await titles(h), ["gone"], "nothing new, as in any quiet log");
  pass(h, 1);
  assert.deepEqual(await titles(h), []);
});

Deno.test("what was written to the restored log since does not hide that it lost something", async () => {
  for (const afterMs of [1_000, LOG_ANCHOR_MS]) {
    const h = await restored(afterMs);
    device(h, "c", "new");
    assert.deepEqual(await titles(h), ["kept", "new"]);
  }
});

Deno.test("a service whose clock lies before what was read has another log", async () => {
  const h = await restored(1_000);
  h.services.micros -= 30_000_000;
  assert.deepEqual(await titles(h), ["kept"]);
  // Its new cursor is the older one: nothing is read anew again and again.
  const before = h.services.pulls().length;
  await titles(h);
  assert.equal(h.services.pulls().length, before + 1);
});

Deno.test("reading a log that lost nothing costs a small question in fifteen seconds, at the same time as the pull", async () => {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  for (let row = 0; row < 500; row++) device(h, `old-${row}`, "old", at(row));
  pass(h, 3_600_000);
  device(h, "last", "last");
  await titles(h);
  let extra = 0;
  let rows = 0;
  for (let second = 0; second < 150; second++) {
    pass(h, 1_000);
    const before = h.services.pulls().length;
    await titles(h);
    for (const pull of h.services.pulls().slice(before, -1)) {
      extra += 1;
      const since = Date.parse(pull.url.searchParams.get("since") ?? "") * 1000;
      rows += h.services.rows.filter(({ micros }) => micros > since).length;
    }
  }
  assert.equal(extra, 10);
  assert.ok(rows <= extra, "the newest change alone, found by its stamp");
});

Deno.test("a stamp that is wrong costs one question more, once", async () => {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  device(h, "a", "ahead", new Date(h.clock + 86_400_000).toISOString());
  pass(h, 60_000);
  await titles(h);
  for (const expected of [3, 2, 2]) {
    pass(h, LOG_ANCHOR_MS);
    const before = h.services.pulls().length;
    assert.deepEqual(await titles(h), ["ahead"]);
    assert.equal(h.services.pulls().length - before, expected);
  }
});

Deno.test("a question that fails is no loss and fails no read; rows of a shared space left out once are none either", async () => {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  const team = { space: shared("team") };
  h.services.memberships.set("anna", new Set(["team"]));
  h.services.write("ben", "habits", [insert("habits", "t", { title: "ours", createdAt: at(0) }, "team")]);
  pass(h, 60_000);
  const listed = async () => (await h.read(team).list(habits)).rows.map(({ title }) => title);
  assert.deepEqual(await listed(), ["ours"]);
  const early = () => h.services.pulls().length;
  for (const fault of ["fails", "leaves out"]) {
    pass(h, LOG_ANCHOR_MS);
    const before = early();
    let isFirst = true;
    h.services.intercept = ({ url }) => {
      // The question comes before the pull, with a time before the row's.
      if (!isFirst || !url.pathname.endsWith("/pull")) return undefined;
      isFirst = false;
      return fault === "fails"
        ? new Response(null, { status: 400 })
        : Response.json({ serverChanges: [], syncedUntil: new Date(h.clock).toISOString() });
    };
    assert.deepEqual(await listed(), ["ours"], fault);
    assert.ok(early() - before <= 3);
    h.services.intercept = () => undefined;
  }
});

Deno.test("a late commit and rows of one time are no loss", async () => {
  const h = createHarness();
  h.services.micros = h.clock * 1000;
  device(h, "a", "a");
  await titles(h);
  pass(h, 2_000);
  h.services.step = 0;
  device(h, "b", "b");
  device(h, "c", "c");
  await titles(h);
  // Committed now, with a time before what was read.
  h.services.micros -= 1_000_000;
  device(h, "late", "late");
  h.services.micros += 1_000_000;
  const before = h.services.pulls().length;
  assert.deepEqual(await titles(h), ["a", "b", "c", "late"]);
  h.services.write("anna", "habits", [
    update("habits", "a", new Date(h.clock).toISOString(), { title: "A" }, "org-anna"),
  ]);
  h.services.rows.sort((one, other) => one.micros - other.micros || (one.eventId < other.eventId ? 1 : -1));
  assert.deepEqual(await titles(h), ["A", "b", "c", "late"]);
  assert.equal(h.services.pulls().length, before + 2);
});
