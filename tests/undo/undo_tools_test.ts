/** An app takes back what it wrote within the last hour by itself; about everything else the person decides. */
import assert from "node:assert/strict";
import { z } from "zod";
import { lastChange, NOTES, pullAll, pushUpdate } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk } from "../_support/mcp.ts";
import { makeTeam } from "../_support/team.ts";
import { createUndoWorld, everything, preview } from "./_pages.ts";
import { connect, getCode, redeem, register, tokensOf } from "../_support/oauth_flow.ts";
import {
  type AppWorld,
  callTool,
  createAppWorld,
  done,
  onlyOpen,
  pageOf,
  refusal,
} from "../approvals/_approvals.ts";

const MINUTE = 60_000;
const ago = (world: AppWorld, ms: number) => new Date(world.clock.now - ms).toISOString();

async function makeNote(world: AppWorld, title: string, app = world.app): Promise<string> {
  const { id } = recordOf(await done(callTool(world, app, "notes_create", { title, content: "x" })), "note");
  world.clock.now += 1_000;
  return id;
}

/** Another app of Anna's. */
async function connectOther(world: AppWorld, allow: readonly string[]): Promise<string> {
  const { client_id } = await register(world, { client_name: "Other app" });
  const code = await getCode(world.anna, client_id, { allow });
  return (await tokensOf(await redeem(world, client_id, code))).access;
}

Deno.test("an app undoes its own writes of the last hour: shown first, done once, and nothing of anybody else", async () => {
  await using world = await createAppWorld();
  const { app, owner: person } = world;
  const id = await makeNote(world, "Shopping");
  await done(callTool(world, app, "notes_update", { id, title: "Spoilt" }));
  world.clock.now += 1_000;
  const args = { since: ago(world, MINUTE), tool: "notes_update" };
  const shown = await done(callTool(world, app, "undo_preview", args));
  const { plan } = shown;
  assert.deepEqual(shown, {
    plan,
    rows: [{
      record: "note",
      id,
      title: "Spoilt",
      op: "update",
      fields: [{ name: "title", before: "Spoilt", after: "Shopping" }],
    }],
    rowCount: 1,
    conflicts: [],
    conflictCount: 0,
    impossible: [],
  });
  const result = await done(callTool(world, app, "undo_apply", { plan, ...args }));
  assert.deepEqual(result, { status: "done", written: 1, conflictCount: 0, conflicts: [], impossible: [] });
  const change = await lastChange(world, person, NOTES, id);
  assert.equal(change.actor?.principalId, "mana-mcp:undo");
  assert.equal(change.actor?.kind, "ai");
  assert.equal(change.origin, "agent");
  assert.equal(change.actor?.rationale, plan);
  const before = (await pullAll(world, person, NOTES)).length;
  await done(callTool(world, app, "undo_apply", { plan, ...args }));
  const again = (await pullAll(world, person, NOTES)).slice(before);
  assert.deepEqual(again.map(({ eventId: _, ...rest }) => rest), [
    (({ eventId: _, ...rest }) => rest)(change),
  ]);
});

Deno.test("other apps' writes, older ones and the person's are not the app's own: the person decides, and an app is told no names", async () => {
  await using world = await createAppWorld();
  const { app, owner: person } = world;
  const id = await makeNote(world, "Shopping");
  const other = await connectOther(world, ["notes:read", "notes:write"]);
  await done(callTool(world, other, "notes_update", { id, title: "By the other" }));
  await pushUpdate(world, { ...person, personalSpace: "" }, NOTES, id, { color: "#00ff00" }, {
    spaceId: (await lastChange(world, person, NOTES, id)).spaceId,
  });
  world.clock.now += 5_000;
  const own = { since: ago(world, MINUTE) };
  const mine = await done(callTool(world, app, "undo_preview", own));
  assert.equal(mine.rowCount, 0, "others have gone on with the note");
  assert.equal(mine.conflictCount, 2);
  assert.ok(!JSON.stringify(mine).includes("Other app"));
  const args = { ...own, client: "Other app" };
  const { plan, rowCount } = await done(callTool(world, app, "undo_preview", args));
  assert.equal(rowCount, 1);
  const words = await refusal(callTool(world, app, "undo_apply", { plan, ...args }));
  assert.match(words, /^Not done: the person has to allow this\. Ask them to open /);
  assert.equal((await lastChange(world, person, NOTES, id)).fields?.title, undefined);
  const approval = await onlyOpen(world, person);
  assert.deepEqual(approval.rows.map(({ fields }) => fields), [[
    { name: "title", before: "By the other", after: "Shopping" },
  ]]);
  const decided = await pageOf(world, person).decide(approval, "yes");
  assert.ok(decided.ok, JSON.stringify(decided));
  const change = await lastChange(world, person, NOTES, id);
  assert.match(String(change.actor?.principalId), /^mana-mcp:app:/);
  assert.equal(change.actor?.rationale, "undo.apply");
  const told = await done(callTool(world, app, "undo_apply", { plan, ...args }));
  assert.equal(told.status, "done");
  const after = await done(callTool(world, app, "undo_preview", args));
  assert.equal(after.rowCount, 0, "what an allowed undo put back is of whoever wrote it first");
});

