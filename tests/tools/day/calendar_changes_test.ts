/** Changing and deleting events, and the times of series: one, all from a day on, the whole. */
import assert from "node:assert/strict";
import { masterKey, open, pullAll, pushUpdate, withoutPush } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";
import { addBlock, addCalendar, agenda, BERLIN, BLOCKS, create, EVENTS, listing } from "./_calendar.ts";

const MAY = { from: "2026-05-18", to: "2026-06-07" };

async function change(
  world: World,
  person: Person,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return await callOk(world, person, "calendar_update", { ...BERLIN, ...args });
}

async function refused(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return await withoutPush(
    world,
    () => callRefused(world, person, "calendar_update", { ...BERLIN, ...args }),
  );
}

/** A choir on Tuesdays at seven, for five weeks from 5 May. */
async function choir(world: World, person: Person, more: Record<string, unknown> = {}): Promise<string> {
  await addCalendar(world, person);
  return await create(world, person, {
    title: "Chor",
    startDate: "2026-05-05T19:00",
    endDate: "2026-05-05T20:30",
    recurrenceRule: "FREQ=WEEKLY;BYDAY=TU;COUNT=5",
    location: "Aula",
    ...more,
  });
}

Deno.test("calendar.update: an event keeps its length when it moves, copies on the block follow, and no change is none", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const id = await create(world, anna, {
    title: "Zahnarzt",
    startDate: "2026-05-20T09:00",
    endDate: "2026-05-20T09:45",
    color: "#ff0000",
  });
  assert.deepEqual(
    await change(world, anna, { id, title: "Arzt", startDate: "2026-05-21T10:00", clear: ["color"] }),
    {
      ok: true,
      changed: true,
      id,
    },
  );
  assert.deepEqual(await agenda(world, anna, MAY), ["Arzt 05-21T10:00/05-21T10:45"]);
  const key = await masterKey(world, anna);
  for (const table of [BLOCKS, EVENTS]) {
    const last = (await pullAll(world, anna, table)).at(-1)?.fields;
    assert.equal(await open(key, last?.title?.value), "Arzt");
    assert.equal(last?.color?.value, null);
  }
  assert.equal((await change(world, anna, { id, title: "Arzt" })).changed, false);
  await change(world, anna, { id, startDate: "2026-05-22" });
  assert.deepEqual(await agenda(world, anna, MAY), ["Arzt 05-22/05-22"]);
  await change(world, anna, { id, endDate: "2026-05-23" });
  assert.deepEqual(await agenda(world, anna, MAY), ["Arzt 05-22/05-23"]);
  await change(world, anna, { id, startDate: "2026-05-25" });
  assert.deepEqual(await agenda(world, anna, MAY), ["Arzt 05-25/05-26"]);
});

Deno.test("calendar.update: one time of a series becomes an event of its own, the others stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna);
  const { id: own } = await change(world, anna, {
    id,
    day: "2026-05-19",
    startDate: "2026-05-19T20:00",
    title: "Probe",
  });
  assert.notEqual(own, id);
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Probe 05-19T20:00/05-19T21:30",
    "Chor 05-26T19:00/05-26T20:30",
    "Chor 06-02T19:00/06-02T20:30",
  ]);
  const read = await callOk(world, anna, "calendar_read", { id: own, ...BERLIN });
  assert.deepEqual([read.seriesId, read.day, Object(read.event).location], [id, "2026-05-19", "Aula"]);
  // Once more, by the series and by its own id.
  await change(world, anna, { id, day: "2026-05-19", title: "Generalprobe" });
  await change(world, anna, { id: own, location: "Dom" });
  assert.equal((await agenda(world, anna, MAY))[0], "Generalprobe 05-19T20:00/05-19T21:30");
  assert.equal((await pullAll(world, anna, EVENTS)).filter(({ op }) => op === "insert").length, 2);
});

Deno.test("calendar.update: all times from a day on become a series of their own, which counts on; changed days go along", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna);
  await change(world, anna, { id, day: "2026-06-02", title: "Konzert" });
  const { id: next } = await change(world, anna, {
    id,
    day: "2026-05-26",
    apply: "future",
    startDate: "2026-05-26T18:00",
  });
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Chor 05-19T19:00/05-19T20:30",
    "Chor 05-26T18:00/05-26T19:30",
    "Konzert 06-02T19:00/06-02T20:30",
  ]);
  assert.equal(
    (await callOk(world, anna, "calendar_read", { id, ...BERLIN })).recurrenceRule,
    "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260526T165959Z",
  );
  assert.equal(
    (await callOk(world, anna, "calendar_read", { id: next, ...BERLIN })).recurrenceRule,
    "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2",
  );
  assert.equal((await listing(world, anna, { from: "2026-06-08", to: "2026-07-31" })).entries.length, 0);
});

