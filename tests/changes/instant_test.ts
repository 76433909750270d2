import assert from "node:assert/strict";
import fc from "fast-check";
import { EPOCH, isInstant, parseInstant, stepBack } from "../../lib/changes/instant.ts";
import { toStamp } from "../../lib/changes/stamp.ts";

/** The same by one number for all: nanoseconds since 1970. */
function nanosOf(text: string): bigint | null {
  const [, seconds = "", fraction = "", zone = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const ms = Date.parse(seconds + zone);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function textOf(nanos: bigint): string {
  const second = nanos / 1_000_000_000n;
  const rest = String(nanos % 1_000_000_000n).padStart(9, "0");
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${rest}Z`;
}

/** Places around which a text that is moved by hand would go wrong: ends of minutes, days, months, years and of time. */
const INSTANTS = [
  "2026-03-01T12:30:59.999999999Z",
  "2026-03-01T12:30:10Z",
  "2026-03-01T12:30:09.5Z",
  "2026-03-01T00:00:00.000000001Z",
  "2026-03-01T00:00:00Z",
  "2024-02-29T23:59:60Z",
  "2024-02-29T23:59:59.1Z",
  "2026-02-29T00:00:00Z",
  "2026-02-30T01:02:03.4Z",
  "2026-02-31T24:00:00Z",
  "2026-01-01T00:00:05.123456Z",
  "2026-01-31T00:00:00Z",
  "2026-01-01T00:30:00+01:00",
  "2025-12-31T23:30:00.25-00:30",
  "1969-07-20T20:17:40Z",
  "1970-01-01T00:00:00Z",
  "1970-01-01T00:00:00.000001Z",
  "1970-01-01T00:00:10.000000001Z",
  "1970-01-01T00:01:05Z",
  "9999-12-31T23:59:59.999999999Z",
];

Deno.test("an instant takes the one form that texts can be compared in", () => {
  for (const text of INSTANTS) {
    const nanos = nanosOf(text);
    assert.equal(parseInstant(text), nanos === null ? null : textOf(nanos), text);
  }
  assert.equal(parseInstant("2026-03-01T12:30:10.1Z"), "2026-03-01T12:30:10.100000000Z");
});

Deno.test("what is no instant is none", () => {
  for (
    const text of [
      "",
      "2026-03-01",
      "2026-03-01T12:30:10",
      "2026-03-01T12:30:10.Z",
      "2026-03-01T12:30:10.0000000001Z",
      "2026-03-01 12:30:10Z",
      "2026-03-01T12:30:10z",
      "2026-03-01T12:30:10Z ",
      "2026-13-01T12:30:10Z",
      "2026-00-01T12:30:10Z",
      "2026-03-00T12:30:10Z",
      "2026-03-32T12:30:10Z",
      "2026-03-01T25:30:10Z",
      "2026-03-01T12:60:10Z",
      "02026-03-01T12:30:10Z",
    ]
  ) assert.equal(parseInstant(text), null, text);
});

Deno.test("an instant is moved back by exactly so much, over every boundary, and never before 1970", () => {
  const steps = [0, 1, 999, 1_000, 1_001, 5_000, 9_999, 10_000, 20_000, 59_999, 60_000, 61_000, 86_400_000];
  for (const text of INSTANTS) {
    const instant = parseInstant(text);
    if (instant === null) continue;
    for (const ms of steps) {
      for (const micros of [0, 1, 999_999, 1_000_000]) {
        const nanos: bigint = (nanosOf(instant) ?? 0n) - BigInt(ms) * 1_000_000n - BigInt(micros) * 1_000n;
        const moved: string = nanos < 0n ? EPOCH : textOf(nanos);
        assert.equal(stepBack(instant, { ms, micros }), moved, `${instant} by ${ms} ms and ${micros} µs`);
      }
    }
  }
});

Deno.test("isInstant() takes RFC 3339 times only, whatever else Date.parse can make a date of", () => {
  const good = [
    "2026-05-20T10:00:03Z",
    "2026-05-20T10:00:03.1Z",
    "2026-05-20T10:00:03.123456789Z",
    "2026-05-20T23:59:59.999+23:59",
    "2026-05-20T00:00:00-00:00",
    "0000-01-01T00:00:00.000Z",
    "2024-02-29T12:00:00+05:30",
    "9999-12-31T23:59:59.999Z",
  ];
  for (const text of good) assert.ok(isInstant(text), text);
  const bad = [
    "",
    "1",
    "Tue",
    "2026",
    "2026-05-20",
    "1779271200000",
    "Wed, 20 May 2026 10:00:03 GMT",
    "2026-05-20T10:00:03",
    "2026-05-20 10:00:03Z",
    "2026-05-20T10:00Z",
    "2026-05-20T10:00:03.Z",
    "2026-05-20T10:00:03.1234567890Z",
    "2026-00-20T10:00:03Z",
    "2026-13-20T10:00:03Z",
    "2026-05-00T10:00:03Z",
    "2026-05-32T10:00:03Z",
    "2026-05-20T24:00:00Z",
    "2026-05-20T10:60:03Z",
    "2026-05-20T10:00:60Z",
    "2026-05-20T10:00:03+24:00",
    "2026-05-20T10:00:03+02:60",
    "2026-05-20T10:00:03+0200",
    "+012026-05-20T10:00:03Z",
    "2026-05-20T10:00:03Z\n",
    " 2026-05-20T10:00:03Z",
  ];
  for (const text of bad) assert.ok(!isInstant(text), text);
  const year = { min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z") };
  fc.assert(
    fc.property(fc.date({ ...year, noInvalidDate: true }), (date) => assert.ok(isInstant(toStamp(+date)))),
  );
});

Deno.test("whatever is an instant is a date and has the comparable form", () => {
  const upTo = (max: number) => fc.nat(max).map((number) => String(number).padStart(2, "0"));
  const date = fc.tuple(upTo(14), upTo(33)).map(([month, day]) => `2026-${month}-${day}`);
  const time = fc.tuple(upTo(26), upTo(63), upTo(63)).map((parts) => parts.join(":"));
  const zone = fc.oneof(fc.constant("Z"), fc.tuple(upTo(26), upTo(63)).map((parts) => `+${parts.join(":")}`));
  let taken = 0;
  fc.assert(
    fc.property(date, time, zone, (date, time, zone) => {
      const text = `${date}T${time}${zone}`;
      if (!isInstant(text)) return;
      taken += 1;
      assert.ok(!Number.isNaN(Date.parse(text)) && parseInstant(text) !== null, text);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(taken > 200, String(taken));
});

Deno.test("parseInstant() reads every precision into one comparable form", () => {
  assert.equal(parseInstant("2026-05-20T10:00:03.123456789Z"), "2026-05-20T10:00:03.123456789Z");
  assert.equal(parseInstant("2026-05-20T10:00:03.1234Z"), "2026-05-20T10:00:03.123400000Z");
  assert.equal(parseInstant("2026-05-20T10:00:03Z"), "2026-05-20T10:00:03.000000000Z");
  assert.equal(parseInstant("2026-05-20T12:00:03.5+02:00"), "2026-05-20T10:00:03.500000000Z");
  for (const bad of ["", "now", "2026-05-20", "2026-13-20T10:00:03Z", "2026-05-20T10:00:03", "1779271200"]) {
    assert.equal(parseInstant(bad), null, bad);
  }
});
