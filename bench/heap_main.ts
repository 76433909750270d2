/**
 * A process of its own for what can only be measured from inside: heap after a full collection. Run by the `heap` part
 * of `deno task bench` with `--v8-flags=--expose-gc`; prints one JSON line with facts.
 */
import { print } from "../scripts/print.ts";
import { measureIdleSessions } from "./idle_sessions_bench.ts";
import { measureRecords } from "./records_bench.ts";
import type { Fact } from "./result.ts";

/** Measurements, one after the other: what one leaves in memory is gone before the next begins to count. */
const SOURCES: readonly (() => Promise<readonly Fact[]>)[] = [
  async () => {
    const { bytesPerSession } = await measureIdleSessions();
    const name = "An idle legacy session, by heap";
    return [{ id: "idle-session-bytes", name, value: bytesPerSession, unit: "bytes" }];
  },
  async () => {
    const { listedHeapBytesPerRow, wireBytesPerRow, coldFoldSeconds } = await measureRecords();
    const ratio = listedHeapBytesPerRow / wireBytesPerRow;
    return [
      { id: "cached-row-ratio", name: "A cached row, after a listing", value: ratio, unit: "× on the wire" },
      {
        id: "cold-fold-ms/100000",
        name: "Fold of 100,000 changes to 1,000 rows, in process",
        value: coldFoldSeconds.rows1k * 1000,
        unit: "ms",
      },
    ];
  },
];

const facts: Fact[] = [];
for (const measure of SOURCES) facts.push(...await measure());
print(JSON.stringify(facts));