Deno.test("calendar.update: the whole series, with the blocks that the web app made of its days", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna);
  const parent = (await pullAll(world, anna, BLOCKS))[0]?.id;
  for (const day of ["2026-05-19", "2026-05-26"]) {
    await addBlock(world, anna, `copy-${day}`, {
      startDate: `${day}T17:00:00.000Z`,
      endDate: `${day}T18:30:00.000Z`,
      parentBlockId: parent,
      recurrenceDate: day,
      sourceId: id,
    });
  }
  await change(world, anna, { id, title: "Kantorei", startDate: "2026-05-05T18:00" });
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Kantorei 05-19T18:00/05-19T19:30",
    "Kantorei 05-26T18:00/05-26T19:30",
    "Kantorei 06-02T18:00/06-02T19:30",
  ]);
  // What the person changed by hand on a day is theirs.
  await addBlock(world, anna, "by-hand", {
    startDate: "2026-06-02T20:00:00.000Z",
    parentBlockId: parent,
    recurrenceDate: "2026-06-02",
    isRecurrenceException: true,
    sourceId: id,
  });
  await change(world, anna, { id, title: "Chor", startDate: "2026-05-05T18:30" });
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Chor 05-19T18:30/05-19T20:00",
    "Chor 05-26T18:30/05-26T20:00",
    "by-hand 06-02T22:00",
  ]);
  await change(world, anna, { id, title: "Kantorei", startDate: "2026-05-05T18:00" });
  await change(world, anna, { id, recurrenceRule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" });
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Kantorei 05-19T18:00/05-19T19:30",
    "by-hand 06-02T22:00",
  ]);
  await change(world, anna, { id, clear: ["recurrenceRule"] });
  assert.deepEqual(await agenda(world, anna, MAY), ["by-hand 06-02T22:00"]);
  assert.deepEqual(await agenda(world, anna, { from: "2026-05-05", to: "2026-05-05" }), [
    "Kantorei 05-05T18:00/05-05T19:30",
  ]);
});

Deno.test("calendar.update: what makes no sense is refused in words, and nothing is written", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna);
  const single = await create(world, anna, { title: "x", startDate: "2026-05-20T09:00" });
  for (
    const [args, words] of [
      [{ id: "nope", title: "y" }, /No event with id/],
      [{ id }, /nothing to change/],
      [{ id, day: "2026-05-20", title: "y" }, /day: the series has no time on 2026-05-20/],
      [{ id, apply: "this", title: "y" }, /day: say which time of the series/],
      [{ id: single, day: "2026-05-20", title: "y" }, /day: the event does not repeat/],
      [{ id, day: "2026-05-19", recurrenceRule: "FREQ=DAILY" }, /one time has no rule/],
      [{ id, startDate: "2026-05-06T19:00" }, /startDate: the rule of the series does not give this day/],
      [{ id: single, endDate: "2026-05-20T08:00" }, /endDate: it is before the start/],
      [{ id: single, startDate: "2026-03-29T02:30" }, /does not exist in Europe\/Berlin/],
      [{ id: single, calendarId: "nope" }, /there is no such calendar/],
      [{ id: single, title: "y", clear: ["title"] }, /clear/],
    ] as const
  ) assert.match(await refused(world, anna, args), words);
});

Deno.test("calendar.delete: event and block go together, after a question that names the event", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const id = await create(world, anna, { title: "Zahnarzt", startDate: "2026-05-20T09:00" });
  const { sentence, output } = await deleteWithYes(world, anna, "calendar_delete", { id });
  assert.match(sentence, /Delete the event "Zahnarzt"\?/);
  assert.equal(output.id, id);
  assert.deepEqual(await agenda(world, anna, MAY), []);
  for (const table of [BLOCKS, EVENTS]) {
    assert.equal((await pullAll(world, anna, table)).at(-1)?.op, "delete");
  }
  assert.match(await deleteRefused(world, anna, "calendar_delete", { id }), /No event with id/);
});

Deno.test("calendar.delete: a deletion that got no further than the block is completed by the same call", async () => {
  await using world = await createWorld({ env: { DESTRUCTIVE_TOOLS: "calendar.delete" } });
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const recurrenceRule = "RRULE:FREQ=WEEKLY";
  for (
    const [changes, args] of [
      [{}, {}],
      [{ recurrenceRule }, { apply: "all" }],
      [{ recurrenceRule }, { day: "2026-05-19", apply: "future" }],
    ] as const
  ) {
    const id = await create(world, anna, { title: "Probe", startDate: "2026-05-19T19:00", ...changes });
    world.intercept = ({ method, url }) =>
      method === "POST" && url.endsWith("/sync/calendar") ? new Response("gone", { status: 400 }) : undefined;
    const words = await callRefused(world, anna, "calendar_delete", { id, ...args });
    assert.match(words, /^The sync service did not confirm the whole change/);
    world.intercept = null;
    assert.deepEqual(await agenda(world, anna, MAY), []);
    await callOk(world, anna, "calendar_delete", { id, ...args });
    assert.match(await callRefused(world, anna, "calendar_delete", { id, ...args }), /No event with id/);
  }
});

