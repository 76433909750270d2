/** What a call would change is collected, and is what the click stores: also where a tool makes a record and deletes it at once. */
import assert from "node:assert/strict";
import { pushesOf, readPush } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { makeTeam, remove } from "../_support/team.ts";
import { callTool, createPageWorld, done, linkIn, onlyOpen, pageOf } from "./_approvals.ts";

Deno.test("a time that is taken out of a series: the day is made and deleted by one click, and shown as deleted", async () => {
  await using world = await createPageWorld();
  const { anna } = world;
  const rehearsal = {
    title: "Probe",
    startDate: "2026-05-05T19:00",
    endDate: "2026-05-05T21:00",
    timeZone: "Europe/Berlin",
  };
  const { id } = await done(
    callTool(world, anna.token, "calendar_create", { ...rehearsal, recurrenceRule: "FREQ=WEEKLY" }),
  );
  const args = { id, day: "2026-05-12", apply: "this", timeZone: "Europe/Berlin" };
  await linkIn(callTool(world, anna.token, "calendar_delete", args));
  const approval = await onlyOpen(world, anna);
  assert.deepEqual(approval.rows.map(({ record, title, op }) => [record, title, op]), [[
    "time block",
    "Probe",
    "delete",
  ]]);
  assert.ok((await pageOf(world, anna).decide(approval, "yes")).ok);
  const { entries } = await done(
    callTool(world, anna.token, "calendar_list", {
      from: "2026-05-04",
      to: "2026-05-20",
      timeZone: "Europe/Berlin",
    }),
  );
  assert.ok(Array.isArray(entries));
  assert.deepEqual(entries.map(({ day }) => day), ["2026-05-05", "2026-05-19"]);
});

Deno.test("the click stores the collected changes, in their order, and nothing is pushed before it but the question", async () => {
  await using world = await createPageWorld();
  const { anna } = world;
  const habit =
    recordOf(await done(callTool(world, anna.token, "habits_create", { title: "Run" })), "habit").id;
  for (const _ of [1, 2]) await done(callTool(world, anna.token, "habits_log", { id: habit }));
  const before = pushesOf(world).length;
  await linkIn(callTool(world, anna.token, "habits_delete", { id: habit }));
  assert.deepEqual(pushesOf(world).slice(before).map(({ url }) => new URL(url).pathname), ["/sync/mcp"]);
  const approval = await onlyOpen(world, anna);
  const asked = pushesOf(world).length;
  assert.ok((await pageOf(world, anna).decide(approval, "yes")).ok);
  const stored = pushesOf(world).slice(asked).filter(({ url }) => !url.endsWith("/sync/mcp")).flatMap((
    call,
  ) => readPush(call).changes);
  assert.deepEqual(stored.map(({ op }) => op), ["delete", "delete", "delete", "delete", "delete"]);
  assert.equal(stored.at(-1)?.id, habit, "the record that the person named goes last");
  assert.deepEqual(new Set(stored.map(({ id }) => id)), new Set(approval.rows.map(({ id }) => id)));
});

Deno.test("in a shared space the question names it, and a person who left it gets nothing done", async () => {
  await using world = await createPageWorld();
  const { anna } = world;
  const ben = await world.person("ben");
  const team = await makeTeam(world, ben, anna);
  const { id } = recordOf(
    await done(callTool(world, anna.token, "notes_create", { title: "Plan", space: team })),
    "note",
  );
  await linkIn(callTool(world, anna.token, "notes_delete", { id, space: team }));
  const approval = await onlyOpen(world, anna);
  assert.deepEqual([approval.space.id, approval.space.kind, approval.rows.length], [team, "shared", 1]);
  assert.match(approval.sentence, /^In the space "team-/);
  await remove(world, ben, team, anna);
  world.clock.now += 2 * 60_000;
  const page = pageOf(world, anna);
  const refused = await page.decide(approval, "yes");
  assert.ok(!refused.ok && refused.fault === "refused", JSON.stringify(refused));
  assert.equal(refused.code, "space-left");
  const [shown] = await page.list();
  assert.deepEqual([shown?.status, shown?.rows], ["open", []]);
  assert.ok((await page.decide(approval, "no")).ok);
});
