import assert from "node:assert/strict";
import fc from "fast-check";
import { isStamp, nextStamp, toStamp } from "../../lib/changes/stamp.ts";

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
