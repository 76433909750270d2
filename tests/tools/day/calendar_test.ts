import assert from "node:assert/strict";
import {
  masterKey,
  open,
  pullAll,
  pushDelete,
  pushUpdate,
  seal,
  withoutPush,
} from "../../_support/device.ts";
import { notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld } from "../../_support/world.ts";
import {
  addBlock,
  addCalendar,
  agenda,
  BERLIN,
  BLOCKS,
  CALENDARS,
  create,
  EVENTS,
  listing,
} from "./_calendar.ts";

const MAY = { from: "2026-05-18", to: "2026-05-31" };

Deno.test("calendar: what is created lies in the calendar, block and event point at each other, texts are sealed on both", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const id = await create(world, anna, {
    title: "Zahnarzt",
    startDate: "2026-05-20T09:00",
    endDate: "2026-05-20T09:45",
    location: "Köln",
    description: "Karte",
  });
  await create(world, anna, { title: "Urlaub", startDate: "2026-05-22", endDate: "2026-05-24" });
  assert.deepEqual(await agenda(world, anna, MAY), [
    "Zahnarzt 05-20T09:00/05-20T09:45",
    "Urlaub 05-22/05-24",
  ]);
  const { entries: [first, second] } = await listing(world, anna, MAY);
  assert.deepEqual({ ...first }, {
    id,
    title: "Zahnarzt",
    start: "2026-05-20T09:00+02:00",
    end: "2026-05-20T09:45+02:00",
    allDay: false,
    location: "Köln",
    calendarId: "personal-calendar",
  });
  assert.equal(second?.allDay, true);
  const { event, ...times } = await callOk(world, anna, "calendar_read", { id, ...BERLIN });
  assert.equal(Object(event).description, "Karte");
  assert.equal(times.start, "2026-05-20T09:00+02:00");

  const [block] = await pullAll(world, anna, BLOCKS);
  const [row] = await pullAll(world, anna, EVENTS);
  assert.equal(block?.data?.sourceId, id);
  assert.equal(row?.data?.timeBlockId, block?.id);
  assert.equal(block?.data?.startDate, "2026-05-20T07:00:00.000Z");
  const key = await masterKey(world, anna);
  for (const change of [block, row]) assert.equal(await open(key, change?.data?.title), "Zahnarzt");
  const whole = (await pullAll(world, anna, BLOCKS)).at(-1)?.data;
  assert.deepEqual([whole?.startDate, whole?.endDate, whole?.allDay], [
    "2026-05-21T22:00:00.000Z",
    "2026-05-24T21:59:59.000Z",
    true,
  ]);
});

Deno.test("calendar.create: a person without a calendar gets one with the first event, under the app's own id", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const event = (title: string) =>
    callOk(world, anna, "calendar_create", { title, startDate: "2026-05-20", ...BERLIN });
  await Promise.all([event("a"), event("b")]);
  const made = await pullAll(world, anna, CALENDARS);
  assert.deepEqual(made.map(({ id, data }) => [id, data?.name, data?.isDefault, data?.timezone]), [
    ["personal-calendar", "Kalender", true, "Europe/Berlin"],
  ]);
  const events = await pullAll(world, anna, EVENTS);
  assert.deepEqual(events.map(({ data }) => data?.calendarId), ["personal-calendar", "personal-calendar"]);
  // What the person has deleted does not come back under its id.
  await pushDelete(world, anna, CALENDARS, "personal-calendar");
  await event("c");
  const again = (await pullAll(world, anna, CALENDARS)).at(-1);
  assert.equal(again?.op, "insert");
  assert.notEqual(again?.id, "personal-calendar");
  await pushUpdate(world, anna, CALENDARS, String(again?.id), { isVisible: false });
  assert.match(
    await callRefused(world, anna, "calendar_create", { title: "d", startDate: "2026-05-20" }),
    /calendarId: every calendar is hidden; name the one for the event/,
  );
});

