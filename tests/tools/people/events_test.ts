import assert from "node:assert/strict";
import { z } from "zod";
import {
  lastChange,
  masterKey,
  open,
  pullAll,
  pushDelete,
  pushInsert,
  pushUpdate,
  seal,
  type WireTable,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "./_deleting.ts";

const EVENTS: WireTable = { app: "events", table: "events" };
const GUESTS: WireTable = { app: "events", table: "eventGuests" };
const ITEMS: WireTable = { app: "events", table: "eventItems" };
const BLOCKS: WireTable = { app: "timeblocks", table: "timeBlocks" };

const PARTY = {
  title: "Party",
  startDate: "2026-05-20T19:00",
  endDate: "2026-05-20T23:00",
  timeZone: "Europe/Berlin",
  location: "Garden",
};

const Read = z.looseObject({
  event: z.looseObject({ id: z.string() }),
  start: z.string().optional(),
  end: z.string().optional(),
  guests: z.array(z.looseObject({ id: z.string() })),
  items: z.array(z.looseObject({ id: z.string() })),
  nextOffset: z.number().optional(),
});

async function plan(world: World, person: Person, args: Record<string, unknown> = {}): Promise<string> {
  return String((await callOk(world, person, "events_create", { ...PARTY, ...args })).id);
}

async function read(world: World, person: Person, id: string, args: Record<string, unknown> = {}) {
  return Read.parse(await callOk(world, person, "events_read", { id, timeZone: "Europe/Berlin", ...args }));
}

async function names(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "events_list", args)).rows.map(({ title }) => title);
}

Deno.test("events.create: a block and an event that point at each other, the block first", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const id = await plan(world, anna);
  const { data: event = {} } = await lastChange(world, anna, EVENTS, id);
  const { data: block = {} } = await lastChange(world, anna, BLOCKS, event.timeBlockId);
  assert.deepEqual([block.sourceModule, block.type, block.kind, block.sourceId], [
    "events",
    "event",
    "scheduled",
    id,
  ]);
  assert.deepEqual([block.startDate, block.endDate, block.allDay], [
    "2026-05-20T17:00:00.000Z",
    "2026-05-20T21:00:00.000Z",
    false,
  ]);
  assert.deepEqual([await open(key, block.title), await open(key, event.title)], ["Party", "Party"]);
  assert.equal("startDate" in event, false);
  const { start, end, event: shown, guests, items } = await read(world, anna, id);
  assert.deepEqual([start, end, shown.title, shown.location, shown.status, guests, items], [
    "2026-05-20T19:00+02:00",
    "2026-05-20T23:00+02:00",
    "Party",
    "Garden",
    "draft",
    [],
    [],
  ]);
});

Deno.test("events: times that do not exist, an end before the start and unknown ids are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await plan(world, anna);
  await withoutPush(world, async () => {
    const bad: [string, Record<string, unknown>, RegExp][] = [
      ["events_create", { ...PARTY, endDate: "2026-05-20T18:59" }, /endDate: it is before `startDate`/],
      ["events_create", { ...PARTY, startDate: "2026-02-30T10:00" }, /startDate: expected an existing/],
      ["events_create", { ...PARTY, startDate: "2026-03-29T02:30" }, /does not exist in Europe\/Berlin/],
      ["events_create", { ...PARTY, timeZone: "Mars/Base" }, /timeZone: expected an IANA time zone/],
      ["events_create", { ...PARTY, isPublished: true }, /unknown argument "isPublished"/],
      ["events_update", { id }, /nothing to change/],
      ["events_update", { id, status: "published" }, /status: /],
      ["events_update", { id, endDate: "2026-05-19T10:00" }, /endDate: it is before `startDate`/],
      ["events_list", { from: "2026-05-21", to: "2026-05-20" }, /to: it is before `from`/],
      ["events_items", { eventId: id }, /nothing to change: give `items` or `remove`/],
    ];
    for (const [tool, args, words] of bad) assert.match(await callRefused(world, anna, tool, args), words);
    for (
      const [tool, args] of [
        ["events_read", { id: "gone" }],
        ["events_update", { id: "gone", title: "x" }],
        ["events_guests", { eventId: "gone", guests: [{ name: "Bo" }] }],
        ["events_items", { eventId: "gone", items: [{ label: "salad" }] }],
      ] as const
    ) assert.equal(await callRefused(world, anna, tool, args), notFound("get-together", "gone"));
    assert.equal(
      await deleteRefused(world, anna, "events_delete", { id: "gone" }),
      notFound("get-together", "gone"),
    );
  });
});

Deno.test("events.list: by days in the person's zone, status and words; the next comes first", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await plan(world, anna, { title: "Late", startDate: "2026-06-01T00:30", endDate: null });
  await plan(world, anna, { title: "Early", description: "with cake" });
  const zone = { timeZone: "Europe/Berlin" };
  assert.deepEqual(await names(world, anna), ["Early", "Late"]);
  assert.deepEqual(await names(world, anna, { from: "2026-06-01", ...zone }), ["Late"]);
  assert.deepEqual(await names(world, anna, { to: "2026-05-31", ...zone }), ["Early"]);
  assert.deepEqual(await names(world, anna, { from: "2026-05-31", to: "2026-05-31", timeZone: "UTC" }), [
    "Late",
  ]);
  assert.deepEqual(await names(world, anna, { query: "garden cake" }), ["Early"]);
  assert.deepEqual(await names(world, anna, { status: "cancelled" }), []);
});

