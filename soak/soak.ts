import { wait } from "../lib/kit/clock.ts";
import { MEMBERSHIP_COOLDOWN_MS } from "../lib/kit/limits.ts";
import { checkPlanned } from "./check_planned.ts";
import { checkReads } from "./check_reads.ts";
import { checkWrites } from "./check_writes.ts";
import { checkDecided } from "./deciding/check_decided.ts";
import { type FaultProxy, FAULTS, startFaultProxy } from "./fault_proxy.ts";
import { createHistory } from "./history.ts";
import { type Cast, createCast } from "./cast.ts";
import { joinPlace } from "./people.ts";
import { type Processes, startProcesses } from "./processes.ts";
import { createRandom } from "./random.ts";
import type { SoakOptions, SoakReport } from "./soak_report.ts";
import { createStage } from "./stage.ts";
import { checkConfirmed } from "./nodes/check_confirmed.ts";
import { type Shared, startShared } from "./nodes/shared.ts";
import { CURSOR_UNKNOWN, SESSION_UNKNOWN } from "./answer.ts";
import { schedule } from "./schedule.ts";
import { PLANNED_TABLES, QUESTIONS, type SoakTable, TABLES } from "./tables.ts";
import { createTally } from "./tally.ts";
import { readTrueLog } from "./true_log.ts";
import { createVerdicts } from "./verdicts.ts";

const IN_ORDER = "the processes end in order and log no text of anybody";
const AT_QUIET_POINTS = "listings equal a sequential fold of the log, under load at quiet points";
/** Shares of the requests to the sync service that something happens to, from one moment to another. */
const FAULT_RATES = [0, 0.1, 0.2, 0.2, 0.8] as const;
/** Setting up, quiet points and checking take less than this in all, on a slow machine too. */
const PATIENCE_MS = 240_000;
/** A read may show what was confirmed this long ago. */
const FRESHNESS_MS = 500;