Deno.test("calendar.create: impossible times, rules and calendars are refused in words, and nothing is stored", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const refused = (args: Record<string, unknown>) =>
    withoutPush(world, () => callRefused(world, anna, "calendar_create", { title: "x", ...BERLIN, ...args }));
  await addCalendar(world, anna);
  const at = "2026-05-20T09:00";
  for (
    const [args, words] of [
      [{ startDate: "2026-02-30" }, /startDate: expected an existing YYYY-MM-DDTHH:mm, or YYYY-MM-DD/],
      [{ startDate: at, endDate: "2026-05-20T08:00" }, /endDate: it is before the start/],
      [{ startDate: "2026-05-20", endDate: "2026-05-19" }, /endDate: it is before the start/],
      [{ startDate: at, endDate: "2026-05-20" }, /endDate: it has to be a day where/],
      [
        { startDate: "2026-03-29T02:30" },
        /2026-03-29T02:30 does not exist in Europe\/Berlin, whose clocks skip it/,
      ],
      [{ startDate: at, timeZone: "Europe/Nowhere" }, /timeZone: expected an IANA time zone/],
      [{ startDate: at, recurrenceRule: "FREQ=HOURLY" }, /recurrenceRule: the rule needs FREQ/],
      [{ startDate: at, recurrenceRule: "FREQ=DAILY;COUNT=1000000" }, /COUNT above 1000/],
      [
        { startDate: at, recurrenceRule: "FREQ=WEEKLY;BYDAY=MO" },
        /does not give 2026-05-20.*first day it gives is 2026-05-25/,
      ],
      [{ startDate: at, recurrenceRule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }, /it gives no time at all/],
      [{ startDate: at, calendarId: "nope" }, /there is no such calendar; calendar_calendars lists them/],
      [{ startDate: at, title: "x".repeat(200_000) }, /title/],
      [{ startDate: at, title: " " }, /title/],
    ] as const
  ) assert.match(await refused(args), words);
});

Deno.test("calendar.list: the three stored forms of times, and what lies in the range only with a part", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addBlock(world, anna, "utc", {
    startDate: "2026-05-20T22:30:00.000Z",
    endDate: "2026-05-20T23:00:00.000Z",
  });
  await addBlock(world, anna, "wall", { startDate: "2026-05-20T23:30:00", endDate: "2026-05-21T00:30:00" });
  await addBlock(world, anna, "long", {
    startDate: "2026-05-01T10:00:00.000Z",
    endDate: "2026-06-01T10:00:00.000Z",
  });
  await addBlock(world, anna, "point", { startDate: "2026-05-21T10:00:00.000Z" });
  await addBlock(world, anna, "over", {
    startDate: "2026-05-20T10:00:00.000Z",
    endDate: "2026-05-20T22:00:00.000Z",
  });
  await addBlock(world, anna, "soon", { startDate: "soon" });
  await addBlock(world, anna, "backwards", {
    startDate: "2026-05-21T12:00:00.000Z",
    endDate: "2026-05-20T12:00:00.000Z",
  });
  const day = { from: "2026-05-21", to: "2026-05-21" };
  assert.deepEqual(await agenda(world, anna, day), [
    "long 05-01T12:00/06-01T12:00",
    "wall 05-20T23:30/05-21T00:30",
    "utc 05-21T00:30/05-21T01:00",
    "point 05-21T12:00",
    "backwards 05-21T14:00",
  ]);
  assert.equal((await listing(world, anna, day)).unreadable, 1);
});

