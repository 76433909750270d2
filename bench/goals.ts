import { medianDifference, medianRatio } from "./report/statistics.ts";
import { findMeasurement, type Measurement, type Result } from "./result.ts";
import type { ServerName } from "./servers/running_server.ts";
import { addedVariant } from "./workloads/added_variant.ts";

/** Something this project promises about its speed, and how a result is judged by it. */
export interface Goal {
  readonly name: string;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: string;
  /** How the number is made, for people. */
  readonly how: string;
  /** Null where it was not measured. */
  value(result: Result): number | null;
}

/** A goal and what became of it. */
export interface Verdict {
  readonly goal: Goal;
  readonly value: number | null;
  /** Null where it was not measured. */
  readonly met: boolean | null;
}

/** At this many connections the promises are made. */
const CONNECTIONS = 32;

/** What a call is compared with, to see what the gateway adds. */
interface Added {
  readonly name: string;
  /** Whether each call has to ask the sync service. */
  readonly isStrict: boolean;
  readonly against: ServerName;
}

/** As clients call it: a read just after another need not ask, while a stream would tell of news. */
const AS_CALLED: Added = { name: "added to a direct call", isStrict: false, against: "upstream" };
/** The gateway's own cost: each call asks the service, as the direct one does. */
const EACH_ASKING: Added = {
  name: "added to a direct call, each call asking the service",
  isStrict: true,
  against: "upstream",
};
/** What of that is the gateway's, beyond what Deno takes for a call that makes another. */
const BEYOND_THE_PROXY: Added = {
  name: "added to a bare Deno proxy, each call asking the service",
  isStrict: true,
  against: "proxy",
};

/** Every goal, in the order of the verdicts. */
export const GOALS: readonly Goal[] = [
  ...(["modern", "legacy"] as const).flatMap((era): Goal[] => [
    ratioGoal("tools/list", era, "floor", 0.4),
    ratioGoal("tools/list", era, "mcp-server", 40),
    ratioGoal("tools/call", era, "floor", 0.35),
    ratioGoal("tools/call", era, "mcp-server", 15),
  ]),
  addedGoal("p50", "p50Ms", 0.3, AS_CALLED),
  addedGoal("p99", "p99Ms", 2, AS_CALLED),
  addedGoal("p50", "p50Ms", 0.3, EACH_ASKING),
  addedGoal("p99", "p99Ms", 2, EACH_ASKING),
  addedGoal("p50", "p50Ms", 1.5, BEYOND_THE_PROXY),
  {
    name: "todo.list at 100,000 changes of history, warm",
    bound: { atMost: 1.2 },
    unit: "× the same at 1,000",
    how: "median of paired ratios of the time per request, 8 connections",
    value: (result) => {
      const at = (variant: string) => findMeasurement(result, { workload: "todo.list by history", variant });
      return ratio(at("1,000 changes"), at("100,000 changes"));
    },
  },
  factGoal("cold fold of 100,000 changes", "first-call-ms/100000", 3_000, "ms", {
    how: "median of first calls of eight people, 100 pages from the stub with them: what a person waits",
  }),
  factGoal("a cached row", "cached-row-ratio", 3, "× its size on the wire", {
    how: "heap of a process of its own, before and after",
  }),
  factGoal("an idle legacy session", "idle-session-bytes", 4_096, "bytes", {
    how: "heap of a process of its own where that was measured, else resident memory",
    otherwise: "idle-session-rss-bytes",
  }),
  factGoal("memory under mixed load, last 8 of 10 minutes", "memory-spread", 5, "% from its median", {
    how: "medians of resident memory over half a minute, a sample every 5 s: the furthest from all",
  }),
];

/** Judges one goal. */
export function judge(goal: Goal, result: Result): Verdict {
  const value = goal.value(result);
  if (value === null || Number.isNaN(value)) return { goal, value: null, met: null };
  return {
    goal,
    value,
    met: "atLeast" in goal.bound ? value >= goal.bound.atLeast : value <= goal.bound.atMost,
  };
}

/** The median of paired ratios of requests per second; null unless both were measured in the same turns. */
export function ratio(a: Measurement | undefined, b: Measurement | undefined): number | null {
  if (a === undefined || b === undefined || a.rounds.length !== b.rounds.length) return null;
  const rates = ({ rounds }: Measurement) => rounds.map(({ requestsPerSecond }) => requestsPerSecond);
  return medianRatio(rates(a), rates(b));
}

function ratioGoal(workload: string, era: "modern" | "legacy", other: ServerName, atLeast: number): Goal {
  return {
    name: `${workload}, ${era}`,
    bound: { atLeast },
    unit: other === "floor" ? "× the bare floor" : "× SDK McpServer",
    how: `median of paired ratios of requests/s, ${CONNECTIONS} connections, policy and log on`,
    value: (result) => {
      const of = (server: ServerName) =>
        findMeasurement(result, { workload, era, server, connections: CONNECTIONS });
      return ratio(of("gateway"), of(other));
    },
  };
}

function addedGoal(
  percentile: string,
  field: "p50Ms" | "p99Ms",
  atMost: number,
  { name, isStrict, against }: Added,
): Goal {
  const setting = { rows: 10, latencyMs: 20 };
  return {
    name: `${name}, ${percentile}`,
    bound: { atMost },
    unit: "ms",
    how:
      `median of paired differences of ${percentile}, habits.list of ${setting.rows} rows, ${CONNECTIONS} connections, ` +
      `${setting.latencyMs} ms of upstream`,
    value: (result) => {
      const of = (server: ServerName, strict: boolean) =>
        (findMeasurement(result, { workload: "added", variant: addedVariant(setting, strict), server })
          ?.rounds ?? [])
          .map((round) => round[field]);
      const ours = of("gateway", isStrict);
      const others = of(against, false);
      return ours.length === 0 || ours.length !== others.length ? null : medianDifference(ours, others);
    },
  };
}

function factGoal(
  name: string,
  id: string,
  atMost: number,
  unit: string,
  { how, otherwise }: { readonly how: string; readonly otherwise?: string },
): Goal {
  return {
    name,
    bound: { atMost },
    unit,
    how,
    value: ({ facts }) =>
      facts.find((fact) => fact.id === id)?.value ?? facts.find((fact) => fact.id === otherwise)?.value ??
        null,
  };
}