Deno.test("calendar.delete: of a changed day of a series nothing is left behind, whichever app did not take its part", async () => {
  await using world = await createWorld({ env: { DESTRUCTIVE_TOOLS: "calendar.delete" } });
  const anna = await world.person("anna");
  for (const app of ["calendar", "timeblocks"]) {
    for (const args of [{ day: "2026-05-26" }, { day: "2026-05-26", apply: "future" }, {}]) {
      const id = await choir(world, anna);
      await change(world, anna, { id, day: "2026-05-26", title: "Neu" });
      const removed = { ...BERLIN, id, ...args };
      world.intercept = ({ method, url }) =>
        method === "POST" && url.endsWith(`/sync/${app}`) ? new Response("gone", { status: 400 }) : undefined;
      await callRefused(world, anna, "calendar_delete", removed);
      world.intercept = null;
      await callOk(world, anna, "calendar_delete", removed);
      const shown = await agenda(world, anna, MAY);
      assert.equal(shown.some((time) => time.startsWith("Neu ")), false);
      const left = Object.keys(args).length === 0 ? 0 : 1;
      for (const table of [BLOCKS, EVENTS]) {
        const rows = await pullAll(world, anna, table);
        const gone = new Set(rows.filter(({ op }) => op === "delete").map((row) => row.id));
        assert.equal(
          rows.filter((row) => row.op === "insert" && !gone.has(row.id)).length,
          left,
          table.table,
        );
      }
      if (left > 0) await callOk(world, anna, "calendar_delete", { ...BERLIN, id });
    }
  }
});

Deno.test("calendar.delete: one time of a series stays out, all from a day on, and the whole with its changed days", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna, { recurrenceRule: "FREQ=WEEKLY;BYDAY=TU" });
  const remove = (args: Record<string, unknown>) =>
    deleteWithYes(world, anna, "calendar_delete", { id, ...BERLIN, ...args });
  await change(world, anna, { id, day: "2026-05-26", title: "Konzert" });
  assert.match(
    (await remove({ day: "2026-05-19" })).sentence,
    /Delete the time on 2026-05-19 of the series "Chor"\?/,
  );
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Konzert 05-26T19:00/05-26T20:30",
    "Chor 06-02T19:00/06-02T20:30",
  ]);
  assert.match(
    await deleteRefused(world, anna, "calendar_delete", { id, ...BERLIN, day: "2026-05-19" }),
    /no time on 2026-05-19/,
  );
  assert.match(
    await refused(world, anna, { id, day: "2026-05-12", apply: "future", title: "y" }),
    /2026-05-19 was taken out of the series and would come back/,
  );
  await remove({ day: "2026-05-26" });
  assert.deepEqual(await agenda(world, anna, MAY), ["Chor 06-02T19:00/06-02T20:30"]);
  await change(world, anna, { id, day: "2026-06-09", title: "Fest" });
  assert.match(
    (await remove({ day: "2026-06-02", apply: "future" })).sentence,
    /times from 2026-06-02 on of the series/,
  );
  assert.deepEqual(await agenda(world, anna, { from: "2026-05-01", to: "2026-07-01" }), [
    "Chor 05-05T19:00/05-05T20:30",
    "Chor 05-12T19:00/05-12T20:30",
  ]);
  await change(world, anna, { id, day: "2026-05-12", title: "Ende" });
  assert.match((await remove({})).sentence, /Delete the whole series "Chor"\?/);
  assert.deepEqual(await agenda(world, anna, { from: "2026-05-01", to: "2026-07-01" }), []);
  const live = new Set<string>();
  for (const table of [BLOCKS, EVENTS]) {
    for (const { id, op } of await pullAll(world, anna, table)) {
      if (op === "insert") live.add(id);
      if (op === "delete") live.delete(id);
    }
  }
  assert.deepEqual([...live], []);
});

Deno.test("calendar.delete: an event that is shared by a link stays until the person has stopped sharing it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const id = await create(world, anna, { title: "Fest", startDate: "2026-05-20" });
  await pushUpdate(world, anna, EVENTS, id, { unlistedToken: "x".repeat(32), visibility: "unlisted" });
  assert.match(await deleteRefused(world, anna, "calendar_delete", { id }), /shared by a link/);
});

Deno.test("calendar: a lost answer between block and event is completed by the same call, never doubled", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await choir(world, anna);
  const args = { id, day: "2026-05-26", apply: "future", title: "Neu" };
  for (const lost of [1, 2, 3]) {
    let pushes = 0;
    world.intercept = (request) => {
      if (request.method !== "POST" || !new URL(request.url).pathname.startsWith("/sync/")) return undefined;
      pushes += 1;
      return pushes >= lost ? new Response("gone", { status: 400 }) : undefined;
    };
    await callRefused(world, anna, "calendar_update", { ...BERLIN, ...args });
    world.intercept = null;
    if (lost > 1) break;
  }
  await change(world, anna, args);
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Chor 05-19T19:00/05-19T20:30",
    "Neu 05-26T19:00/05-26T20:30",
    "Neu 06-02T19:00/06-02T20:30",
  ]);
  const inserts = (await pullAll(world, anna, EVENTS)).filter(({ op }) => op === "insert");
  assert.equal(inserts.length, 2);
});
