// What this project promises about its speed, and how a result is judged by it.
import { median, medianDifference, medianRatio } from "./report/statistics.ts";
import { findMeasurement, type Measurement, type Result } from "./result.ts";
import type { ServerName } from "./servers/running_server.ts";
import { addedVariant } from "./workloads/added.ts";
import { GRANT_VARIANTS, GRANT_WORK } from "./workloads/grants.ts";
import { LEDGER_CONNECTIONS, LEDGER_WORK } from "./workloads/ledger.ts";
import { NODES_VARIANTS, NODES_WORK } from "./workloads/nodes.ts";
import { CALENDAR_WORK, MIXED, MIXED_CONNECTIONS } from "./workloads/workloads.ts";
import { DEFAULT_MEMORY_MB } from "../lib/settings/memory_shares.ts";

/** One promise. */
export interface Goal {
  readonly name: string;
  readonly bound: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: string;
  /** Null where it was not measured. */
  value(result: Result): number | null;
}

/** A goal and what became of it; null where it was not measured. */
export interface Verdict {
  readonly goal: Goal;
  readonly value: number | null;
  readonly met: boolean | null;
}

/** Every goal, in the order of the verdicts. */
export const GOALS: readonly Goal[] = [
  ...(["modern", "legacy"] as const).flatMap((era) =>
    ([
      ["tools/list", "floor", 0.4],
      ["tools/list", "mcp-server", 30],
      ["tools/call", "floor", 0.3],
      ["tools/call", "mcp-server", 4],
    ] as const).map(([workload, other, atLeast]): Goal => ({
      name: `${workload}, ${era}`,
      bound: { atLeast },
      unit: other === "floor" ? "× the bare floor" : "× SDK McpServer",
      value: (result) => {
        const of = (server: ServerName) => findMeasurement(result, { workload, era, server });
        return ratio(of("gateway"), of(other));
      },
    }))
  ),
  // A read just after another need not ask the service.
  addedGoal("added to a direct call, p50", "p50Ms", 0.3, "usual", "upstream"),
  addedGoal("added to a direct call, p99", "p99Ms", 2, "usual", "upstream"),
  addedGoal("added to a direct call, each call asking the service, p50", "p50Ms", 0.3, "strict", "upstream"),
  addedGoal("added to a direct call, each call asking the service, p99", "p99Ms", 2, "strict", "upstream"),
  addedGoal("added to a bare Deno proxy, each call asking the service, p50", "p50Ms", 1.5, "strict", "proxy"),
  {
    name: "todo.list at 100,000 changes of history, warm",
    bound: { atMost: 1.2 },
    unit: "× the same at 1,000",
    value: (result) => {
      const at = (variant: string) => findMeasurement(result, { workload: "todo.list by history", variant });
      return ratio(at("1,000 changes"), at("100,000 changes"));
    },
  },
  {
    name: "calendar.list of a month out of 10,000 blocks with 200 series, warm",
    bound: { atMost: 4 },
    unit: "× todo.list of as many rows",
    value: (result) => {
      const at = (variant: string) => findMeasurement(result, { workload: CALENDAR_WORK, variant });
      return ratio(at("todo.list"), at("calendar.list"));
    },
  },
  {
    name: `${GRANT_WORK}, by an app whose grant has conditions`,
    bound: { atMost: 1.1 },
    unit: "× by scopes alone",
    value: (result) => {
      const at = (variant: string) => findMeasurement(result, { workload: GRANT_WORK, variant });
      return ratio(at(GRANT_VARIANTS.whole), at(GRANT_VARIANTS.narrowed));
    },
  },
  ledgerGoal(
    "CPU of a todo.list that is noted, 16 at once of one person",
    "cpuMicros",
    LEDGER_CONNECTIONS,
    1.15,
  ),
  // Within the noise of a machine that does nothing else.
  ledgerGoal("p50 of a todo.list that is noted, one at a time", "p50Ms", 1, 1.1),
  {
    name: "added by a limit that several gateways share, p50",
    bound: { atMost: 0.3 },
    unit: "ms",
    value: (result) => {
      const of = (variant: string) =>
        findMeasurement(result, { workload: NODES_WORK, variant, connections: 1 })?.rounds.map(({ p50Ms }) =>
          p50Ms
        );
      const [shared, apart] = [of(NODES_VARIANTS.shared), of(NODES_VARIANTS.apart)];
      return shared === undefined || apart?.length !== shared.length ? null : medianDifference(shared, apart);
    },
  },
  // Twice of what it was when a bound on memory was shared by folded tables and opened texts, on two cores.
  mixedGoal(
    "mixed 80/20 of 1,024 people, 32 at a time",
    { atLeast: 1_766 },
    "requests/s",
    (found) => medianAt(found, MIXED_CONNECTIONS.usual, "requestsPerSecond"),
  ),
  mixedGoal(
    "mixed 80/20 of 1,024 people, p99 of 256 at a time",
    { atMost: 500 },
    "ms",
    (found) => medianAt(found, MIXED_CONNECTIONS.crowd, "p99Ms"),
  ),
  mixedGoal("mixed 80/20 of 1,024 people, resident", { atMost: DEFAULT_MEMORY_MB }, "MB", (found) => {
    const residents = found.map(({ residentMb }) => residentMb).filter((value) => value !== null);
    return residents.length < found.length ? null : Math.max(...residents);
  }),
  factGoal("first call of a person with 100,000 changes", "first-call-ms/100000", 3_000, "ms"),
  factGoal("first page of what apps did, of 100,000 changes in 20 tables", "activity-ms/100000", 2_000, "ms"),
  factGoal("memory for 4 such pages at once", "activity-mb/100000", 150, "MB above listing tools"),
  factGoal("memory under mixed load, last 8 of 10 minutes", "memory-spread", 5, "% from its median"),
];

