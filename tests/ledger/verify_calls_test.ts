/** Calls of every kind stand in the ledger as in the data: apps, the own token, approvals, undos, writes of several rows, deletions. */
import assert from "node:assert/strict";
import { reportLines } from "../../scripts/ledger/report.ts";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { NOTES, push } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { createWorld, type World } from "../_support/world.ts";
import type { Account } from "../_support/test_backend.ts";
import { callTool, createAppWorld, done, linkIn, onlyOpen, pageOf } from "../approvals/_approvals.ts";
import { createUndoWorld, everything, OWN, undo } from "../undo/_pages.ts";
import { sourceAt, TABLES } from "./_real.ts";

/** What the task says once the gateway has ended. */
async function verdict(world: World, person: Pick<Account, "token">, since = 0) {
  const { findings, ...verified } = await verifyOnline(sourceAt(world, person), {
    tables: TABLES,
    since,
    pins: null,
  });
  const [first = "", ...lines] = reportLines({ ...verified, findings }, verified.compared);
  return { code: exitCodeOf(findings), first, all: [first, ...lines].join("\n") };
}

Deno.test("verify, calls: an app's writes, its question and the person's yes on their page, and a deletion are all in the ledger", async () => {
  await using world = await createAppWorld({ LEDGER: "strict" });
  const { app, owner } = world;
  const made = recordOf(
    await done(callTool(world, app, "notes_create", { title: "Trip", content: "Rome" })),
    "note",
  );
  await done(callTool(world, app, "notes_update", { id: made.id, title: "Voyage" }));
  world.clock.now += 60_000;
  await linkIn(callTool(world, app, "notes_delete", { id: made.id }));
  world.clock.now += 60_000;
  const decided = await pageOf(world, owner).decide(await onlyOpen(world, owner), "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  await world.gateway.stop();
  const { code, first, all } = await verdict(world, owner);
  assert.equal(code, 0, all);
  assert.match(first, /held against 3 changes in the data\.$/);
});

Deno.test("verify, calls: writes of several rows, several apps of the log, and what a device writes beside them", async () => {
  await using world = await createWorld({ env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Run", icon: "🏃" }), "habit");
  await callOk(world, anna, "habits_log", { id: habit.id });
  await push(world, anna, NOTES, [{ id: "n1", op: "insert", data: { id: "n1", title: "By hand" } }]);
  await callOk(world, anna, "notes_search", {});
  await world.gateway.stop();
  const { code, first, all } = await verdict(world, anna);
  assert.equal(code, 0, all);
  assert.match(first, /held against ([3-9]|\d\d) changes/);
});

Deno.test("verify, calls: an undo that the person made on their page is a call too", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Advert", content: "Buy" });
  world.clock.now += 60_000;
  await undo(world, anna, everything(OWN));
  await world.gateway.stop();
  const { code, first, all } = await verdict(world, anna);
  assert.equal(code, 0, all);
  assert.match(first, /2 calls; held against 2 changes in the data\.$/);
});

Deno.test("verify, calls: without a ledger, or without a key for servers, the run says so and is no alarm", async () => {
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "Trip", content: "Rome" });
  const off = await verdict(world, anna);
  assert.equal(off.code, 2);
  assert.match(
    off.all,
    /^incomplete: There is no row:.*\nincomplete: Changes of assistants are older than the ledger/m,
  );
  const ben = await world.person("ben", { vault: false });
  const keyless = await verdict(world, ben);
  assert.equal(keyless.code, 2);
  assert.match(keyless.all, /^incomplete: There is no row/m);
});
