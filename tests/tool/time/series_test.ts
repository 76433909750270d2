import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays } from "../../../lib/tool/time/day.ts";
import { type Calendar, calendarOf } from "../../../lib/tool/time/calendar.ts";
import { createSeriesMonths } from "../../../lib/tool/time/series_months.ts";
import { inZone } from "./_calendar.ts";
import { exists, firstInstantOf, referenceDays, type ReferenceRule, textOf } from "./_reference.ts";

const ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC", "+05:30"];

const Day = fc.integer({ min: 0, max: 4_000 }).map((days) => addDays("2020-01-01", days));
const Interval = fc.integer({ min: 1, max: 4 });
const Weekdays = fc.subarray(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], { minLength: 1 });
const Ordinals = fc.subarray(["1MO", "2TU", "-1FR", "-2SU", "3WE", "5TH"], { minLength: 1 });
const MonthDays = fc.subarray([1, 13, 15, 28, 29, 30, 31, -1, -3], { minLength: 1 });
const Months = fc.subarray([1, 2, 3, 6, 10, 12], { minLength: 1 });
const Usual: fc.Arbitrary<ReferenceRule> = fc.oneof(
  fc.record({ freq: fc.constant("DAILY" as const), interval: Interval }),
  fc.record({ freq: fc.constant("DAILY" as const), interval: Interval, byDay: Weekdays, byMonth: Months }),
  fc.record({ freq: fc.constant("WEEKLY" as const), interval: Interval }),
  fc.record({ freq: fc.constant("WEEKLY" as const), interval: Interval, byDay: Weekdays }),
  fc.record({ freq: fc.constant("MONTHLY" as const), interval: Interval }),
  fc.record({
    freq: fc.constant("MONTHLY" as const),
    interval: Interval,
    byDay: fc.oneof(Ordinals, Weekdays),
  }),
  fc.record({ freq: fc.constant("MONTHLY" as const), interval: Interval, byMonthDay: MonthDays }),
  fc.record({
    freq: fc.constant("MONTHLY" as const),
    interval: Interval,
    byDay: Weekdays,
    byMonthDay: MonthDays,
  }),
  fc.record({ freq: fc.constant("YEARLY" as const), interval: Interval }),
  fc.record({
    freq: fc.constant("YEARLY" as const),
    interval: Interval,
    byMonth: Months,
    byMonthDay: MonthDays,
  }),
);
const Ending = fc.oneof(
  fc.constant({}),
  fc.record({ count: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ untilDay: Day }),
);