Deno.test("events.update: moves the block and keeps the length, renames both, and sends only what differs", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await plan(world, anna);
  await callOk(world, anna, "events_update", {
    id,
    startDate: "2026-05-21T20:00",
    timeZone: "Europe/Berlin",
  });
  const moved = await lastChange(world, anna, BLOCKS);
  assert.deepEqual([moved.fields?.startDate?.value, moved.fields?.endDate?.value], [
    "2026-05-21T18:00:00.000Z",
    "2026-05-21T22:00:00.000Z",
  ]);
  assert.equal((await pullAll(world, anna, EVENTS)).length, 1, "times are the block's alone");
  await callOk(world, anna, "events_update", {
    id,
    title: "Feast",
    clear: ["endDate", "location"],
    status: "cancelled",
  });
  const { event, start, end } = await read(world, anna, id);
  assert.deepEqual([event.title, event.location, event.status, start, end], [
    "Feast",
    null,
    "cancelled",
    "2026-05-21T20:00+02:00",
    undefined,
  ]);
  const { fields } = await lastChange(world, anna, BLOCKS);
  assert.equal(await open(await masterKey(world, anna), fields?.title?.value), "Feast");
  await withoutPush(world, async () => {
    assert.equal((await callOk(world, anna, "events_update", { id, title: "Feast" })).changed, false);
  });
});

Deno.test("events.update: an event whose block another device has deleted gets a new one with its new time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await plan(world, anna);
  const { data } = await lastChange(world, anna, EVENTS, id);
  await pushDelete(world, anna, BLOCKS, String(data?.timeBlockId));
  assert.equal((await read(world, anna, id)).start, undefined);
  assert.match(
    await callRefused(world, anna, "events_update", { id, endDate: "2026-05-20T23:00" }),
    /startDate: the get-together has no time yet/,
  );
  await callOk(world, anna, "events_update", {
    id,
    startDate: "2026-05-22T20:00",
    timeZone: "Europe/Berlin",
  });
  const block = await lastChange(world, anna, BLOCKS);
  assert.equal((await lastChange(world, anna, EVENTS, id)).fields?.timeBlockId?.value, block.id);
  assert.equal((await read(world, anna, id)).start, "2026-05-22T20:00+02:00");
});

Deno.test("events: a published event is neither changed nor deleted, since its public page would stay", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await plan(world, anna);
  await pushUpdate(world, anna, EVENTS, id, { isPublished: true, status: "published" });
  await withoutPush(world, async () => {
    const words = /this get-together is published: only the Mana app can change it/;
    assert.match(await callRefused(world, anna, "events_update", { id, title: "x" }), words);
    assert.match(await deleteRefused(world, anna, "events_delete", { id }), words);
  });
  await callOk(world, anna, "events_guests", { eventId: id, guests: [{ name: "Bo" }] });
});

Deno.test("events.guests: guests are added and answer; an answer has its time, and only then", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const eventId = await plan(world, anna);
  const contactId = String((await callOk(world, anna, "contacts_create", { firstName: "Bo" })).id);
  const guests = [{ name: "Bo", contactId, rsvpStatus: "yes", plusOnes: 1 }, {
    name: "Cy",
    email: "cy@post.test",
  }];
  const { ids, changed } = await callOk(world, anna, "events_guests", { eventId, guests });
  const [bo, cy] = z.array(z.string()).parse(ids);
  assert.equal(changed, true);
  const rows = (await pullAll(world, anna, GUESTS)).map(({ data }) => data);
  assert.deepEqual(rows.map((row) => [row?.rsvpStatus, typeof row?.rsvpAt, row?.plusOnes]), [
    ["yes", "string", 1],
    ["pending", "object", 0],
  ]);
  await callOk(world, anna, "events_guests", { eventId, guests: [{ id: bo, note: "vegan" }] });
  assert.deepEqual(Object.keys((await lastChange(world, anna, GUESTS, bo)).fields ?? {}), [
    "note",
    "updatedAt",
  ]);
  await callOk(world, anna, "events_guests", {
    eventId,
    guests: [{ id: cy, rsvpStatus: "no", clear: ["email"] }],
  });
  const { guests: shown } = await read(world, anna, eventId);
  assert.deepEqual(shown.map((guest) => [guest.name, guest.rsvpStatus, guest.note, guest.email]), [
    ["Bo", "yes", "vegan", null],
    ["Cy", "no", null, null],
  ]);
  const other = await plan(world, anna);
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ eventId: other, guests: [{ id: bo, name: "x" }] }, /belongs to another get-together/],
      [{ eventId, guests: [{ email: "x@post.test" }] }, /a new guest needs a name/],
      [{ eventId, guests: [{ id: bo, name: "x" }, { id: bo, name: "y" }] }, /is named twice/],
      [{ eventId, guests: [{ name: "x", contactId: "gone" }] }, /contactId: no contact has the id "gone"/],
      [{ eventId, guests: [{ id: bo }] }, /nothing to change/],
      [{ eventId, guests: [{ id: "gone", name: "x" }] }, /No guest with id "gone"/],
      [{ eventId, guests: [] }, /guests: /],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "events_guests", args), words);
    }
  });
});