Deno.test("an app asks the person about its own writes as soon as they may be older than an hour", async () => {
  await using world = await createAppWorld();
  const { app, owner: person } = world;
  const id = await makeNote(world, "Old");
  const args = { since: ago(world, 61 * MINUTE) };
  const { plan } = await done(callTool(world, app, "undo_preview", args));
  assert.match(
    await refusal(callTool(world, app, "undo_apply", { plan, ...args })),
    /^Not done: the person has/,
  );
  const approval = await onlyOpen(world, person);
  assert.equal(approval.rows[0]?.op, "delete");
  assert.equal((await lastChange(world, person, NOTES, id)).op, "insert");
  world.clock.now += 2 * MINUTE;
  assert.ok((await pageOf(world, person).decide(approval, "yes")).ok);
  assert.equal((await lastChange(world, person, NOTES, id)).op, "delete");
  const { rowCount } = await done(callTool(world, app, "undo_preview", { since: ago(world, MINUTE) }));
  assert.equal(rowCount, 0, "an undo that the person allowed is none of the app's writes");
  const all = { app: null, since: ago(world, MINUTE) };
  assert.equal((await preview(world, person, everything(all))).rowCount, 0);
});

Deno.test("an app sees and undoes nothing of a module that it may not read, or not change, and nothing of a connection with other rights", async () => {
  await using world = await createAppWorld();
  await makeNote(world, "Mine");
  for (const allow of [["notes:read"], ["todo:read", "todo:write"], ["notes:write"]]) {
    // The same app, connected again with less.
    const less = (await connect(world, world.anna, { allow })).access;
    const shown = await done(callTool(world, less, "undo_preview", { since: ago(world, MINUTE) }));
    assert.deepEqual([shown.rowCount, shown.conflictCount, shown.rows], [0, 0, []], allow.join());
  }
});

Deno.test("of a table that several modules write, an app undoes what tools of its own modules wrote", async () => {
  await using world = await createAppWorld();
  const all = (await connect(world, world.anna, { allow: ["habits:read", "habits:write"] })).access;
  const { id } = recordOf(await done(callTool(world, all, "habits_create", { title: "Run" })), "habit");
  await done(callTool(world, all, "habits_log", { id }));
  world.clock.now += 1_000;
  const rows = async (token: string) => {
    const shown = await done(callTool(world, token, "undo_preview", { since: ago(world, MINUTE) }));
    return shown.rowCount;
  };
  assert.equal(await rows(all), 3);
  const less = (await connect(world, world.anna, { allow: ["calendar:read", "calendar:write"] })).access;
  assert.equal(await rows(less), 0);
});

Deno.test("an undo is of the space of its call", async () => {
  await using world = await createUndoWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  await callOk(world, anna, "notes_create", { title: "Mine", content: "x" });
  await callOk(world, anna, "notes_create", { title: "Ours", content: "x", space: team });
  world.clock.now += 10_000;
  const since = new Date(world.clock.now - MINUTE).toISOString();
  for (const [space, title] of [[undefined, "Mine"], [team, "Ours"]]) {
    const args = { since, ...(space === undefined ? {} : { space }) };
    const { rows, plan } = await callOk(world, anna, "undo_preview", args);
    assert.deepEqual(Rows.parse(rows).map(({ title }) => title), [title]);
    await callOk(world, anna, "undo_apply", { plan, ...args });
  }
  const changes = await pullAll(world, anna, NOTES);
  assert.deepEqual(changes.slice(2).map(({ op, spaceId }) => [op, spaceId]), [
    ["delete", anna.personalSpace],
    ["delete", team],
  ]);
});

const Rows = z.array(z.object({ title: z.string() }));

Deno.test("a plan that is none, is another question's or has changed is refused in words, and nothing is written", async () => {
  await using world = await createAppWorld();
  const { app, owner: person } = world;
  const id = await makeNote(world, "Shopping");
  const args = { since: ago(world, MINUTE) };
  const { plan } = await done(callTool(world, app, "undo_preview", args));
  const before = (await pullAll(world, person, NOTES)).length;
  const apply = (changes: Record<string, unknown>) =>
    refusal(callTool(world, app, "undo_apply", { plan, ...args, ...changes }));
  assert.match(await apply({ plan: "none" }), /no such plan/);
  const later = (world.clock.now + 24 * 60 * MINUTE).toString(36);
  assert.match(await apply({ plan: `${later}-${"0".repeat(32)}` }), /no such plan/);
  assert.match(await apply({ since: ago(world, 2 * MINUTE) }), /changed meanwhile/);
  assert.match(await apply({ since: "yesterday" }), /since: a time such as/);
  assert.match(await apply({ since: "2026-02-30T12:00:00Z" }), /since: a time such as/);
  world.clock.now += 1_000;
  await done(callTool(world, app, "notes_update", { id, title: "On" }));
  assert.match(await apply({}), /changed meanwhile/);
  assert.equal((await pullAll(world, person, NOTES)).length, before + 1);
});
