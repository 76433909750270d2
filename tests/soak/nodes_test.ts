// The checks of several gateways: each violation is shown to them once, and so is what must not be one.
import assert from "node:assert/strict";
import { checkConfirmed } from "../../soak/nodes/check_confirmed.ts";
import { createDisturbances } from "../../soak/nodes/disturbances.ts";
import { judgeLimit, type Probed, PROBED_LIMIT } from "../../soak/nodes/limit_probe.ts";
import { checkEntries } from "../../soak/nodes/shared.ts";
import { schedule } from "../../soak/schedule.ts";
import type { LogRow } from "../../soak/sequential_fold.ts";
import { CHECKS, checksOf, createVerdicts, type Verdicts } from "../../soak/verdicts.ts";

const SAME = "a yes in a client's form deletes once, by the same bytes, at whichever nodes it is given";
const ONCE = "with a store a yes in a client's form counts at one node";
const THERE = "with a store a limit is exceeded by no more than the calls in flight";
const AWAY =
  "while the store is away, or comes and goes, each node lets its share of a limit through at most";
const HELD = "the store holds keyed names that end, and nothing of anybody";

function failed(judge: (verdicts: Verdicts) => void): string[] {
  const verdicts = createVerdicts();
  judge(verdicts);
  return CHECKS.filter((check) => verdicts.of(check).failed > 0);
}

Deno.test("a yes in a form is stored once, by the same bytes, and only where it was carried out", () => {
  const row = (second: number): LogRow => ({
    eventId: `${second} ${Math.random()}`,
    id: "q1",
    op: "delete",
    deletedAt: `2026-03-01T12:00:0${second}.000Z`,
  });
  type Told = readonly ("ok" | "refused" | "unknown")[];
  const failedOf = (told: Told, rows: readonly LogRow[], isShared = true, isAlone = false) =>
    failed((verdicts) =>
      checkConfirmed(
        [{ client: "c", id: "q1", from: 0, to: 1, told, isAlone }],
        rows,
        () => isShared,
        verdicts,
      )
    );
  assert.deepEqual(failedOf(["ok"], [row(1)]), []);
  assert.deepEqual(failedOf(["ok", "refused"], [row(1), row(1)]), []);
  assert.deepEqual(failedOf(["ok"], [row(1), row(2)]), [SAME]);
  assert.deepEqual(failedOf(["ok"], []), [SAME]);
  assert.deepEqual(failedOf(["refused"], [row(1)]), [SAME]);
  assert.deepEqual(failedOf(["refused"], []), []);
  assert.deepEqual(failedOf(["unknown"], [row(1)]), []);
  assert.deepEqual(failedOf(["unknown"], []), []);
  assert.deepEqual(failedOf(["ok", "ok"], [row(1)]), [ONCE]);
  assert.deepEqual(
    failedOf(["ok", "ok"], [row(1)], false),
    [],
    "while the store is away, each node believes it once",
  );
  assert.deepEqual(
    failedOf(["ok", "ok"], [row(1)], true, true),
    [],
    "what the store did not answer, a gateway decides",
  );
});

Deno.test("a limit is exact but for the calls in flight, and tight while the store is away", () => {
  const failedOf = (through: number, store: Probed["store"], unanswered = 0) =>
    failed((verdicts) => judgeLimit(verdicts, { through, refused: 1, unanswered, store }));
  assert.deepEqual(failedOf(PROBED_LIMIT, "there"), []);
  assert.deepEqual(failedOf(PROBED_LIMIT * 2, "there"), [THERE], "each gateway for itself");
  assert.deepEqual(
    failedOf(PROBED_LIMIT + 20, "there", 20),
    [],
    "what the store did not answer, a gateway decides",
  );
  assert.deepEqual(failedOf(PROBED_LIMIT * 2, "there", 3), [THERE]);
  assert.deepEqual(failedOf(PROBED_LIMIT, "away"), []);
  assert.deepEqual(failedOf(PROBED_LIMIT + 1, "away"), [AWAY]);
  assert.deepEqual(failedOf(PROBED_LIMIT * 1.5, "coming and going"), []);
  assert.deepEqual(
    failedOf(PROBED_LIMIT * 2, "coming and going"),
    [AWAY],
    "a store that forgot begins no new minute",
  );
});

Deno.test("what the store holds has a keyed name and an end, and tells of nobody", () => {
  const person = { id: "user-1", email: "p0@mana.test", places: [] };
  const good = { key: "mm1:{abc}:rate:def", ttlMs: 60_000, dump: "\x03\x01" };
  const failedOf = (changes: Partial<typeof good>) =>
    failed((verdicts) => checkEntries([{ ...good, ...changes }], [person], verdicts));
  assert.deepEqual(failedOf({}), []);
  assert.deepEqual(failedOf({ key: "rate:abc" }), [HELD]);
  assert.deepEqual(failedOf({ ttlMs: -1 }), [HELD]);
  assert.deepEqual(failedOf({ ttlMs: 365 * 86_400_000 }), [HELD]);
  assert.deepEqual(failedOf({ key: "mm1:{user-1}:rate" }), [HELD]);
  assert.deepEqual(failedOf({ dump: "of p0@mana.test" }), [HELD]);
  assert.deepEqual(failedOf({ dump: "@p0 confirmer #1" }), [HELD]);
  assert.deepEqual(failedOf({ dump: "eyJhbGciOi" }), [HELD]);
});

Deno.test("the store is disturbed while something happens to it, and until the gateways have noticed the end", async () => {
  const disturbances = createDisturbances();
  const now = () => performance.now();
  assert.equal(disturbances.touch(0, now()), false);
  const going = Promise.withResolvers<void>();
  const during = disturbances.during(() => going.promise);
  const from = now();
  assert.equal(disturbances.touch(from, now()), true);
  assert.equal(disturbances.cover(from, now()), true);
  going.resolve();
  await during;
  const end = now();
  assert.equal(disturbances.touch(end, end + 1), true);
  assert.equal(disturbances.cover(from, end + 1), false);
  assert.equal(disturbances.touch(end + 60_000, end + 60_001), false);
});

Deno.test("each way to run the soak has its checks, and everything that may happen happens in a short run", () => {
  const [alone, several, shared] = [[1, false], [2, false], [2, true]].map(([nodes, hasStore]) =>
    checksOf({ nodes: Number(nodes), hasStore: hasStore === true })
  );
  assert.equal(alone?.some((check) => check === SAME || check === THERE), false);
  assert.deepEqual([several?.includes(SAME), several?.includes(THERE)], [true, false]);
  assert.deepEqual([shared?.includes(SAME), shared?.includes(THERE)], [true, true]);
  const events = schedule({ seconds: 20, nodes: 2, hasStore: true }).map(([, event]) => String(event));
  for (
    const event of ["gateway,SIGKILL", "backend,SIGKILL", "store hangs", "store is lost", "store fails over"]
  ) {
    assert.ok(events.includes(event), event);
  }
  assert.ok(
    !schedule({ seconds: 20, nodes: 1, hasStore: false }).some(([, event]) =>
      String(event).includes("store")
    ),
  );
});
