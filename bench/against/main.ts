// `deno task bench:against --old=<folder>`: is this checkout slower than another one? Both gateways run side by side, each
// before a stub of the services of its own, and take turns under wrk; then how they start and what they hold at rest. Ends with 1
// when a workload is slower or a bound is broken, 2 when called wrongly. From outside only: processes and HTTP, so that it works between any two commits.
import { print } from "../../scripts/print.ts";
import { median } from "../report/statistics.ts";
import { middle, readable } from "../report/tables.ts";
import type { Measurement, Round } from "../result.ts";
import { startGateway, THIS_CHECKOUT } from "../servers/gateway.ts";
import { BUILD_FOLDER } from "../servers/peers.ts";
import { startUpstream } from "../servers/upstream.ts";
import { compare, type Contestant } from "../workloads/compare.ts";
import { PROTOCOL_WORK, RECORD_WORK, type Workload } from "../workloads/workloads.ts";
import { measureStartAndRest } from "./start_and_rest.ts";
import { AGAINST_USAGE, type AgainstOptions, parseAgainstOptions } from "./options.ts";
import { judgeAgainst, LEAST_RATIO, MOST_REST, MOST_START } from "./verdict.ts";

const WORKLOADS = [...PROTOCOL_WORK, ...RECORD_WORK];
const COLUMNS = [13, 11, 11, 16, 17, 13] as const;
const WORDS = {
  ok: "ok",
  unclear: `below ${LEAST_RATIO}, but so was the noise`,
  slower: `SLOWER: below ${LEAST_RATIO} and below the noise`,
} as const;

const options = parseAgainstOptions(Deno.args);
const chosen = WORKLOADS.filter(({ name }) => (options?.only ?? name) === name);
const isStartAsked = options !== null && (options.only ?? "start") === "start";
if (options === null || (chosen.length === 0 && !isStartAsked)) {
  print(`${AGAINST_USAGE}\n  workloads: ${WORKLOADS.map(({ name }) => name).join(", ")}, start`);
  Deno.exit(2);
}
await Deno.mkdir(BUILD_FOLDER, { recursive: true });
try {
  const isSlower = chosen.length > 0 && await compareCheckouts(options);
  const isHeavier = isStartAsked && await compareStarts(options);
  if (isSlower || isHeavier) Deno.exit(1);
} catch (error) {
  print(`\nNo verdict: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}

/** Prints a line per workload; answers whether any is slower. */
async function compareCheckouts(given: AgainstOptions): Promise<boolean> {
  const { old, rounds, roundSeconds, connections } = given;
  print(
    `old ${old}, new ${THIS_CHECKOUT}: ${rounds} rounds of ${roundSeconds} s, ${connections} connections`,
  );
  printRow([
    "workload",
    "old req/s",
    "new req/s",
    "new/old median",
    "old/old from–to",
    "CPU new/old",
    "verdict",
  ]);
  let isAnySlower = false;
  for (const workload of chosen) {
    const noise = await measurePair(given, workload, [old, old]);
    const pair = await measurePair(given, workload, [old, THIS_CHECKOUT]);
    const verdict = judgeAgainst(ratios(noise, "requestsPerSecond"), ratios(pair, "requestsPerSecond"));
    isAnySlower ||= verdict.word === "slower";
    printRow([
      workload.name,
      ...pair.map((measurement) => readable(middle(measurement, "requestsPerSecond") ?? NaN)),
      verdict.median.toFixed(3),
      `${verdict.lowest.toFixed(3)}–${verdict.highest.toFixed(3)}`,
      median(ratios(pair, "cpuMicros")).toFixed(3),
      WORDS[verdict.word],
    ]);
  }
  return isAnySlower;
}

/** Prints how both start and rest; answers whether the new checkout needs more than it may. */
async function compareStarts({ old, rounds }: AgainstOptions): Promise<boolean> {
  await using started = new AsyncDisposableStack();
  const upstream = await startUpstream();
  started.defer(() => upstream.stop());
  const [before, after] = await measureStartAndRest(upstream, [old, THIS_CHECKOUT], rounds);
  if (before === undefined || after === undefined) {
    throw new TypeError("Cannot compare: nothing was measured");
  }
  const start = after.startMs / before.startMs;
  const rest = (after.restMb ?? NaN) / (before.restMb ?? NaN);
  const row = (name: string, unit: string, values: readonly number[], ratio: number, most: number) => {
    const [first = NaN, second = NaN] = values;
    const words = ratio > most ? `MORE than ${most} times` : Number.isNaN(ratio) ? "not told here" : "ok";
    print(
      `${name}: old ${first.toFixed(0)} ${unit}, new ${second.toFixed(0)} ${unit}, ${
        ratio.toFixed(2)
      } times: ${words}`,
    );
    return ratio > most;
  };
  const isSlow = row("start", "ms", [before.startMs, after.startMs], start, MOST_START);
  const isLarge = row("memory at rest", "MB", [before.restMb ?? NaN, after.restMb ?? NaN], rest, MOST_REST);
  return isSlow || isLarge;
}

function printRow(cells: readonly string[]): void {
  print(cells.map((cell, i) => cell.padEnd(COLUMNS[i] ?? 0)).join("").trimEnd());
}

/** Of each pair of rounds, the second to the first. NaN where the system does not tell. */
function ratios([first, second]: readonly Measurement[], field: keyof Round): number[] {
  return (first?.rounds ?? []).map((round, i) => (second?.rounds[i]?.[field] ?? NaN) / (round[field] ?? NaN));
}

/** Starts a stub and a gateway for each of the two checkouts, and lets them take turns. */
async function measurePair(
  given: AgainstOptions,
  { name, shapes, population, people }: Workload,
  checkouts: readonly [string, string],
): Promise<Measurement[]> {
  await using started = new AsyncDisposableStack();
  const contestants: Contestant[] = [];
  for (const checkout of checkouts) {
    const upstream = await startUpstream();
    started.defer(() => upstream.stop());
    const server = await startGateway(upstream.url, checkout);
    started.defer(() => server.stop());
    const callers = await upstream.callers(population, people);
    contestants.push({ server, workload: name, connections: given.connections, callers, shapes });
  }
  return await compare(given, contestants);
}
