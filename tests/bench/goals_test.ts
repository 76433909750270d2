import assert from "node:assert/strict";
import { GOALS, judge } from "../../bench/goals.ts";
import type { Result } from "../../bench/result.ts";
import { measurementOf, resultOf } from "./_result.ts";

function verdictOn(name: string, unit: string, result: Result) {
  const goal = GOALS.find((goal) => goal.name === name && goal.unit === unit);
  assert.ok(goal, `${name} ${unit}`);
  const { value, met } = judge(goal, result);
  return { value, met };
}

Deno.test("every goal has a name of its own, and none is judged where nothing was measured", () => {
  const names = GOALS.map(({ name, unit }) => `${name} ${unit}`);
  assert.equal(new Set(names).size, names.length);
  for (const goal of GOALS) assert.deepEqual(judge(goal, resultOf([])), { goal, value: null, met: null });
});

for (const [workload, floor, server] of [["tools/list", 0.4, 30], ["tools/call", 0.3, 4]] as const) {
  for (const era of ["modern", "legacy"] as const) {
    Deno.test(`${workload}, ${era}: ${floor} of the floor, ${server} times McpServer, exactly, is enough`, () => {
      const measured = (name: "gateway" | "floor" | "mcp-server", rates: readonly number[]) =>
        measurementOf({ workload, era, server: name }, rates);
      const result = (share: number) =>
        resultOf([
          // The machine was slower in the second round: only the ratios of pairs stay.
          measured("gateway", [floor * 100_000 * share, floor * 10_000 * share, floor * 100_000 * share]),
          measured("floor", [100_000, 10_000, 100_000]),
          measured("mcp-server", [
            floor * 100_000 / server,
            floor * 10_000 / server,
            floor * 100_000 / server,
          ]),
        ]);
      const name = `${workload}, ${era}`;
      assert.deepEqual(verdictOn(name, "× the bare floor", result(1)), { value: floor, met: true });
      assert.equal(verdictOn(name, "× the bare floor", result(0.99)).met, false);
      assert.equal(verdictOn(name, "× SDK McpServer", result(1.001)).met, true);
      assert.equal(verdictOn(name, "× SDK McpServer", result(0.99)).met, false);
      const other = era === "modern" ? "legacy" : "modern";
      assert.equal(verdictOn(`${workload}, ${other}`, "× the bare floor", result(1)).met, null);
    });
  }
}

Deno.test("the mixed work has to be quick at 32, patient at 256, and within the memory that is granted by default", () => {
  const of = (connections: number, residentMb: number, rates: readonly number[]) =>
    measurementOf({ workload: "mixed 80/20", server: "gateway", connections, residentMb }, rates);
  const result = resultOf([
    of(1, 400, [1_000]),
    of(32, 690, [1_700, 1_766, 9_000]),
    of(256, 700, [128, 100, 200]),
  ]);
  const name = (rest: string) => `mixed 80/20 of 1,024 people, ${rest}`;
  assert.deepEqual(verdictOn(name("32 at a time"), "requests/s", result), { value: 1_766, met: true });
  assert.deepEqual(verdictOn(name("p99 of 256 at a time"), "ms", result), { value: 500, met: true });
  assert.deepEqual(verdictOn(name("resident"), "MB", result), { value: 700, met: true });
  assert.equal(verdictOn(name("resident"), "MB", resultOf(result.measurements.slice(0, 2))).met, null);
});

Deno.test("what the gateway adds is a difference of pairs, at 20 ms of upstream", () => {
  const added = (server: "gateway" | "upstream" | "proxy", variant: string, p50Ms: readonly number[]) => ({
    ...measurementOf({ workload: "added", server, variant }, [1]),
    rounds: p50Ms.map((ms) => ({ requestsPerSecond: 1, p50Ms: ms, p99Ms: ms + 2.5, cpuMicros: null })),
  });
  const result = resultOf([
    added("gateway", "20 ms upstream", [20.25, 40.25, 20.25]),
    added("upstream", "20 ms upstream", [20, 40, 20]),
    added("gateway", "20 ms upstream, strict", [22, 42, 22]),
    added("proxy", "20 ms upstream", [21, 41, 19]),
    added("gateway", "100 ms upstream", [900]),
    added("upstream", "100 ms upstream", [100]),
  ]);
  assert.deepEqual(verdictOn("added to a direct call, p50", "ms", result), { value: 0.25, met: true });
  assert.deepEqual(verdictOn("added to a direct call, p99", "ms", result), { value: 0.25, met: true });
  const strict = "added to a direct call, each call asking the service, p50";
  assert.deepEqual(verdictOn(strict, "ms", result), { value: 2, met: false });
  const asking = "added to a bare Deno proxy, each call asking the service, p50";
  assert.deepEqual(verdictOn(asking, "ms", result), { value: 1, met: true });
});

