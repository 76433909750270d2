/** Answers that are lost, services that are down, gateways that pass each other, values that are put back: each is refused or harmless. */
import assert from "node:assert/strict";
import { readStanding } from "../../lib/approvals/standing.ts";
import { goZeroKnowledge, NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callTool, createAppWorld, createPageWorld, done, linkIn, onlyOpen, pageOf } from "./_approvals.ts";

Deno.test("a gateway that meets the changes of another one between two of its own looks tells the person that it is done", async () => {
  await using world = await createAppWorld();
  const { id } = recordOf(await done(callTool(world, world.app, "notes_create", { title: "A" })), "note");
  await linkIn(callTool(world, world.app, "notes_delete", { id }));
  const approval = await onlyOpen(world, world.owner);
  const page = pageOf(world, world.owner);
  let isFirst = true;
  world.interceptPages = (request) => {
    if (!isFirst) return undefined;
    isFirst = false;
    return world.sdkOnly.fetch(request);
  };
  let isMet = false;
  world.intercept = async ({ url }) => {
    if (isMet || !url.includes("/sync/notes/pull")) return undefined;
    isMet = true;
    // The question was read before, the records are read after this.
    assert.ok((await page.decide(approval, "yes")).ok);
    return undefined;
  };
  const late = await page.decide(approval, "yes");
  assert.equal(isMet, true);
  assert.ok(late.ok, JSON.stringify(late));
  assert.equal(late.answer.approval.status, "done");
});

Deno.test("half of a change that belongs together is completed by the same click, also after its time, and no no takes it back", async () => {
  await using world = await createPageWorld();
  const { anna } = world;
  const { id } = recordOf(
    await done(callTool(world, anna.token, "habits_create", { title: "Run" })),
    "habit",
  );
  await done(callTool(world, anna.token, "habits_log", { id }));
  await linkIn(callTool(world, anna.token, "habits_delete", { id }));
  const approval = await onlyOpen(world, anna);
  const page = pageOf(world, anna);
  let pushes = 0;
  world.intercept = ({ method, url }) => {
    const isPush = method === "POST" && /\/sync\/(?:habits|timeblocks)$/.test(url);
    return isPush && ++pushes > 1 ? new Response("down", { status: 400 }) : undefined;
  };
  const half = await page.decide(approval, "yes");
  assert.ok(half.ok, JSON.stringify(half));
  assert.equal(half.answer.approval.status, "unknown");
  world.intercept = null;
  world.clock.now += 10 * 60_000;
  const shown = await page.read(approval.id);
  assert.ok(shown.ok);
  assert.equal(shown.answer.approval.status, "unknown");
  const no = await page.decide(shown.answer.approval, "no");
  assert.equal(!no.ok && no.fault === "refused" && no.code, "used");
  const whole = await page.decide(shown.answer.approval, "yes");
  assert.ok(whole.ok, JSON.stringify(whole));
  assert.equal(whole.answer.approval.status, "done");
  for (const table of ["habits", "habitLogs"]) {
    assert.equal((await pullAll(world, anna, { app: "habits", table })).at(-1)?.op, "delete", table);
  }
  assert.equal((await pullAll(world, anna, { app: "timeblocks", table: "timeBlocks" })).at(-1)?.op, "delete");
});

Deno.test("a vault or a sync service that is down, and a key that no server has any more, are told as such; nothing is done", async () => {
  await using world = await createAppWorld();
  const { id } = recordOf(await done(callTool(world, world.app, "notes_create", { title: "A" })), "note");
  await linkIn(callTool(world, world.app, "notes_delete", { id }));
  const approval = await onlyOpen(world, world.owner);
  const page = pageOf(world, world.owner);
  const codes = async () => {
    const answers = [
      await page.read(approval.id),
      await page.decide(approval, "yes"),
      await page.decide(approval, "no"),
    ];
    return answers.map((answer) =>
      answer.ok ? "ok" : answer.fault === "refused" ? answer.code : answer.fault
    );
  };
  world.clock.now += 20_000;
  world.intercept = ({ url }) =>
    url.includes("/encryption-vault/") ? new Response("down", { status: 500 }) : undefined;
  assert.deepEqual(await codes(), ["vault-down", "vault-down", "vault-down"]);
  world.intercept = ({ url }) => url.includes("/sync/") ? new Response("down", { status: 500 }) : undefined;
  assert.deepEqual(await codes(), ["sync-down", "sync-down", "sync-down"]);
  world.intercept = null;
  await goZeroKnowledge(world, world.owner);
  world.clock.now += 60_000;
  assert.deepEqual(await codes(), ["no-key", "no-key", "no-key"]);
  assert.equal((await pullAll(world, world.owner, NOTES)).some(({ op }) => op === "delete"), false);
});

Deno.test("an answer that names another ask is none, but a no counts whatever it names", async () => {
  const ask = {
    v: 1,
    tool: "notes.delete",
    call: "c",
    space: "s",
    grantId: "g",
    appKey: "a",
    clientName: "App",
    callId: "0".repeat(32),
    sentence: "Delete?",
    changes: [{
      app: "notes",
      table: "notes",
      record: "note",
      change: { id: "n", op: "delete", deletedAt: "2026-01-01T00:00:00.000Z" },
    }],
    fingerprints: ["f"],
    output: {},
    made: 1,
    until: 2,
  };
  const recordWith = (fields: Record<string, unknown>) => ({
    id: "r",
    createdAt: 1,
    fields: new Map(
      Object.entries(fields).map(([name, value]) => [name, { text: JSON.stringify(value), stamp: "" }]),
    ),
  });
  const { askHash = "" } = await readStanding(recordWith({ ask })) ?? {};
  const yes = { ask: askHash, diff: "d", shownAt: 1, stamps: [{}] };
  const outcome = { ask: askHash, status: "done", at: 3 };
  const own = await readStanding(recordWith({ ask, yes, outcome }));
  assert.deepEqual([own?.yes, own?.done, own?.no], [yes, 3, null]);
  const moved = await readStanding(recordWith({
    ask: { ...ask, call: "another" },
    yes,
    outcome,
    no: { ask: askHash, at: 3 },
  }));
  assert.deepEqual([moved?.yes, moved?.done, moved?.no], [null, null, 1]);
  for (
    const broken of [
      {},
      { ask: { ...ask, v: 2 } },
      { ask: { ...ask, changes: [] } },
      { ask: { ...ask, fingerprints: [] } },
      { ask: "x" },
      { ask: { ...ask, until: "soon" } },
    ]
  ) assert.equal(await readStanding(recordWith(broken)), null, JSON.stringify(broken));
  assert.equal((await readStanding(recordWith({ ask, yes: { ...yes, stamps: [] } })))?.yes, null);
});
