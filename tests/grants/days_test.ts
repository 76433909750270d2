/** Relative days of a document: counted in the document's own zone, over midnight, and where the clocks change. */
import assert from "node:assert/strict";
import { boundOf, isBound, isFrom } from "../../lib/grants/bound.ts";
import { zoneDayAt } from "../../lib/grants/zone_day.ts";
import { createHarness, insert } from "../records/_harness.ts";
import { journal, recordsWith } from "./_narrowed.ts";

/** The days of the entries that are shown, with the clock at an instant. */
async function shownDays(now: string, tz: string, value: string, op = "gte"): Promise<string[]> {
  const h = createHarness();
  h.clock = Date.parse(now);
  const days = ["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"];
  h.services.write("anna", "journal", days.map((day) => insert("journalEntries", day, { entryDate: day })));
  const rule = {
    collection: "journal/journalEntries",
    access: ["read"],
    where: [{ field: "entryDate", op, value }],
  };
  const ids: string[] = [];
  await recordsWith(h, [rule], { tz }).lookThrough(journal, ({ id }) => void ids.push(id));
  return ids.sort();
}

Deno.test("a relative day is one of the document's zone, whatever day it is elsewhere", async () => {
  // 23:30 on the 28th in Berlin, 18:30 in New York, 07:30 on the 29th in Tokyo.
  const now = "2026-03-28T22:30:00Z";
  assert.deepEqual(await shownDays(now, "Europe/Berlin", "P0D"), ["2026-03-28", "2026-03-29", "2026-03-30"]);
  assert.deepEqual(await shownDays(now, "Asia/Tokyo", "P0D"), ["2026-03-29", "2026-03-30"]);
  assert.deepEqual(await shownDays(now, "Asia/Tokyo", "-P1D"), ["2026-03-28", "2026-03-29", "2026-03-30"]);
  assert.deepEqual(await shownDays(now, "America/New_York", "P0D", "lt"), ["2026-03-27"]);
});

Deno.test("the same document moves on at midnight of its zone, on a day of 23 hours too", async () => {
  const h = createHarness();
  // In Berlin the clocks go forward on the 29th, from 2 to 3.
  h.services.write(
    "anna",
    "journal",
    ["28", "29", "30"].map((day) => insert("journalEntries", day, { entryDate: `2026-03-${day}` })),
  );
  const rule = {
    collection: "journal/journalEntries",
    access: ["read"],
    where: [{ field: "entryDate", op: "gte", value: "P0D" }],
  };
  const countAt = async (now: string) => {
    h.clock = Date.parse(now);
    return await recordsWith(h, [rule]).count(journal);
  };
  assert.equal(await countAt("2026-03-28T22:59:59.999Z"), 3);
  assert.equal(await countAt("2026-03-28T23:00:00Z"), 2, "the 29th begins");
  assert.equal(await countAt("2026-03-29T21:59:59.999Z"), 2);
  assert.equal(await countAt("2026-03-29T22:00:00Z"), 1, "and ends an hour earlier");
  assert.equal(await countAt("2026-03-28T12:00:00Z"), 3, "also when the clock is set back");
});

Deno.test("the clock may pass midnight at any minute: each entry of the last two days is shown by its own day alone", async () => {
  const h = createHarness();
  const days = Array.from({ length: 8 }, (_, index) => `2026-10-${22 + index}`);
  h.services.write("anna", "journal", days.map((day) => insert("journalEntries", day, { entryDate: day })));
  const rule = {
    collection: "journal/journalEntries",
    access: ["read"],
    where: [{ field: "entryDate", op: "gte", value: "-P1D" }, { field: "entryDate", op: "lt", value: "P0D" }],
  };
  // Over the 25th, which has 25 hours in Berlin.
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" });
  for (
    let ms = Date.parse("2026-10-24T20:00:00Z");
    ms < Date.parse("2026-10-26T02:00:00Z");
    ms += 17 * 60_000
  ) {
    h.clock = ms;
    const seen: string[] = [];
    await recordsWith(h, [rule]).lookThrough(journal, ({ id }) => void seen.push(id));
    const today = format.format(ms);
    const yesterday = days[days.indexOf(today) - 1];
    assert.deepEqual(seen, [yesterday], new Date(ms).toISOString());
  }
});

Deno.test("a bound compares with a day, an instant and a local time, each in its own form", () => {
  const today = zoneDayAt(Date.parse("2026-05-20T10:00:00Z"), "Europe/Berlin");
  assert.deepEqual(today.day, "2026-05-20");
  const from = (bound: string | number) => (value: unknown) => isFrom(boundOf(bound, today), value);
  const yesterday = from("-P1D");
  assert.deepEqual(["2026-05-19", "2026-05-18"].map(yesterday), [true, false]);
  // The 19th begins at 22:00 UTC of the 18th.
  assert.deepEqual(
    ["2026-05-18T22:00:00Z", "2026-05-18T21:59:59.999999Z", "2026-05-19T00:00:00+02:00"].map(yesterday),
    [
      true,
      false,
      true,
    ],
  );
  assert.deepEqual(["2026-05-19T00:00", "2026-05-18T23:59:59"].map(yesterday), [true, false]);
  const noon = from("2026-05-19T10:00:00Z");
  assert.deepEqual(["2026-05-19", "2026-05-20", "2026-05-18"].map(noon), [false, true, false]);
  assert.deepEqual(["2026-05-19T12:00", "2026-05-19T11:59:59", "2026-05-19T09:59:59Z"].map(noon), [
    true,
    false,
    false,
  ]);
  assert.deepEqual([3, 2.5, "3", "2026-05-19", null].map(from(3)), [true, false, null, null, null]);
  for (const odd of ["", "soon", "2026-13-40", "2026-05", 5, true, {}, [], "2026-05-19T99:00", undefined]) {
    assert.equal(yesterday(odd), null, String(odd));
  }
  const days = ["-P2W", "-P1M", "-P1Y", "-P9999Y"].map((value) => boundOf(value, today).time?.day);
  assert.deepEqual(days, ["2026-05-06", "2026-04-20", "2025-05-20", "0001-01-01"]);
});

Deno.test("a day begins where its zone says, also where clocks skip midnight or a whole day", () => {
  // In Beirut the clocks went from 0 to 1 on 26 March 2023, and Apia had no 30 December 2011.
  const beirut = boundOf("2023-03-26", zoneDayAt(0, "Asia/Beirut"));
  assert.equal(beirut.time?.instant, "2023-03-25T22:00:00.000000000Z");
  assert.equal(isFrom(beirut, "2023-03-26"), true);
  const apia = zoneDayAt(Date.parse("2011-12-30T09:59:00Z"), "Pacific/Apia");
  assert.deepEqual([apia.day, new Date(apia.until).toISOString()], [
    "2011-12-29",
    "2011-12-30T10:00:00.000Z",
  ]);
});

Deno.test("what is no bound is known as such", () => {
  assert.deepEqual(["P0D", "-P1D", "2026-05-20", "2026-05-20T10:00:00Z"].map(isBound), [
    true,
    true,
    true,
    true,
  ]);
  for (const text of ["-P0D", "P1D", "-P1H", "-P10000D", "2026-02-29", "2026-05-20T10:00", "x"]) {
    assert.equal(isBound(text), false, text);
  }
});