Deno.test("events.items: a list in its order; an assigned item is claimed by nobody else any more", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const eventId = await plan(world, anna);
  const made = await callOk(world, anna, "events_guests", { eventId, guests: [{ name: "Bo" }] });
  const [bo] = z.array(z.string()).parse(made.ids);
  const { ids } = await callOk(world, anna, "events_items", {
    eventId,
    items: [{ label: "salad" }, { label: "bread", quantity: 2 }, { label: "wine" }],
  });
  const [salad, bread, wine] = z.array(z.string()).parse(ids);
  await pushUpdate(world, anna, ITEMS, String(salad), {
    claimedByName: "Guest",
    claimedAt: "2026-05-01T10:00:00.000Z",
  });
  await callOk(world, anna, "events_items", {
    eventId,
    items: [{ id: salad, assignedGuestId: bo }, { id: bread, done: true }],
    remove: [wine],
  });
  const { items } = await read(world, anna, eventId);
  assert.deepEqual(
    items.map((item) => [item.label, item.quantity, item.done, item.assignedGuestId, item.claimedByName]),
    [
      ["salad", null, false, bo, null],
      ["bread", 2, true, null, null],
    ],
  );
  const other = await plan(world, anna);
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [
        { eventId: other, items: [{ label: "x", assignedGuestId: bo }] },
        /no guest of this get-together has the id/,
      ],
      [{ eventId: other, items: [{ id: salad, done: true }] }, /belongs to another get-together/],
      [{ eventId, items: [{ quantity: 1 }] }, /a new item needs a label/],
      [{ eventId, items: [{ id: salad, done: true }], remove: [salad] }, /is named twice/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "events_items", args), words);
    }
    // An item of another event is not this event's to remove.
    const { changed } = await callOk(world, anna, "events_items", { eventId: other, remove: [salad] });
    assert.equal(changed, false);
  });
});

Deno.test("events.read: many guests come in parts that make up all of them", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const eventId = await plan(world, anna, { description: "d".repeat(5_000) });
  const line = (index: number) => ({ name: `Guest ${index}`, note: "n".repeat(900) });
  for (const start of [0, 40]) {
    const guests = Array.from({ length: 40 }, (_, index) => line(start + index));
    await callOk(world, anna, "events_guests", { eventId, guests });
  }
  await callOk(world, anna, "events_items", { eventId, items: [{ label: "salad" }] });
  const seen = new Set<unknown>();
  let salads = 0;
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const part: z.infer<typeof Read> = await read(world, anna, eventId, { offset });
    for (const { name } of part.guests) seen.add(name);
    salads += part.items.length;
    offset = part.nextOffset;
  }
  assert.deepEqual([seen.size, salads], [80, 1]);
});

Deno.test("events.delete: the block goes with the event, guests and items stay, as in the app", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await plan(world, anna);
  await callOk(world, anna, "events_guests", { eventId: id, guests: [{ name: "Bo" }] });
  const { sentence, output } = await deleteWithYes(world, anna, "events_delete", { id });
  assert.match(sentence, /Delete the get-together "Party"\?/);
  assert.deepEqual(output, { ok: true, id });
  assert.deepEqual([(await lastChange(world, anna, BLOCKS)).op, (await lastChange(world, anna, EVENTS)).op], [
    "delete",
    "delete",
  ]);
  assert.equal((await lastChange(world, anna, GUESTS)).op, "insert");
  assert.deepEqual(await names(world, anna), []);
});

Deno.test("events: a block without a zone is local time, a block that says nothing leaves the event without a time", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const title = await seal(key, "Old");
  const owner = { sourceModule: "events", type: "event", kind: "scheduled", title };
  await pushInsert(world, anna, EVENTS, "a", { title, timeBlockId: "ba" });
  await pushInsert(world, anna, BLOCKS, "ba", { ...owner, sourceId: "a", startDate: "2026-05-20T19:00:00" });
  await pushInsert(world, anna, EVENTS, "b", { title, timeBlockId: "bb" });
  await pushInsert(world, anna, BLOCKS, "bb", { ...owner, sourceId: "b", startDate: "soon" });
  assert.equal((await read(world, anna, "a")).start, "2026-05-20T19:00+02:00");
  assert.equal((await read(world, anna, "b")).start, undefined);
  await callOk(world, anna, "events_update", {
    id: "b",
    startDate: "2026-05-22T20:00",
    timeZone: "Europe/Berlin",
  });
  assert.equal((await lastChange(world, anna, BLOCKS)).id, "bb", "no second block");
});
