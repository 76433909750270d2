import assert from "node:assert/strict";
import fc from "fast-check";
import { isTimeZone } from "../../../lib/kit/is_time_zone.ts";
import { dayIn } from "../../../lib/tool/time/day.ts";
import { inZone } from "./_calendar.ts";

Deno.test("a time zone is an IANA name in any case, or an offset, and nothing that only contains one", () => {
  for (
    const zone of [
      ...Intl.supportedValuesOf("timeZone"),
      ...["UTC", "utc", "EUROPE/berlin", "Asia/Calcutta", "US/Eastern", "Etc/GMT+5", "GMT-0", "EST5EDT"],
      ...["+05:30", "-0800", "+14"],
    ]
  ) assert.ok(isTimeZone(zone), zone);
  for (
    const zone of [
      ...[
        "",
        " ",
        "Berlin",
        "Europe/Berlin ",
        "Europe/Berlin\n",
        "Europe/Berlin[u-ca=hebrew]",
        "../../etc/passwd",
      ],
      ...["2026-05-20T10:00:00Z[Europe/Berlin]", "2026-05-20T10:00:00+02:00", "2026-05-20", "10:00Z"],
      ...["+25:00", "+05:30:10", "+5", "UTC+1", "__proto__", "constructor", "x".repeat(100_000)],
    ]
  ) assert.ok(!isTimeZone(zone), JSON.stringify(zone.slice(0, 50)));
});

Deno.test("the day in a zone is the one that the calendar of that zone shows", () => {
  // What the zones' own data says, by another way: what a person there reads off the wall.
  const shown = (zone: string, instant: number) => {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    const of = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return `${of.get("year")?.padStart(4, "0")}-${of.get("month")}-${of.get("day")}`;
  };
  const zones = ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "+05:30"];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones, "America/St_Johns", "Africa/Monrovia", "Australia/Lord_Howe"),
      fc.integer({ min: Date.UTC(1600, 0, 1), max: Date.UTC(2200, 0, 1) }),
      (zone, instant) => assert.equal(dayIn(zone, instant), shown(zone, instant)),
    ),
  );
  // A clock may have parts of a millisecond.
  assert.equal(dayIn("UTC", Date.UTC(2026, 4, 21) - 0.5), "2026-05-20");
  assert.equal(dayIn("UTC", -0.5), "1969-12-31");
});

Deno.test("the days that a zone left out or that begin at one o'clock are days like any other", () => {
  // Samoa had no 30 December 2011; in Lebanon 27 March 2022 began at one o'clock.
  assert.equal(dayIn("Pacific/Apia", Date.UTC(2011, 11, 30, 9, 59)), "2011-12-29");
  assert.equal(dayIn("Pacific/Apia", Date.UTC(2011, 11, 30, 10)), "2011-12-31");
  assert.equal(dayIn("Asia/Beirut", Date.UTC(2022, 2, 26, 21, 59)), "2022-03-26");
  assert.equal(dayIn("Asia/Beirut", Date.UTC(2022, 2, 26, 22)), "2022-03-27");
});

Deno.test("a zone that nobody knows and a time that is none are RangeErrors", () => {
  assert.throws(() => dayIn("Europe/Nowhere", 0), RangeError);
  assert.throws(() => dayIn("UTC", NaN), RangeError);
});

Deno.test("text with an offset counts as its day in the zone, or in its offset where no zone is known; other text as what it says", () => {
  const dayOf = (text: string, zone: string | null) => inZone(zone).dayOf(text);
  assert.equal(dayOf("2026-05-20", "Pacific/Niue"), "2026-05-20");
  assert.equal(dayOf("2026-05-20T23:30", "Pacific/Kiritimati"), "2026-05-20");
  assert.equal(dayOf("2026-05-20T23:30:00Z", "Europe/Berlin"), "2026-05-21");
  assert.equal(dayOf("2026-05-20T00:30:00+02:00", "UTC"), "2026-05-19");
  for (
    const text of ["2026-05-20", "2026-05-20T23:30", "2026-05-20T00:30:00+02:00", "2026-05-20T23:00-05:00"]
  ) {
    assert.equal(dayOf(text, null), "2026-05-20");
  }
});
