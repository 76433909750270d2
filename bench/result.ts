// What one run found out, as it is written to disk.
import type { ServerName } from "./servers/running_server.ts";
import type { Era } from "./workloads/requests.ts";

/** Everything of one run. */
export interface Result {
  readonly machine: Machine;
  readonly extent: "full" | "quick";
  readonly measurements: Measurement[];
  readonly facts: Fact[];
  readonly skipped: { readonly name: ServerName; readonly reason: string }[];
}

/** One server in one workload: its rounds, each a pair with the same round of the other servers of the workload. */
export interface Measurement {
  readonly workload: string;
  readonly era: Era;
  /** What was varied besides the connections, such as `10,000 changes`; empty for nothing. */
  readonly variant: string;
  readonly connections: number;
  readonly server: ServerName;
  /** Of the server's process after the last round; null where the system does not tell. */
  readonly residentMb: number | null;
  readonly rounds: readonly Round[];
}

/** One round of one server in one workload. */
export interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server's process per request; null where the system does not tell. */
  readonly cpuMicros: number | null;
}

/** A number that is no rate: a time to start, memory. The id is stable, for goals: `start-ms/gateway`. */
export interface Fact {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Where and when it was measured. */
export interface Machine {
  readonly date: string;
  readonly hardware: string;
  /** Processes that wanted a processor when the run began, the mean of a minute: what else the machine did. */
  readonly load: number;
  /** By program; null for one that is not there. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Finds the first measurement of a result that is as wanted. */
export function findMeasurement(
  { measurements }: Pick<Result, "measurements">,
  wanted: Partial<Omit<Measurement, "rounds">>,
): Measurement | undefined {
  const fields = ["workload", "era", "variant", "connections", "server"] as const;
  return measurements.find((found) =>
    fields.every((field) => (wanted[field] ?? found[field]) === found[field])
  );
}
