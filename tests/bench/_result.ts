import type { Measurement, Result } from "../../bench/result.ts";

/** A result with nothing in it but these measurements and facts. */
export function resultOf(
  measurements: readonly Measurement[],
  facts: Result["facts"] = [],
): Result {
  return {
    machine: {
      date: "2026-03-01",
      hardware: "A <fast> & cheap CPU, 2 cores, 8.0 GB, linux 6.1 (x86_64)",
      load: 0.1,
      versions: { deno: "2.9.6", go: null },
    },
    extent: "full",
    measurements: [...measurements],
    facts: [...facts],
    skipped: [],
  };
}

/** One server in one workload, with a round per rate. */
export function measurementOf(
  given: Pick<Measurement, "workload" | "server"> & Partial<Measurement>,
  rates: readonly number[],
): Measurement {
  return {
    era: "modern",
    variant: "",
    connections: 32,
    residentMb: 100,
    rounds: rates.map((requestsPerSecond) => ({
      requestsPerSecond,
      p50Ms: 32_000 / requestsPerSecond,
      p99Ms: 64_000 / requestsPerSecond,
      cpuMicros: 1e6 / requestsPerSecond,
    })),
    ...given,
  };
}