Deno.test("series: the usual rules give what looking at every day gives, across the changes of the clocks", () => {
  fc.assert(
    fc.property(
      fc.tuple(Usual, Ending).map(([rule, ending]): ReferenceRule => ({ ...rule, ...ending })),
      Day,
      fc.constantFrom("00:00", "00:30", "01:45", "02:00", "02:15", "02:30", "09:00", "23:59"),
      fc.constantFrom(...ZONES),
      Day,
      fc.integer({ min: 0, max: 100 }),
      (rule, start, time, zone, from, length) => {
        const day = Temporal.PlainDate.from(start);
        fc.pre(exists(day, time, zone));
        const to = addDays(from, length);
        const calendar = inZone(zone);
        const instant = Date.parse(calendar.instant(`${start}T${time}`));
        assert.equal(instant, firstInstantOf(day, time, zone));
        const found = calendar.occurrences({ rule: textOf(rule), start: instant, isAllDay: false }, from, to);
        if (found === null && isTooSparse(rule)) return;
        assert.deepEqual(
          found?.map((occurrence) => occurrence.day),
          referenceDays(rule, { start, time, zone, from, to }),
          `${textOf(rule)} from ${start}T${time} ${zone}, ${from} to ${to}`,
        );
        for (const occurrence of found ?? []) {
          assert.equal(
            occurrence.start,
            firstInstantOf(Temporal.PlainDate.from(occurrence.day), time, zone),
          );
        }
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("series: whole days lose no day to the clocks, and begin where the day begins", () => {
  fc.assert(
    fc.property(
      fc.tuple(Usual, Ending).map(([rule, ending]): ReferenceRule => ({ ...rule, ...ending })),
      Day,
      fc.constantFrom(...ZONES),
      Day,
      fc.integer({ min: 0, max: 100 }),
      (rule, start, zone, from, length) => {
        const to = addDays(from, length);
        const calendar = inZone(zone);
        const series = { rule: textOf(rule), start: calendar.startOfDay(start), isAllDay: true };
        const found = calendar.occurrences(series, from, to);
        if (found === null && isTooSparse(rule)) return;
        assert.deepEqual(
          found?.map(({ day }) => day),
          referenceDays(rule, { start, time: null, zone, from, to }),
          `${textOf(rule)} from ${start} ${zone}, ${from} to ${to}`,
        );
        for (const { day, start } of found ?? []) {
          assert.equal(start, calendar.startOfDay(day));
          assert.equal(calendar.dayAt(start), day);
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** Few days of many, counted from the start on: more than a series may take. */
const isTooSparse = ({ freq, byMonth, count }: ReferenceRule) =>
  freq === "DAILY" && byMonth !== undefined && count !== undefined;

const days = (rule: string, start: string, from: string, to: string, zone = "Europe/Berlin") => {
  const calendar = inZone(zone);
  const series = { rule, start: Date.parse(calendar.instant(start)), isAllDay: false };
  return calendar.occurrences(series, from, to)?.map((time) => calendar.localTime(time.start)) ?? null;
};

Deno.test("series: a time that the clocks skip is left out, and of a time that comes twice the first is taken", () => {
  assert.deepEqual(days("FREQ=DAILY", "2026-03-27T02:30", "2026-03-28", "2026-03-30"), [
    "2026-03-28T02:30+01:00",
    "2026-03-30T02:30+02:00",
  ]);
  assert.deepEqual(days("FREQ=DAILY;COUNT=3", "2026-10-24T02:30", "2026-10-01", "2026-10-31"), [
    "2026-10-24T02:30+02:00",
    "2026-10-25T02:30+02:00",
    "2026-10-26T02:30+01:00",
  ]);
  assert.deepEqual(
    days("FREQ=DAILY", "2026-04-04T01:45", "2026-04-04", "2026-04-06", "Australia/Lord_Howe"),
    [
      "2026-04-04T01:45+11:00",
      "2026-04-05T01:45+11:00",
      "2026-04-06T01:45+10:30",
    ],
  );
});

Deno.test("series: UNTIL is an instant, a local time or the whole of a day", () => {
  const start = "2026-05-01T09:00";
  const until = (text: string) => days(`FREQ=DAILY;UNTIL=${text}`, start, "2026-05-01", "2026-05-31")?.length;
  assert.equal(until("20260503"), 3);
  assert.equal(until("20260503T070000Z"), 3);
  assert.equal(until("20260503T065959Z"), 2);
  assert.equal(until("20260503T090000"), 3);
  assert.equal(until("20260503T085959"), 2);
  // The start is a time even where the rule ended before it: the apps show the record there.
  assert.equal(until("20200101"), 1);
});

Deno.test("series: the start is a time also where the rule does not have it, and a tool can learn the first one that it has", () => {
  const tuesday = "2026-05-19T09:00";
  assert.deepEqual(days("FREQ=WEEKLY;BYDAY=MO", tuesday, "2026-05-18", "2026-06-01"), [
    "2026-05-19T09:00+02:00",
    "2026-05-25T09:00+02:00",
    "2026-06-01T09:00+02:00",
  ]);
  const calendar = inZone("Europe/Berlin");
  const first = (rule: string) => {
    const found = calendar.firstOccurrence({
      rule,
      start: Date.parse(calendar.instant(tuesday)),
      isAllDay: false,
    });
    return found?.day ?? null;
  };
  assert.equal(first("FREQ=WEEKLY;BYDAY=MO"), "2026-05-25");
  assert.equal(first("FREQ=WEEKLY;BYDAY=TU"), "2026-05-19");
  assert.equal(first("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), null);
  assert.equal(first("FREQ=DAILY;UNTIL=20200101"), null);
  assert.equal(first("FREQ=NEVER"), null);
});

Deno.test("series: rules that would take for ever end soon, with what they have or as unreadable", () => {
  const month = (rule: string, start = "2015-01-01T09:00") => days(rule, start, "2026-11-01", "2026-11-30");
  assert.equal(month("FREQ=DAILY;COUNT=1000000")?.length, 30);
  assert.equal(month("FREQ=DAILY;UNTIL=99991231T000000Z")?.length, 30);
  assert.equal(month("FREQ=DAILY;COUNT=900")?.length, 0);
  assert.equal(month("FREQ=DAILY", "9998-01-01T09:00")?.length, 0);
  assert.equal(month("FREQ=DAILY", "0002-01-01T09:00")?.length, 30);
  for (
    const never of [
      "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
      "FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2",
      "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=100",
      "FREQ=WEEKLY;BYSETPOS=5;BYDAY=MO",
    ]
  ) assert.deepEqual(month(never) ?? [], [], never);
  // Each of these has to be counted from its start on, over more than there is time for.
  assert.equal(month("FREQ=DAILY;COUNT=4000"), null);
  assert.equal(month("FREQ=WEEKLY;BYDAY=MO;BYMONTH=2;COUNT=900", "0002-01-01T09:00"), null);
  for (
    const secondly of ["FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=3", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9,10"]
  ) {
    assert.equal(month(secondly), null, secondly);
  }
  assert.throws(() => days("FREQ=DAILY", "2026-01-01T09:00", "2026-01-01", "2028-01-01"), RangeError);
});

Deno.test("series: many rules that run into their bounds do not keep everybody else waiting, and the next call gets further", () => {
  const months = createSeriesMonths();
  const calendar = () => calendarOf("Europe/Berlin", 0, months);
  const usual = { rule: "FREQ=DAILY", start: Date.parse("2026-01-01T08:00:00.000Z"), isAllDay: false };
  const month = (zone: Calendar) => zone.occurrences(usual, "2026-11-01", "2026-11-30")?.length ?? null;
  const first = calendar();
  for (let year = 0; year < 100; year++) {
    const start = Date.UTC(2, year % 12, 1 + year % 28, 8, year);
    const rule = "FREQ=WEEKLY;BYDAY=MO;BYMONTH=2;COUNT=900";
    assert.equal(first.occurrences({ rule, start, isAllDay: false }, "2026-11-01", "2026-11-30"), null);
  }
  assert.equal(month(first), null);
  assert.equal(month(calendar()), 30);
  // What is kept costs nothing.
  assert.equal(month(first), 30);
});

Deno.test("series: whatever text a rule is, it gives days in order, one for each day, or nothing", () => {
  const Part = fc.oneof(
    fc.constantFrom(
      ...[
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "INTERVAL=2",
        "INTERVAL=0",
        "INTERVAL=999",
      ],
      ...[
        "COUNT=5",
        "COUNT=0",
        "COUNT=999999999",
        "UNTIL=20261110",
        "UNTIL=20260231",
        "WKST=SU",
        "BYDAY=MO,FR",
      ],
      ...[
        "BYDAY=-1SU",
        "BYDAY=53MO",
        "BYMONTHDAY=31,-1",
        "BYMONTH=2,11",
        "BYYEARDAY=-366,1",
        "BYWEEKNO=-53,45",
      ],
      ...["BYSETPOS=-1", "BYSETPOS=1,2", "BYSETPOS=366", "BYHOUR=1", "RSCALE=HEBREW", "SKIP=FORWARD", "X=1"],
    ),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(Part, { maxLength: 6 }), Day, (parts, start) => {
      const found = days(`RRULE:${parts.join(";")}`, `${start}T09:00`, "2026-10-15", "2026-11-15");
      if (found === null) return;
      const seen = found.map((time) => time.slice(0, 10));
      assert.deepEqual(seen, [...new Set(seen)].sort());
      assert.ok(seen.every((day) => day >= "2026-10-15" && day <= "2026-11-15" && day >= start));
    }),
    { numRuns: 500 },
  );
});
