import assert from "node:assert/strict";
import fc from "fast-check";
import { Refused } from "../../../lib/kit/errors.ts";
import { addDays, daysBetween, isDateTime, isUsualDay } from "../../../lib/tool/time/day.ts";
import { readRule, ruleInput, storedRule } from "../../../lib/tool/time/recurrence_rule.ts";
import { inZone } from "./_calendar.ts";

const berlin = inZone("Europe/Berlin");

Deno.test("instants: local time and time with an offset are stored in UTC with milliseconds", () => {
  assert.equal(berlin.instant("2026-05-20T09:00"), "2026-05-20T07:00:00.000Z");
  assert.equal(berlin.instant("2026-01-20T09:00:05"), "2026-01-20T08:00:05.000Z");
  assert.equal(berlin.instant("2026-05-20T09:00-05:00"), "2026-05-20T14:00:00.000Z");
  assert.equal(berlin.instant("2026-05-20T09:00:00.250Z"), "2026-05-20T09:00:00.250Z");
  assert.equal(inZone(null).instant("2026-05-20T09:00"), "2026-05-20T09:00:00.000Z");
  assert.equal(inZone("+05:30").instant("2026-05-20T09:00"), "2026-05-20T03:30:00.000Z");
});

Deno.test("instants: a time that the clocks skip is refused in words, and an offset says it all the same", () => {
  const refusal = (zone: string, text: string) => {
    try {
      return inZone(zone).instant(text);
    } catch (thrown) {
      assert.ok(thrown instanceof Refused);
      assert.equal(thrown.refusal.reason, "input-invalid");
      return "problems" in thrown.refusal ? thrown.refusal.problems?.join() : "";
    }
  };
  assert.equal(
    refusal("Europe/Berlin", "2026-03-29T02:30"),
    "2026-03-29T02:30 does not exist in Europe/Berlin, whose clocks skip it: they go forward to 2026-03-29T03:00",
  );
  assert.equal(refusal("Europe/Berlin", "2026-03-29T03:00"), "2026-03-29T01:00:00.000Z");
  assert.equal(refusal("Europe/Berlin", "2026-03-29T02:30+01:00"), "2026-03-29T01:30:00.000Z");
  assert.match(refusal("Australia/Lord_Howe", "2026-10-04T02:15") ?? "", /go forward to 2026-10-04T02:30$/);
  // Samoa left a whole day out.
  assert.match(refusal("Pacific/Apia", "2011-12-30T12:00") ?? "", /go forward to 2011-12-31T00:00$/);
});

Deno.test("instants: of a time that comes twice the first is meant, and an offset names the other one", () => {
  assert.equal(berlin.instant("2026-10-25T02:30"), "2026-10-25T00:30:00.000Z");
  assert.equal(berlin.instant("2026-10-25T02:30+01:00"), "2026-10-25T01:30:00.000Z");
});

Deno.test("instants: what does not exist is no date-time", () => {
  for (
    const text of [
      ...[
        "2026-02-30T09:00",
        "2026-13-01T09:00",
        "2026-05-20T25:00",
        "2026-05-20T09:60",
        "2026-05-20T09:00:61",
      ],
      ...["2026-05-20", "2026-05-20 09:00", "2026-05-20T9:00", "2026-05-20T09:00+25:00", "9999-05-20T09:00"],
      ...["2026-05-20T09:00[Europe/Berlin]", "2026-05-20T09:00+02", "today", "", "2026-05-20T24:00"],
    ]
  ) assert.equal(isDateTime(text), false, text);
  for (const day of ["2026-02-29", "2026-1-1", "0001-01-01", "9999-12-31", "2026-05-20T09:00"]) {
    assert.equal(isUsualDay(day), false, day);
  }
});

Deno.test("stored instants: UTC, local time without an offset, local time that falsely says UTC, and a day", () => {
  const iso = (text: string, isLocal?: boolean) => {
    const instant = berlin.storedInstant(text, isLocal);
    return instant === null ? null : new Date(instant).toISOString();
  };
  assert.equal(iso("2026-05-20T07:00:00.000Z"), "2026-05-20T07:00:00.000Z");
  assert.equal(iso("2026-05-20T09:00:00"), "2026-05-20T07:00:00.000Z");
  assert.equal(iso("2026-05-20T09:00:00.000Z", true), "2026-05-20T07:00:00.000Z");
  assert.equal(iso("2026-05-20T23:59:59.999Z", true), "2026-05-20T21:59:59.999Z");
  assert.equal(iso("2026-05-20"), "2026-05-19T22:00:00.000Z");
  // Other writers do not look at the clocks.
  assert.equal(iso("2026-03-29T02:30:00"), "2026-03-29T01:30:00.000Z");
  for (const text of ["", "soon", "2026-02-30", "2026-02-30T09:00:00", "x".repeat(200_000)]) {
    assert.equal(iso(text), null, text.slice(0, 30));
  }
});

