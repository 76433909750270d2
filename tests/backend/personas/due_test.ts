import assert from "node:assert/strict";
import { z } from "zod";
import { isDue } from "../../../backend/personas/is_due.ts";
import { createPersonaBackend } from "./_personas.ts";

const HOUR = 3600_000;
const at = (text: string) => Date.parse(text);
const FRIDAY = at("2026-05-01T12:00:00Z");

for (
  const [name, rhythm, now, expected] of [
    ["never active", { cadence: "daily", lastActiveAt: null }, FRIDAY, true],
    ["an hour ago", { cadence: "hourly", lastActiveAt: FRIDAY - HOUR }, FRIDAY, true],
    ["a moment less than an hour ago", { cadence: "hourly", lastActiveAt: FRIDAY - HOUR + 1 }, FRIDAY, false],
    ["a day ago", { cadence: "daily", lastActiveAt: FRIDAY - 24 * HOUR }, FRIDAY, true],
    ["less than a day ago", { cadence: "daily", lastActiveAt: FRIDAY - 24 * HOUR + 1 }, FRIDAY, false],
    ["daily on a Saturday", { cadence: "daily", lastActiveAt: null }, FRIDAY + 24 * HOUR, true],
    ["weekdays on a Friday", { cadence: "weekdays", lastActiveAt: null }, FRIDAY, true],
    ["weekdays on a Saturday", { cadence: "weekdays", lastActiveAt: null }, FRIDAY + 24 * HOUR, false],
    ["weekdays on a Sunday", { cadence: "weekdays", lastActiveAt: null }, FRIDAY + 48 * HOUR, false],
    ["weekdays on a Monday", { cadence: "weekdays", lastActiveAt: FRIDAY }, FRIDAY + 72 * HOUR, true],
    [
      "Friday 23:30 UTC is Saturday in Berlin",
      { cadence: "weekdays", lastActiveAt: null, timeZone: "Europe/Berlin" },
      at("2026-05-01T23:30:00Z"),
      false,
    ],
    [
      "Saturday 03:00 UTC is Friday in Los Angeles",
      { cadence: "weekdays", lastActiveAt: null, timeZone: "America/Los_Angeles" },
      at("2026-05-02T03:00:00Z"),
      true,
    ],
    [
      "Friday 23:30 without a zone",
      { cadence: "weekdays", lastActiveAt: null },
      at("2026-05-01T23:30:00Z"),
      true,
    ],
    ["a clock set back by a minute", { cadence: "hourly", lastActiveAt: FRIDAY + 60_000 }, FRIDAY, false],
    ["a clock set back by two days", { cadence: "daily", lastActiveAt: FRIDAY + 48 * HOUR }, FRIDAY, true],
  ] as const
) {
  Deno.test(`due: ${name}: ${expected}`, () => {
    assert.equal(isDue({ timeZone: null, ...rhythm }, now), expected);
  });
}

Deno.test("due: whoever was never active comes first, then whoever waits longest, by numbers and not by texts", async () => {
  await using test = await createPersonaBackend();
  const ids: string[] = [];
  for (const name of ["zoe", "ben", "anna"]) {
    ids.push(await test.make({ email: `persona.${name}@mana.test` }));
  }
  const [zoe = "", ben = "", anna = ""] = ids;
  await test.runner(`/${ben}/claim`, { tickId: "b", leaseMs: 1 });
  test.clock.now += 1000;
  await test.runner(`/${zoe}/claim`, { tickId: "z", leaseMs: 1 });
  test.clock.now += 48 * HOUR;
  const due = z.object({ personas: z.array(z.looseObject({ userId: z.string() })) })
    .parse((await test.runner("/due")).body);
  assert.deepEqual(due.personas.map(({ userId }) => userId), [anna, ben, zoe]);
});
