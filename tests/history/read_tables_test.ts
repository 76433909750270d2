// Many tables, a few at a time: what one of them lacks is told, and costs no other.
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import { READING_MS, readTables, TABLES_AT_ONCE } from "../../lib/history/reading/read_tables.ts";

const { signal } = new AbortController();
const down = new Refused({ reason: "upstream-failed", upstream: "sync", fault: "unreachable" });
const never = { after: () => () => {} };

Deno.test("a table that never answers is told as missing when the time is up; the others were read", async () => {
  const timers: (() => void)[] = [];
  const read: string[] = [];
  const tables = ["slow", ...Array.from({ length: 30 }, (_, number) => `t${number}`)];
  let atOnce = 0;
  let most = 0;
  const clock = {
    after(ms: number, run: () => void) {
      assert.equal(ms, READING_MS);
      timers.push(run);
      return () => timers.pop();
    },
  };
  const done = readTables(clock, tables, signal, async (table, ended) => {
    most = Math.max(most, ++atOnce);
    if (table === "slow") {
      await new Promise((_, reject) => ended.addEventListener("abort", () => reject(down), { once: true }));
    }
    await Promise.resolve();
    atOnce -= 1;
    read.push(table);
  });
  while (read.length < 30) await Promise.resolve();
  timers[0]?.();
  assert.deepEqual(await done, ["slow"]);
  assert.deepEqual([read.toSorted(), most, timers.length], [tables.slice(1).toSorted(), TABLES_AT_ONCE, 0]);
});

Deno.test("where no table can be read, or the person gave up, there is no answer; a mistake of ours is none of a table's", async () => {
  await assert.rejects(readTables(never, ["a", "b"], signal, () => Promise.reject(down)), down);
  await assert.rejects(
    readTables(never, ["a", "b"], AbortSignal.abort(), () => Promise.reject(down)),
    { refusal: { reason: "cancelled" } },
  );
  await assert.rejects(
    readTables(never, ["a"], signal, () => Promise.reject(new TypeError("ours"))),
    { message: "ours" },
  );
  assert.deepEqual(await readTables(never, [], signal, () => Promise.reject(down)), []);
});
