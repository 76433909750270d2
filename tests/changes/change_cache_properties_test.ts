import assert from "node:assert/strict";
import fc from "fast-check";
import type { FoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { at, insert, update } from "../records/_harness.ts";
import { anna, setUp, space } from "./_change_cache.ts";

Deno.test("any sequence of writes and reads shows the same as one read at the end", async () => {
  const step = fc.record({
    id: fc.constantFrom("1", "2", "3"),
    isInsert: fc.boolean(),
    name: fc.constantFrom("a", "a", "a.x", "a.x.y"),
    value: fc.oneof(fc.nat(9), fc.constantFrom(null, { x: 1 }, { x: { y: 2 } })),
    stamp: fc.nat(5),
    pause: fc.constantFrom(0, 1, 4_000_000, 25_000_000),
    isReading: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { services, read } = setUp();
      services.pageSize = 4;
      const show = (log: FoldedTable) =>
        liveRecords(log, space).map((view) => [view.id, view.cell("a")?.value]);
      for (const { id, isInsert, name, value, stamp, pause, isReading } of steps) {
        services.micros += pause;
        services.write("anna", "app", [
          isInsert
            ? insert("t", id, { a: value, createdAt: at(stamp) })
            : update("t", id, at(stamp), { [name]: value }),
        ]);
        if (isReading) await read();
      }
      const incremental = show(await read());
      assert.deepEqual(incremental, show(await read(anna, "from the beginning")));
    }),
    { numRuns: 60 },
  );
});

Deno.test("changes that commit late, failed pulls and small pages end in what one read of the whole log shows", async () => {
  const step = fc.record({
    id: fc.constantFrom("1", "2"),
    op: fc.constantFrom("insert", "update", "update", "delete", "hard delete"),
    name: fc.constantFrom("a", "a", "a.x", "a.x.y"),
    value: fc.oneof(fc.nat(9), fc.constantFrom(null, { x: 1 }, { x: { y: 2 } })),
    stamp: fc.nat(3),
    pause: fc.constantFrom(0, 1, 2_000_000),
    lateness: fc.constantFrom(0, 0, 1_500_000, 4_000_000),
    reading: fc.constantFrom("none", "whole", "whole", "fails at the second page"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.integer({ min: 4, max: 8 }),
      async (steps, size) => {
        const { services, read } = setUp();
        services.pageSize = size;
        const show = (log: FoldedTable) =>
          liveRecords(log, space).map((view) => [view.id, view.cell("a")?.value]).sort();
        for (const { id, op, name, value, stamp, pause, lateness, reading } of steps) {
          services.micros += pause + 1;
          const now = services.micros;
          // Its transaction began before what was read meanwhile.
          services.micros -= lateness;
          services.write("anna", "app", [
            op === "insert"
              ? insert("t", id, { a: value, createdAt: at(stamp) })
              : op === "update"
              ? update("t", id, at(stamp), { [name]: value })
              : { table: "t", id, op: "delete", ...(op === "delete" ? { deletedAt: at(stamp) } : {}) },
          ]);
          services.micros = Math.max(now, services.micros);
          let pulls = 0;
          services.intercept = () =>
            reading === "fails at the second page" && ++pulls === 2
              ? new Response(null, { status: 400 })
              : undefined;
          if (reading !== "none") await read().catch(() => {});
        }
        services.intercept = () => undefined;
        const incremental = show(await read());
        assert.deepEqual(incremental, show(await read(anna, "from the beginning")));
      },
    ),
    { numRuns: 300 },
  );
});