Deno.test("calendar.list: a series has its times, without the days for which an instance stands or stood", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addBlock(world, anna, "standup", {
    startDate: "2026-03-02T08:00:00.000Z",
    endDate: "2026-03-02T08:15:00.000Z",
    recurrenceRule: "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
    sourceId: "series",
  });
  const instance = (day: string, more: Record<string, unknown>) => ({
    parentBlockId: "standup",
    recurrenceDate: day,
    startDate: `${day}T08:00:00.000Z`,
    ...more,
  });
  await addBlock(world, anna, "moved", instance("2026-05-20", { startDate: "2026-05-21T13:00:00.000Z" }));
  await addBlock(world, anna, "gone", instance("2026-05-25", {}));
  await pushDelete(world, anna, BLOCKS, "gone");
  // At nine in Berlin, before and after the change of the clocks.
  assert.deepEqual(await agenda(world, anna, { from: "2026-03-25", to: "2026-03-30" }), [
    "standup 03-25T09:00/03-25T09:15",
    "standup 03-30T09:00/03-30T09:15",
  ]);
  assert.deepEqual(await agenda(world, anna, MAY), [
    "standup 05-18T09:00/05-18T09:15",
    "moved 05-21T15:00",
    "standup 05-27T09:00/05-27T09:15",
  ]);
  const { entries } = await listing(world, anna, MAY);
  assert.deepEqual(entries.map(({ id, day, recurring }) => [id, day, recurring]), [
    ["series", "2026-05-18", true],
    ["moved-owner", "2026-05-20", true],
    ["series", "2026-05-27", true],
  ]);
});

Deno.test("calendar.list: a rule of another writer that cannot be read lists the start alone, and says so", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [index, recurrenceRule] of ["RRULE:FREQ=SECONDLY", "every day", "x".repeat(200_000)].entries()) {
    await addBlock(world, anna, `odd${index}`, { startDate: "2026-05-20T08:00:00.000Z", recurrenceRule });
  }
  await addBlock(world, anna, "million", {
    startDate: "2026-05-20T08:00:00.000Z",
    recurrenceRule: "RRULE:FREQ=DAILY;COUNT=1000000",
  });
  const { entries, unreadable } = await listing(world, anna, { from: "2026-05-20", to: "2026-05-21" });
  assert.deepEqual(entries.map(({ title, ruleUnreadable }) => `${title} ${ruleUnreadable ?? false}`).sort(), [
    "million false",
    "million false",
    "odd0 true",
    "odd1 true",
    "odd2 true",
  ]);
  assert.equal(unreadable, 3);
  assert.deepEqual(await agenda(world, anna, { from: "2026-05-21", to: "2026-05-21" }), [
    "million 05-21T10:00",
  ]);
});

Deno.test("calendar: blocks of another writer at the ends of time, or as long as time, break no listing", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const rules = ["RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;COUNT=999999999", null];
  const starts = [
    "9999-12-31",
    "0000-01-01",
    "0001-01-01T00:00:00",
    "9998-12-31T23:59:59.000Z",
    "0002-01-01",
  ];
  let number = 0;
  for (const startDate of [...starts, "2026-05-20", "x".repeat(200_000)]) {
    for (const recurrenceRule of rules) {
      for (const allDay of [true, false]) {
        const more = { startDate, endDate: "9998-12-31T23:00:00.000Z", recurrenceRule, allDay };
        await addBlock(world, anna, `odd${number++}`, more);
      }
    }
  }
  await addBlock(world, anna, "usual", { startDate: "2026-05-20T08:00:00.000Z" });
  for (
    const range of [MAY, { from: "0002-01-01", to: "0002-01-31" }, { from: "9998-12-01", to: "9998-12-31" }]
  ) {
    const { entries } = await listing(world, anna, { ...range, limit: 500 });
    assert.equal(entries.some(({ title }) => title === "usual"), range === MAY);
    await callOk(world, anna, "day_summary", { ...BERLIN, date: range.to });
    await callOk(world, anna, "calendar_free", { ...BERLIN, from: range.to, to: range.to });
  }
  await addCalendar(world, anna);
  for (const startDate of ["9999-12-31", "0001-01-01", "9999-05-20T09:00"]) {
    const args = { title: "x", startDate };
    assert.match(await callRefused(world, anna, "calendar_create", args), /startDate: expected an existing/);
  }
  await create(world, anna, { title: "late", startDate: "9998-12-31", endDate: "9998-12-31" });
});