/** Judges one goal. */
export function judge(goal: Goal, result: Result): Verdict {
  const value = goal.value(result);
  if (value === null || Number.isNaN(value)) return { goal, value: null, met: null };
  const met = "atLeast" in goal.bound ? value >= goal.bound.atLeast : value <= goal.bound.atMost;
  return { goal, value, met };
}

/** The median of paired ratios of requests per second; null unless both were measured in the same turns. */
export function ratio(a: Measurement | undefined, b: Measurement | undefined): number | null {
  if (a === undefined || b === undefined || a.rounds.length !== b.rounds.length) return null;
  const rates = ({ rounds }: Measurement) => rounds.map(({ requestsPerSecond }) => requestsPerSecond);
  return medianRatio(rates(a), rates(b));
}

function addedGoal(
  name: string,
  field: "p50Ms" | "p99Ms",
  atMost: number,
  freshness: "usual" | "strict",
  against: ServerName,
): Goal {
  const value = (result: Result) => {
    const of = (server: ServerName, variant: string) =>
      findMeasurement(result, { workload: "added", variant, server })?.rounds.map((round) => round[field]);
    const ours = of("gateway", addedVariant(20, freshness));
    const others = of(against, addedVariant(20));
    return ours === undefined || others?.length !== ours.length ? null : medianDifference(ours, others);
  };
  return { name, bound: { atMost }, unit: "ms", value };
}

/** The median of paired ratios of one field, of the ledger in its usual setting to none. */
function ledgerGoal(name: string, field: "cpuMicros" | "p50Ms", connections: number, atMost: number): Goal {
  const value = (result: Result) => {
    const of = (variant: string) =>
      findMeasurement(result, { workload: LEDGER_WORK, variant, connections })?.rounds.map((round) =>
        round[field]
      );
    const [noted, none] = [of("best-effort"), of("off")];
    if (noted === undefined || none?.length !== noted.length) return null;
    const [ours, others] = [noted, none].map((values) => values.filter((one) => one !== null));
    // Where the system does not tell the time of a processor, nothing was measured.
    if (ours?.length !== noted.length || others?.length !== none.length) return null;
    return medianRatio(ours, others);
  };
  return { name, bound: { atMost }, unit: "× without the ledger", value };
}

/** Of the mixed work with all its numbers of connections; null unless all were measured. */
function mixedGoal(
  name: string,
  bound: Goal["bound"],
  unit: string,
  valueOf: (found: readonly Measurement[]) => number | null,
): Goal {
  const value = (result: Result) => {
    const found = Object.values(MIXED_CONNECTIONS).flatMap((connections) =>
      findMeasurement(result, { workload: MIXED.name, connections }) ?? []
    );
    return found.length < Object.keys(MIXED_CONNECTIONS).length ? null : valueOf(found);
  };
  return { name, bound, unit, value };
}

function medianAt(
  found: readonly Measurement[],
  connections: number,
  field: "requestsPerSecond" | "p99Ms",
): number | null {
  const rounds = found.find((measurement) => measurement.connections === connections)?.rounds;
  return rounds === undefined ? null : median(rounds.map((round) => round[field]));
}

function factGoal(name: string, id: string, atMost: number, unit: string): Goal {
  const value = ({ facts }: Result) => facts.find((fact) => fact.id === id)?.value ?? null;
  return { name, bound: { atMost }, unit, value };
}
