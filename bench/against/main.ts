// `deno task bench:against --old=<folder>`: is this checkout slower than another one? Both gateways run side by side, each
// before a stub of the services of its own, and take turns under wrk. Ends with 1 when a workload is slower, 2 when called
// wrongly. From outside only: processes and HTTP, so that it works between any two commits.
import { print } from "../../scripts/print.ts";
import { median } from "../report/statistics.ts";
import { startGateway, THIS_CHECKOUT } from "../servers/gateway.ts";
import { BUILD_FOLDER } from "../servers/peers.ts";
import { startUpstream } from "../servers/upstream.ts";
import { createUsageReader } from "../servers/usage.ts";
import { type Load, measureRound } from "../wrk/measure_round.ts";
import { runWrk } from "../wrk/run_wrk.ts";
import { writeRequests } from "../wrk/write_requests.ts";
import { AGAINST_USAGE, type AgainstOptions, parseAgainstOptions } from "./options.ts";
import { judgeAgainst, LEAST_RATIO } from "./verdict.ts";
import { type AgainstWorkload, WORKLOADS } from "./workloads.ts";

/** Long enough that every person is known, their data is folded, and programs are compiled. */
const WARM_UP_SECONDS = 4;
const COLUMNS = [13, 11, 11, 16, 17, 13] as const;
const WORDS = {
  ok: "ok",
  unclear: `below ${LEAST_RATIO}, but so was the noise`,
  slower: `SLOWER: below ${LEAST_RATIO} and below the noise`,
} as const;

const options = parseAgainstOptions(Deno.args);
if (options === null) {
  print(AGAINST_USAGE);
  Deno.exit(2);
}
await Deno.mkdir(BUILD_FOLDER, { recursive: true });
const usage = await createUsageReader();
try {
  if (await compareCheckouts(options)) Deno.exit(1);
} catch (error) {
  print(`\nNo verdict: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}

/** Prints a line per workload; answers whether any is slower. */
async function compareCheckouts({ old, rounds, only, ...load }: AgainstOptions): Promise<boolean> {
  print(
    `old ${old}, new ${THIS_CHECKOUT}: ${rounds} rounds of ${load.seconds} s, ${load.connections} connections`,
  );
  const row = (...cells: readonly string[]) =>
    print(cells.map((cell, i) => cell.padEnd(COLUMNS[i] ?? 0)).join("").trimEnd());
  row("workload", "old req/s", "new req/s", "new/old median", "old/old from–to", "CPU new/old", "verdict");
  let isAnySlower = false;
  for (const workload of WORKLOADS.filter(({ name }) => only === null || name === only)) {
    const noise = ratios(await pairedRounds([old, old], workload, rounds, load));
    const pairs = await pairedRounds([old, THIS_CHECKOUT], workload, rounds, load);
    const verdict = judgeAgainst(noise, ratios(pairs));
    isAnySlower ||= verdict.word === "slower";
    row(
      workload.name,
      Math.round(median(pairs.map(([before]) => before.rate))).toLocaleString("en"),
      Math.round(median(pairs.map(([, after]) => after.rate))).toLocaleString("en"),
      verdict.median.toFixed(3),
      `${verdict.lowest.toFixed(3)}–${verdict.highest.toFixed(3)}`,
      median(pairs.map(([before, after]) => after.cpu / before.cpu)).toFixed(3),
      WORDS[verdict.word],
    );
  }
  return isAnySlower;
}

/** One round of one side. */
interface Round {
  /** Requests per second. */
  readonly rate: number;
  /** Seconds of processor time of the gateway per request; NaN where the system does not tell. */
  readonly cpu: number;
}

type Pair = readonly [Round, Round];

function ratios(pairs: readonly Pair[]): number[] {
  return pairs.map(([one, other]) => other.rate / one.rate);
}

/** One gateway of the pair. */
interface Side {
  readonly pid: number;
  readonly load: Load;
}

/** Rounds of both checkouts in turn: A B, B A, … */
async function pairedRounds(
  [first, second]: readonly [string, string],
  workload: AgainstWorkload,
  rounds: number,
  load: Pick<Load, "seconds" | "connections">,
): Promise<readonly Pair[]> {
  await using sides = new AsyncDisposableStack();
  const a = await startSide(sides, first, workload, `${BUILD_FOLDER}/against-a.requests`, load);
  const b = await startSide(sides, second, workload, `${BUILD_FOLDER}/against-b.requests`, load);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const ofA = await takeTurn(a);
      pairs.push([ofA, await takeTurn(b)]);
    } else {
      const ofB = await takeTurn(b);
      pairs.push([await takeTurn(a), ofB]);
    }
  }
  return pairs;
}

async function takeTurn({ pid, load }: Side): Promise<Round> {
  const before = await usage.read(pid);
  const { requestsPerSecond, requests } = await measureRound(load);
  const after = await usage.read(pid);
  const seconds = (after?.cpuSeconds ?? NaN) - (before?.cpuSeconds ?? NaN);
  return { rate: requestsPerSecond, cpu: seconds / requests };
}

/** Starts a stub and the gateway of a checkout, and warms them up. `sides` stops them. */
async function startSide(
  sides: AsyncDisposableStack,
  checkout: string,
  { request, population, people }: AgainstWorkload,
  file: string,
  load: Pick<Load, "seconds" | "connections">,
): Promise<Side> {
  const upstream = await startUpstream();
  sides.defer(() => upstream.stop());
  const { host, pid, stop } = await startGateway(upstream.url, checkout);
  sides.defer(stop);
  const tokens = await upstream.tokens(population, people);
  await writeRequests(file, { host, shapes: [request], tokens });
  await runWrk({ host, file, connections: load.connections, seconds: WARM_UP_SECONDS });
  return { pid, load: { ...load, host, file, shapes: [request], tokens } };
}