Deno.test("calendar.list: words, calendars, hidden calendars, blocks of other modules on request, and pages", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  await addCalendar(world, anna, "work", { name: "Arbeit", isDefault: false });
  await create(world, anna, { title: "Zahnarzt", startDate: "2026-05-20T09:00", location: "Köln" });
  await create(world, anna, { title: "Sitzung", startDate: "2026-05-20T09:00", calendarId: "work" });
  await create(world, anna, {
    title: "Lauf",
    startDate: "2026-05-19T07:00",
    recurrenceRule: "FREQ=DAILY;COUNT=3",
  });
  await addBlock(world, anna, "Steuer", {
    startDate: "2026-05-20T18:00:00",
    type: "task",
    sourceModule: "todo",
    sourceId: "task-1",
  });
  assert.deepEqual(await agenda(world, anna, { ...MAY, query: "köln zahn" }), [
    "Zahnarzt 05-20T09:00/05-20T10:00",
  ]);
  assert.deepEqual(await agenda(world, anna, { ...MAY, calendarId: "work" }), [
    "Sitzung 05-20T09:00/05-20T10:00",
  ]);
  assert.equal((await agenda(world, anna, { ...MAY, also: ["todo"] })).at(-2), "Steuer 05-20T18:00 todo");
  const all = await agenda(world, anna, MAY);
  assert.equal(all.length, 5);
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listing(world, anna, {
      ...MAY,
      limit: 2,
      ...(cursor === undefined ? {} : { cursor }),
    });
    paged.push(...page.entries.map(({ title, start }) => `${title} ${start}`));
    cursor = page.nextCursor;
    assert.equal(page.hasMore, cursor !== undefined);
  } while (cursor !== undefined);
  assert.deepEqual(paged.length, new Set(paged).size);
  assert.equal(paged.length, 5);
  await pushUpdate(world, anna, CALENDARS, "work", { isVisible: false });
  assert.equal((await agenda(world, anna, MAY)).some((entry) => entry.startsWith("Sitzung")), false);
  for (
    const [args, words] of [
      [{ from: "2026-05-20", to: "2026-05-19" }, /to: it is before `from`/],
      [{ from: "2026-05-20", to: "2028-05-20" }, /more than 366 days/],
      [{ from: "2026-02-30" }, /from: expected an existing day/],
      [{ cursor: "x" }, /cursor: it is not from this listing/],
    ] as const
  ) assert.match(await callRefused(world, anna, "calendar_list", args), words);
});

Deno.test("calendar.read: of a series the rule and the next times; an unknown id and an id of another module are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const id = await create(world, anna, {
    title: "Chor",
    startDate: "2026-03-03T19:00",
    recurrenceRule: "freq=weekly;until=20260401",
  });
  const series = await callOk(world, anna, "calendar_read", { id, ...BERLIN });
  assert.equal(series.recurrenceRule, "RRULE:FREQ=WEEKLY;UNTIL=20260401");
  assert.deepEqual(
    Object(series.nextTimes).map(({ start }: { start: string }) => start),
    [
      "2026-03-03T19:00+01:00",
      "2026-03-10T19:00+01:00",
      "2026-03-17T19:00+01:00",
      "2026-03-24T19:00+01:00",
      "2026-03-31T19:00+02:00",
    ],
  );
  assert.match(
    await callRefused(world, anna, "calendar_read", { id: "nope" }),
    new RegExp(notFound("event", "nope").slice(0, 30)),
  );
  const task = Object((await callOk(world, anna, "todo_create", { title: "x" })).task ?? {}).id ?? "task";
  assert.match(await callRefused(world, anna, "calendar_read", { id: task }), /No event with id/);
  // An event whose block is gone can be read; it lies nowhere.
  const block = (await pullAll(world, anna, BLOCKS))[0]?.id ?? "";
  await pushDelete(world, anna, BLOCKS, block);
  assert.equal((await callOk(world, anna, "calendar_read", { id })).start, undefined);
  assert.match(
    await callRefused(world, anna, "calendar_update", { id, title: "y" }),
    /has no time block any more/,
  );
});