Deno.test("days: they begin and end where the person's do, also where the clocks change at midnight", () => {
  assert.equal(berlin.stored(berlin.startOfDay("2026-05-20")), "2026-05-19T22:00:00.000Z");
  assert.equal(berlin.stored(berlin.endOfDay("2026-05-20")), "2026-05-20T21:59:59.000Z");
  assert.equal(berlin.stored(berlin.endOfDay("2026-10-25")), "2026-10-25T22:59:59.000Z");
  assert.equal(
    inZone("Asia/Beirut").stored(inZone("Asia/Beirut").startOfDay("2022-03-27")),
    "2022-03-26T22:00:00.000Z",
  );
  assert.equal(berlin.localTime(Date.parse("2026-05-20T07:00:30.000Z")), "2026-05-20T09:00+02:00");
  assert.equal(berlin.dayAt(Date.parse("2026-05-19T22:00:00.000Z")), "2026-05-20");
  fc.assert(
    fc.property(fc.integer({ min: -200_000, max: 200_000 }), (number) => {
      const day = addDays("2000-01-01", number);
      assert.equal(daysBetween("2000-01-01", day), number);
      assert.equal(addDays(day, -number), "2000-01-01");
    }),
  );
});

Deno.test("rules: what is wrong is said in words, and the stored form begins with RRULE:", () => {
  const problem = (text: string) => {
    const reading = readRule(text);
    return reading.ok ? null : reading.problem;
  };
  assert.equal(problem("rrule:freq=weekly;byday=mo,th"), null);
  assert.equal(storedRule(" freq=weekly;byday=mo,th"), "RRULE:FREQ=WEEKLY;BYDAY=MO,TH");
  assert.equal(storedRule("RRULE:FREQ=DAILY"), "RRULE:FREQ=DAILY");
  for (
    const [text, words] of [
      ["", "expected parts such as FREQ=WEEKLY;BYDAY=MO,TH"],
      ["every day", "expected parts such as FREQ=WEEKLY;BYDAY=MO,TH"],
      ["FREQ=HOURLY", "needs FREQ: DAILY, WEEKLY, MONTHLY or YEARLY"],
      ["BYDAY=MO", "needs FREQ: DAILY, WEEKLY, MONTHLY or YEARLY"],
      ["FREQ=DAILY;INTERVAL=0", "has an INTERVAL that is not between 1 and 1000"],
      ["FREQ=DAILY;COUNT=0", "has a COUNT that is not a number above 0"],
      [
        "FREQ=DAILY;UNTIL=20260231",
        "has an UNTIL that is not an existing day such as 20261231 or 20261231T225959Z",
      ],
      ["FREQ=DAILY;COUNT=2;UNTIL=20261231", "has COUNT and UNTIL, of which only one may be"],
      ["FREQ=DAILY;BYDAY=XX", "has a BYDAY that is not a list such as MO,TH or -1FR"],
      ["FREQ=WEEKLY;BYDAY=1MO", "has a number in BYDAY, which FREQ=WEEKLY does not take"],
      ["FREQ=MONTHLY;BYDAY=6MO", "has a number in BYDAY that is not between 1 and 5"],
      ["FREQ=MONTHLY;BYMONTHDAY=32", "has a BYMONTHDAY outside of its numbers"],
      ["FREQ=WEEKLY;BYMONTHDAY=3", "has BYMONTHDAY, which FREQ=WEEKLY does not take"],
      ["FREQ=MONTHLY;BYYEARDAY=3", "has BYYEARDAY, which only FREQ=YEARLY takes"],
      ["FREQ=DAILY;BYHOUR=9", "takes no BYHOUR: each day has the time of the start"],
      ["FREQ=DAILY;FREQ=DAILY", "has FREQ twice"],
      ["FREQ=DAILY;BYSETPOS=1", "has BYSETPOS without another BY part"],
      [
        "FREQ=DAILY;DTSTART=20260101",
        "has an unknown part; known are FREQ, INTERVAL, COUNT, UNTIL, WKST, BYDAY, BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYSETPOS",
      ],
      [`FREQ=DAILY;BYDAY=${"MO,".repeat(100_000)}MO`, "is longer than 500 characters"],
    ] as const
  ) assert.equal(problem(text), words, text.slice(0, 60));
  assert.equal(
    ruleInput.safeParse("FREQ=DAILY;COUNT=1000000").error?.issues[0]?.message,
    "the rule has COUNT above 1000: use UNTIL, or no end",
  );
  assert.ok(ruleInput.safeParse("FREQ=DAILY;COUNT=1000").success);
});
