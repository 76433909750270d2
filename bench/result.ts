import { z } from "zod";
import { SERVER_NAMES } from "./servers/running_server.ts";

/** One round of one server in one workload. */
const Round = z.object({
  requestsPerSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** CPU time of the server's process per request; null where the system does not tell. */
  cpuMicros: z.number().nullable(),
});

/** One server in one workload: its rounds, each a pair with the same round of the other servers of the workload. */
const Measurement = z.object({
  workload: z.string(),
  era: z.enum(["modern", "legacy"]),
  /** What was varied besides the connections, such as `10,000 changes`; empty for nothing. */
  variant: z.string(),
  connections: z.int(),
  server: z.enum(SERVER_NAMES),
  /** Of one answer's body. */
  bodyBytes: z.int(),
  /** Of the server's process after the last round. */
  residentMb: z.number().nullable(),
  rounds: z.array(Round).min(1),
});

/** A number that is no rate: a time to start, memory. */
export const Fact = z.object({
  /** Stable, for goals and charts: `start-ms/gateway`. */
  id: z.string(),
  name: z.string(),
  value: z.number(),
  unit: z.string(),
});

/** Samples of memory over time. */
const Sample = z.object({ seconds: z.number(), residentMb: z.number() });

/** Where and when it was measured. */
const Machine = z.object({
  date: z.string(),
  os: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memoryGb: z.number(),
  /** By program: `deno`, `node`, `go`, `rustc`; null for one that is not there. */
  versions: z.record(z.string(), z.string().nullable()),
});

/** Everything that one run found out, as it is written to disk. */
export const Result = z.object({
  format: z.literal(1),
  machine: Machine,
  /** `full`, or what was left out. */
  extent: z.string(),
  measurements: z.array(Measurement),
  facts: z.array(Fact),
  /** Resident memory of the gateway under mixed load. */
  memory: z.array(Sample),
  skipped: z.array(z.object({ what: z.string(), reason: z.string() })),
});

/** See {@link Result}. */
export type Result = z.infer<typeof Result>;
/** See {@link Result}. */
export type Measurement = z.infer<typeof Measurement>;
/** See {@link Result}. */
export type Round = z.infer<typeof Round>;
/** See {@link Result}. */
export type Fact = z.infer<typeof Fact>;
/** See {@link Result}. */
export type Machine = z.infer<typeof Machine>;
/** See {@link Result}. */
export type Sample = z.infer<typeof Sample>;

/** Finds one measurement of a result. */
export function findMeasurement(
  result: Pick<Result, "measurements">,
  wanted: Partial<Pick<Measurement, "workload" | "era" | "variant" | "connections" | "server">>,
): Measurement | undefined {
  return result.measurements.find((measurement) =>
    (wanted.workload ?? measurement.workload) === measurement.workload &&
    (wanted.era ?? measurement.era) === measurement.era &&
    (wanted.variant ?? measurement.variant) === measurement.variant &&
    (wanted.connections ?? measurement.connections) === measurement.connections &&
    (wanted.server ?? measurement.server) === measurement.server
  );
}