Deno.test("what a shared limit adds is a difference of pairs, one call at a time", () => {
  const nodes = (variant: string, p50Ms: readonly number[], connections = 1) => ({
    ...measurementOf({ workload: "spaces.list by nodes", server: "gateway", variant, connections }, [1]),
    rounds: p50Ms.map((ms) => ({ requestsPerSecond: 1, p50Ms: ms, p99Ms: ms, cpuMicros: null })),
  });
  const result = (added: number) =>
    resultOf([
      nodes("one gateway", [0.25, 0.25, 0.25]),
      nodes("two gateways", [0.25, 1.25, 0.25]),
      nodes("two gateways, Valkey", [0.25 + added, 1.25 + added, 9]),
      nodes("two gateways, Valkey", [9, 9, 9], 32),
    ]);
  const name = "added by a limit that several gateways share, p50";
  assert.deepEqual(verdictOn(name, "ms", result(0.25)), { value: 0.25, met: true });
  assert.equal(verdictOn(name, "ms", result(0.5)).met, false);
});

Deno.test("a long history may cost a fifth more, by time per request", () => {
  const result = (rate: number) =>
    resultOf([
      measurementOf({ workload: "todo.list by history", server: "gateway", variant: "1,000 changes" }, [
        1_200,
      ]),
      measurementOf({ workload: "todo.list by history", server: "gateway", variant: "100,000 changes" }, [
        rate,
      ]),
    ]);
  const name = "todo.list at 100,000 changes of history, warm";
  assert.deepEqual(verdictOn(name, "× the same at 1,000", result(1_000)), { value: 1.2, met: true });
  assert.equal(verdictOn(name, "× the same at 1,000", result(999)).met, false);
});

Deno.test("a month of the calendar may cost four lists of as many rows, and no more", () => {
  const at = (variant: string, rates: readonly number[]) =>
    measurementOf({ workload: "100 rows of 10,000", server: "gateway", variant }, rates);
  const result = (share: number) =>
    resultOf([
      at("todo.list", [4_000, 400, 4_000]),
      at("calendar.list", [1_000 * share, 100 * share, 1_000 * share]),
    ]);
  const name = "calendar.list of a month out of 10,000 blocks with 200 series, warm";
  assert.deepEqual(verdictOn(name, "× todo.list of as many rows", result(1)), { value: 4, met: true });
  assert.equal(verdictOn(name, "× todo.list of as many rows", result(0.99)).met, false);
});

for (
  const [name, unit, id, bound] of [
    ["first call of a person with 100,000 changes", "ms", "first-call-ms/100000", 3_000],
    ["memory under mixed load, last 8 of 10 minutes", "% from its median", "memory-spread", 5],
  ] as const
) {
  Deno.test(`${name}: at most ${bound} ${unit}`, () => {
    const fact = (value: number) => resultOf([], [{ id, name: "x", value, unit: "x" }]);
    assert.deepEqual(verdictOn(name, unit, fact(bound)), { value: bound, met: true });
    assert.equal(verdictOn(name, unit, fact(bound + 0.001)).met, false);
  });
}

Deno.test("conditions of a grant may cost a tenth more, by time per request", () => {
  const at = (variant: string, rates: readonly number[]) =>
    measurementOf({ workload: "todo.list, 50 of 100,000 rows", server: "gateway", variant }, rates);
  const result = (rate: number) =>
    resultOf([at("by scopes alone", [1_100, 110, 1_100]), at("with conditions", [rate, rate / 10, rate])]);
  const name = "todo.list, 50 of 100,000 rows, by an app whose grant has conditions";
  assert.deepEqual(verdictOn(name, "× by scopes alone", result(1_000)), { value: 1.1, met: true });
  assert.equal(verdictOn(name, "× by scopes alone", result(999)).met, false);
});

Deno.test("the ledger is judged by the processor's time at 16 calls at once, and by the wait of a single caller", () => {
  const at = (variant: string, connections: number, cpuMicros: number | null, p50Ms: number) => ({
    ...measurementOf({ workload: "todo.list by ledger", server: "gateway", variant, connections }, [1]),
    rounds: [1, 10, 1].map((slow) => ({
      requestsPerSecond: 1,
      p50Ms: p50Ms * slow,
      p99Ms: 1,
      cpuMicros: cpuMicros === null ? null : cpuMicros * slow,
    })),
  });
  const result = (cpu: number | null, p50: number) =>
    resultOf([
      at("off", 15, cpu === null ? null : 100, 1),
      at("best-effort", 15, cpu, 1),
      at("strict", 15, 900, 1),
      at("off", 1, 1, 2),
      at("best-effort", 1, 1, p50),
    ]);
  const cpu = "CPU of a todo.list that is noted, 16 at once of one person";
  const p50 = "p50 of a todo.list that is noted, one at a time";
  const unit = "× without the ledger";
  assert.deepEqual(verdictOn(cpu, unit, result(115, 2)), { value: 1.15, met: true });
  assert.equal(verdictOn(cpu, unit, result(116, 2)).met, false);
  assert.equal(verdictOn(cpu, unit, result(null, 2)).met, null, "a system that does not tell");
  assert.deepEqual(verdictOn(p50, unit, result(100, 2.2)), { value: 1.1, met: true });
  assert.equal(verdictOn(p50, unit, result(100, 2.3)).met, false);
});