/** Runs everything once. Throws when it could not be set up; whatever is found afterwards is in the report. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { print } = options;
  const random = createRandom(options.seed);
  const report: SoakReport = {
    history: createHistory(),
    verdicts: createVerdicts(),
    answers: createTally(),
    faults: createTally(),
    restarts: createTally(),
    deeds: createTally(),
  };
  const { nodes, hasStore, folder } = options;
  await using shared = await startShared({ nodes, hasStore, folder, faults: report.faults });
  const processes = await startProcesses({ data: `${folder}/backend`, nodes, env: shared.env });
  const proxy = await startFaultProxy({
    syncUrl: processes.syncUrl,
    random: random.fork("faults"),
    faults: report.faults,
    rates: FAULT_RATES,
  });
  try {
    await processes.startGateways(proxy.url);
    print(
      `${options.people} people, ${options.clients} clients, ${options.devices} devices, ${nodes} gateways …`,
    );
    // Every wait in there is bounded by another; if one is not after all, it must not hold up whoever waits for us.
    const late = wait(options.seconds * 1000 + PATIENCE_MS).then(() => {
      throw new Error("The soak does not end: something hangs");
    });
    await Promise.race([run({ options, report, processes, proxy, shared }), late]);
  } finally {
    const codes = await processes.stop();
    await proxy.stop();
    checkProcesses(codes, processes.lines(), shared.secrets, report);
  }
  return report;
}

interface Running {
  readonly options: SoakOptions;
  readonly report: SoakReport;
  readonly processes: Processes;
  readonly proxy: FaultProxy;
  readonly shared: Shared;
}

async function run({ options, report, processes, proxy, shared }: Running): Promise<void> {
  const { history, verdicts, faults, restarts, deeds } = report;
  const stage = createStage();
  const cast = await createCast({ options, report, processes, proxy, stage, shared });
  const { people, checkAll } = cast;
  let quietMs = 0;
  const quietly = async (look: () => Promise<void>) => {
    const began = performance.now();
    await stage.halt();
    await proxy.calm();
    await wait(FRESHNESS_MS);
    await look();
    proxy.storm();
    stage.go();
    quietMs += performance.now() - began;
  };

  let turn = 0;
  const restart = async (which: "backend" | "gateway", signal: "SIGTERM" | "SIGKILL") => {
    const code = which === "backend"
      ? await processes.restartBackend(signal)
      : await processes.restartGateway(signal, turn++ % options.nodes);
    restarts.add(`${which} by ${signal}`);
    const evidence = () => `${which} ended with ${code} after SIGTERM`;
    if (signal === "SIGTERM") verdicts.judge(IN_ORDER, code === 0, evidence);
  };

  proxy.storm();
  const started = performance.now();
  const until = (share: number) => {
    const left = share * options.seconds * 1000 + quietMs - (performance.now() - started);
    return left > 0 ? wait(left) : Promise.resolve();
  };
  for (const [share, event] of schedule(options)) {
    await until(share);
    if (event === "look") {
      await quietly(() => checkAll(AT_QUIET_POINTS));
    } else if (event === "join") {
      const [owner, , , late] = people;
      const place = owner?.places[1];
      if (owner !== undefined && late !== undefined && place !== undefined) {
        await quietly(async () => {
          await joinPlace(processes.authUrl, owner, late, place);
          // The gateway asks about an unknown space this often. What it has of the person by now is without the space.
          await wait(MEMBERSHIP_COOLDOWN_MS + FRESHNESS_MS);
          await checkAll(AT_QUIET_POINTS);
        });
        deeds.add("joined a space with a history");
      }
    } else if (typeof event === "string") {
      await shared.suffer(event);
    } else {
      const [which, signal] = event;
      await restart(which, signal);
    }
  }
  await until(1);
  await stage.end();
  await cast.played;
  await proxy.calm();
  await wait(FRESHNESS_MS);
  options.print("checking …");
  await cast.complete();
  await checkAll("listings equal a sequential fold of the log, at the end");
  const readLogs = async (tables: readonly SoakTable[]) => {
    const logs = [];
    for (const person of people) {
      for (const table of tables) {
        logs.push({ person, table, rows: await readTrueLog(processes.syncUrl, person, table) });
      }
    }
    return logs;
  };
  const logs = await readLogs(TABLES);
  const planned = await readLogs(PLANNED_TABLES);
  deeds.add(
    "rows in the log",
    new Set([...logs, ...planned].flatMap(({ rows }) => rows.map(({ eventId }) => eventId))).size,
  );
  deeds.add("rows hidden until they committed", proxy.hiddenRows());
  await checkWrites(history, cast.owners, logs, verdicts);
  await checkPlanned(history, planned, verdicts);
  checkDecided(history, logs, verdicts);
  await checkReads(history, logs, verdicts);
  await checkNodes(cast, { options, report, processes, proxy, shared });
  for (let node = 0; node < options.nodes; node++) await restart("gateway", "SIGTERM");
  await checkAll("listings equal a sequential fold of the log, from a fresh gateway");
  for (const fault of FAULTS) {
    verdicts.judge("every kind of fault was injected", faults.of(fault) > 0, () => fault);
  }
  await cast.close();
}

/** What concerns several gateways. */
async function checkNodes(
  { people, confirmers }: Cast,
  { processes, report: { verdicts, answers, restarts }, shared }: Running,
): Promise<void> {
  const lost = [SESSION_UNKNOWN, CURSOR_UNKNOWN].map((reason) =>
    [reason, answers.of(`refused (${reason})`)] as const
  );
  const killed = restarts.of("gateway by SIGKILL");
  for (const [reason, count] of lost) {
    const isGood = count === 0 && killed > 0;
    verdicts.judge(
      "a session and a cursor outlive the node that made them",
      isGood,
      () => `${count} answers "${reason}", ${killed} nodes killed`,
    );
  }
  for (const { person, deletions } of confirmers) {
    const rows = await readTrueLog(processes.syncUrl, person, QUESTIONS);
    const { disturbances } = shared;
    const isShared = disturbances === null
      ? null
      : (from: number, to: number) => !disturbances.touch(from, to);
    checkConfirmed(deletions, rows, isShared, verdicts);
  }
  await shared.checkStore(people, verdicts);
}

function checkProcesses(
  codes: readonly number[],
  lines: readonly string[],
  secrets: readonly string[],
  { verdicts }: SoakReport,
): void {
  verdicts.judge(IN_ORDER, codes.every((code) => code === 0), () => `exit codes ${codes.join(" and ")}`);
  for (const line of lines) {
    verdicts.judge(
      IN_ORDER,
      !/@p\d|@S\d|@EVIL|eyJ/.test(line) && !secrets.some((secret) => line.includes(secret)),
      () => `a line of ${line.length} characters holds a text`,
    );
  }
}
