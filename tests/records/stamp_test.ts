import assert from "node:assert/strict";
import fc from "fast-check";
import { EPOCH, isInstant, parseInstant, stepBack } from "../../lib/records/instant.ts";
import { isStamp, nextStamp, toStamp } from "../../lib/records/stamp.ts";

const NOW = Date.UTC(2026, 4, 20, 10);

const STAMPS: readonly [string, string | undefined, string][] = [
  ["no stamp yet", undefined, "2026-05-20T10:00:00.000Z"],
  ["the empty stamp of a lost one", "", "2026-05-20T10:00:00.000Z"],
  ["an older stamp", "2026-05-20T09:59:59.999Z", "2026-05-20T10:00:00.000Z"],
  ["the same millisecond", "2026-05-20T10:00:00.000Z", "2026-05-20T10:00:00.001Z"],
  ["a clock ahead", "2026-05-21T00:00:00.000Z", "2026-05-21T00:00:00.001Z"],
  ["the end of a year ahead", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z"],
  ["nanoseconds", "2026-05-20T11:00:00.123456789Z", "2026-05-20T11:00:00.124Z"],
  ["no fraction, which sorts after one", "2026-05-20T11:00:00Z", "2026-05-20T11:00:01.000Z"],
  ["an offset, which sorts by its digits", "2026-05-20T12:00:00+02:00", "2026-05-20T12:00:01.000Z"],
  ["a day", "2026-05-21", "2026-05-21T00:00:00.001Z"],
  ["the last stamp there is", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ["a five-digit year, which sorts first", "+012026-01-01T00:00:00.000Z", "2026-05-20T10:00:00.000Z"],
  ["no time at all", "zzz", "zzz"],
];
for (const [name, newest, expected] of STAMPS) {
  Deno.test(`nextStamp() after ${name}`, () => assert.equal(nextStamp(NOW, newest), expected));
}

Deno.test("nextStamp() never loses, whatever stands there", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String)), (newest) => {
      assert.ok(nextStamp(NOW, newest) >= newest);
    }),
  );
  const last = String(new Date(8.64e15));
  assert.ok(nextStamp(NOW, last) >= last, "after the last instant there is none");
  const year = {
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.998Z"),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(year), (date) => {
      const next = nextStamp(NOW, date.toISOString());
      assert.ok(next > date.toISOString() && isStamp(next) && next === toStamp(Date.parse(next)));
    }),
  );
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

Deno.test("stepBack() borrows across seconds and stops at 1970", () => {
  assert.equal(stepBack("2026-05-20T10:00:00.000000000Z", { micros: 1 }), "2026-05-20T09:59:59.999999000Z");
  assert.equal(stepBack("2026-05-20T10:00:00.123456789Z", { micros: 1 }), "2026-05-20T10:00:00.123455789Z");
  assert.equal(stepBack("2026-05-20T10:00:00.123456789Z", { ms: 10_000 }), "2026-05-20T09:59:50.123456789Z");
  assert.equal(stepBack("2026-05-20T10:00:00.100000000Z", { ms: 1_200 }), "2026-05-20T09:59:58.900000000Z");
  assert.equal(stepBack("1970-01-01T00:00:05.000000000Z", { ms: 10_000 }), EPOCH);
});
