import type { History } from "./history.ts";
import type { Tally } from "./tally.ts";
import type { Verdicts } from "./verdicts.ts";

/** How to soak. */
export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly clients: number;
  readonly people: number;
  readonly devices: number;
  /** Gateways, behind a load balancer where there are several. */
  readonly nodes: number;
  /** Whether they share a store, which things happen to as well. */
  readonly hasStore: boolean;
  /** A folder to write to. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

/** What came of it. */
export interface SoakReport {
  readonly history: History;
  readonly verdicts: Verdicts;
  readonly answers: Tally;
  readonly faults: Tally;
  readonly restarts: Tally;
  readonly deeds: Tally;
}