Deno.test("calendar: a key that is not the person's leaves texts out and names them, times stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  await addBlock(world, anna, "odd", {
    startDate: "2026-05-20T08:00:00.000Z",
    title: await seal(await masterKey(world, ben), "x"),
  });
  const { entries, unreadable } = await listing(world, anna, MAY);
  assert.deepEqual([entries[0]?.title, entries[0]?.start, unreadable], [
    undefined,
    "2026-05-20T10:00+02:00",
    1,
  ]);
});

Deno.test("calendar.free: gaps between what is planned, within the hours, from now on", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  await create(world, anna, { title: "a", startDate: "2026-03-02T10:00", endDate: "2026-03-02T11:30" });
  await create(world, anna, { title: "b", startDate: "2026-03-02T11:00", endDate: "2026-03-02T12:00" });
  await create(world, anna, { title: "c", startDate: "2026-03-02", recurrenceRule: "FREQ=DAILY" });
  await addBlock(world, anna, "t", {
    startDate: "2026-03-02T13:00:00",
    endDate: "2026-03-02T17:45:00",
    type: "task",
    sourceModule: "todo",
  });
  const free = async (args: Record<string, unknown>) => {
    const { slots, unchecked } = await callOk(world, anna, "calendar_free", { ...BERLIN, ...args });
    assert.deepEqual(unchecked, []);
    return Object(slots).map((slot: { start: string; end: string; minutes: number }) =>
      `${slot.start.slice(5, 16)} ${slot.end.slice(11, 16)} ${slot.minutes}`
    );
  };
  assert.deepEqual(await free({ from: "2026-03-02", to: "2026-03-02" }), [
    "03-02T09:00 10:00 60",
    "03-02T12:00 13:00 60",
  ]);
  assert.deepEqual(await free({ from: "2026-03-02", to: "2026-03-02", minutes: 15 }), [
    "03-02T09:00 10:00 60",
    "03-02T12:00 13:00 60",
    "03-02T17:45 18:00 15",
  ]);
  // It is a little past one o'clock in Berlin on the first of March.
  assert.deepEqual(await free({ from: "2026-03-01", to: "2026-03-01" }), ["03-01T13:05 18:00 295"]);
  assert.match(
    await callRefused(world, anna, "calendar_free", { earliest: "18:00", latest: "09:00" }),
    /latest: it is not after/,
  );
  assert.match(await callRefused(world, anna, "calendar_free", { earliest: "25:00" }), /expected HH:mm/);
});

Deno.test("calendar.save_calendar: one default, which new events go into; others are cleared first", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await addCalendar(world, anna);
  const { id } = await callOk(world, anna, "calendar_save_calendar", {
    name: "Arbeit",
    isDefault: true,
    ...BERLIN,
  });
  const { calendars } = await callOk(world, anna, "calendar_calendars", {});
  assert.deepEqual(
    Object(calendars).map((one: Record<string, unknown>) => [one.name, one.isDefault, one.timezone]).sort(),
    [["Arbeit", true, "Europe/Berlin"], ["Privat", false, "Europe/Berlin"]],
  );
  const event = await create(world, anna, { title: "x", startDate: "2026-05-20" });
  assert.equal(Object((await callOk(world, anna, "calendar_read", { id: event })).event).calendarId, id);
  const again = { id, name: "Büro", isVisible: false };
  assert.equal((await callOk(world, anna, "calendar_save_calendar", again)).changed, true);
  assert.equal((await callOk(world, anna, "calendar_save_calendar", again)).changed, false);
  assert.match(
    await callRefused(world, anna, "calendar_save_calendar", {}),
    /name: a new calendar needs one/,
  );
  assert.match(
    await callRefused(world, anna, "calendar_save_calendar", { id: "nope", name: "y" }),
    /No calendar with id/,
  );
});
