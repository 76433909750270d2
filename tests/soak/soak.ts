import { delay } from "../../lib/delay.ts";
import { createAgent } from "./agent.ts";
import { APP_SCOPES, createAppAgent } from "./app_agent.ts";
import { checkListings } from "./check_listings.ts";
import { checkReads } from "./check_reads.ts";
import { checkWrites } from "./check_writes.ts";
import { connectApp, type ConnectedApp } from "./connected_app.ts";
import { createDevice } from "./device.ts";
import { type FaultProxy, FAULTS, startFaultProxy } from "./fault_proxy.ts";
import { createHistory, type History } from "./history.ts";
import { joinPlace, makeSharedPlace, type Person, signUp } from "./people.ts";
import { type Processes, startProcesses } from "./processes.ts";
import { createRandom } from "./random.ts";
import { createSoakClient, type SoakClient } from "./soak_client.ts";
import { createStage } from "./stage.ts";
import { LISTED_TABLES, type SoakTable, TABLES } from "./tables.ts";
import { createTally, type Tally } from "./tally.ts";
import { readTrueLog } from "./true_log.ts";
import { type Check, createVerdicts, type Verdicts } from "./verdicts.ts";

/** How to soak. */
export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly clients: number;
  readonly people: number;
  readonly devices: number;
  /** A folder to write to. */
  readonly data: string;
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

/** Shares of the requests to the sync service that something happens to, from one moment to another. */
const FAULT_RATES = [0, 0.1, 0.2, 0.2, 0.8] as const;
/** Between two things that one client does. */
const THINKING_MS = 120;
/** Between two things that one device does. */
const IDLING_MS = 250;
/** How long agents keep to one table. */
const FOCUS_MS = 1_500;
/** How often somebody gets a fresh token. */
const REFRESH_MS = 2_000;
/** A read may show what was confirmed this long ago. */
const FRESHNESS_MS = 500;
/** Clocks of devices, in milliseconds ahead. */
const SKEWS_MS = [0, 90_000, -120_000, 4_000];
/** What is restarted, and how, in turn. */
const RESTARTS = [
  ["backend", "SIGKILL"],
  ["gateway", "SIGKILL"],
  ["backend", "SIGTERM"],
  ["gateway", "SIGTERM"],
] as const;

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
  const processes = await startProcesses(options.data);
  const proxy = await startFaultProxy({
    syncUrl: processes.syncUrl,
    random: random.fork("faults"),
    faults: report.faults,
    rates: FAULT_RATES,
  });
  try {
    await processes.startGateway(proxy.url);
    print(`${options.people} people, ${options.clients} clients, ${options.devices} devices …`);
    await run(options, report, processes, proxy);
  } finally {
    const codes = await processes.stop();
    await proxy.stop();
    checkProcesses(codes, processes.lines(), report);
  }
  return report;
}

async function run(
  options: SoakOptions,
  report: SoakReport,
  processes: Processes,
  proxy: FaultProxy,
): Promise<void> {
  const { history, verdicts, answers, faults, restarts, deeds } = report;
  const random = createRandom(options.seed);
  const people: Person[] = [];
  for (let index = 0; index < options.people; index++) {
    people.push(await signUp(processes.authUrl, `p${index}`));
  }
  // Pairs share a space, and the first of each pair another with the next pair.
  for (let index = 0; index + 1 < people.length; index += 2) {
    const [owner, member] = [people[index], people[index + 1]];
    if (owner === undefined || member === undefined) continue;
    const place = await makeSharedPlace(processes.authUrl, owner, `@S${index}`);
    await joinPlace(processes.authUrl, owner, member, place);
    const third = people[index + 2];
    if (third !== undefined && index % 4 === 0) await joinPlace(processes.authUrl, owner, third, place);
  }

  const owners = new Map<string, Person>();
  const clients: SoakClient[] = [];
  const newClient = (
    name: string,
    person: Person,
    era: "modern" | "legacy",
    token: () => string = person.token,
  ): SoakClient => {
    const { mcpUrl: url, gatewayLife } = processes;
    const client = createSoakClient({ url, name, era, token, gatewayLife });
    owners.set(name, person);
    clients.push(client);
    return client;
  };
  const stage = createStage();
  const playing: Promise<void>[] = [];
  const play = (name: string, thinkingMs: number, step: () => Promise<void>) => {
    const pauses = random.fork(`pauses of ${name}`);
    playing.push(stage.play(async () => {
      try {
        await step();
      } catch (error) {
        const what = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
        verdicts.fail("no answer is internal, malformed or a surprise", `${name}: ${what.slice(0, 200)}`);
      }
      await delay(pauses.whole(0, thinkingMs));
    }));
  };
  for (let index = 0; index < options.clients; index++) {
    const person = people[index % people.length];
    if (person === undefined) continue;
    const name = `client-${index}`;
    const client = newClient(name, person, index % 2 === 0 ? "modern" : "legacy");
    const agent = createAgent({
      client,
      person,
      places: () => person.places,
      tables: tablesNow,
      namesSpaces: false,
      random: random.fork(name),
      history,
      verdicts,
      answers,
    });
    play(name, THINKING_MS, agent.step);
  }
  for (let index = 0; index < options.devices; index++) {
    // Two devices for each of the first people, who also share spaces: their changes have to meet.
    const person = people[Math.floor(index / 2)];
    if (person === undefined) continue;
    const name = `device-${index}`;
    const skewMs = SKEWS_MS[index % SKEWS_MS.length] ?? 0;
    const device = createDevice({
      name,
      person,
      skewMs,
      syncUrl: proxy.url,
      random: random.fork(name),
      history,
      deeds,
    });
    play(name, IDLING_MS, device.step);
  }
  const [, appOwner] = people;
  const granted = appOwner?.places[1];
  let app: ConnectedApp | undefined;
  if (appOwner !== undefined && granted !== undefined) {
    const name = "app-0";
    app = await connectApp(processes.issuer, processes.mcpUrl, appOwner, {
      name,
      scopes: APP_SCOPES,
      place: granted,
    });
    const client = newClient(name, appOwner, "modern", app.token);
    const agent = createAppAgent(
      { client, person: appOwner, random: random.fork(name), history, verdicts, answers },
      granted,
    );
    play(name, THINKING_MS, agent.step);
  }
  let turn = 0;
  play("sign-in", 0, async () => {
    await delay(REFRESH_MS);
    const who = turn++ % (people.length + 1);
    if (await (people[who] ?? app)?.refresh()) deeds.add("token refreshed");
  });

  const checkers = people.map((person) => newClient(`checker of ${person.name}`, person, "modern"));
  const checkAll = async (check: Check) => {
    await Promise.all(people.map(async (person, index) => {
      const client = checkers[index];
      if (client === undefined) return;
      const logOf = readTrueLog.bind(null, processes.syncUrl);
      await checkListings({ check, person, client, logOf, verdicts });
    }));
  };
  const quietly = async (look: () => Promise<void>) => {
    await stage.halt();
    await proxy.calm();
    await delay(FRESHNESS_MS);
    await look();
    proxy.storm();
    stage.go();
  };

  proxy.storm();
  const started = performance.now();
  const until = (share: number) => {
    const left = share * options.seconds * 1000 - (performance.now() - started);
    return left > 0 ? delay(left) : Promise.resolve();
  };
  for (const [share, event] of schedule(options.seconds)) {
    await until(share);
    if (event === "look") {
      await quietly(() =>
        checkAll("listings equal a sequential fold of the log, under load at quiet points")
      );
    } else if (event === "join") {
      const [owner, , , late] = people;
      const place = owner?.places[1];
      if (owner !== undefined && late !== undefined && place !== undefined) {
        await quietly(() => joinPlace(processes.authUrl, owner, late, place));
        deeds.add("joined a space with a history");
      }
    } else {
      const [which, signal] = event;
      const code = await processes.restart(which, signal);
      restarts.add(`${which} by ${signal}`);
      if (signal === "SIGTERM") {
        const evidence = () => `${which} ended with ${code} after SIGTERM`;
        verdicts.judge("the processes end in order and log no text of anybody", code === 0, evidence);
      }
    }
  }
  await until(1);
  await stage.end();
  await Promise.all(playing);
  await proxy.calm();
  await delay(FRESHNESS_MS);
  options.print("checking …");
  await checkAll("listings equal a sequential fold of the log, at the end");
  const logs = [];
  for (const person of people) {
    for (const table of TABLES) {
      logs.push({ person, table, rows: await readTrueLog(processes.syncUrl, person, table) });
    }
  }
  deeds.add("rows in the log", new Set(logs.flatMap(({ rows }) => rows.map(({ eventId }) => eventId))).size);
  deeds.add("rows hidden until they committed", proxy.hiddenRows());
  await checkWrites(history, owners, logs, verdicts);
  await checkReads(history, logs, verdicts);
  await processes.restart("gateway", "SIGTERM");
  await checkAll("listings equal a sequential fold of the log, from a fresh gateway");
  for (const fault of FAULTS) {
    verdicts.judge("every kind of fault was injected", faults.of(fault) > 0, () => fault);
  }
  await Promise.all(clients.map((client) => client.close()));
}

type Event = "look" | "join" | typeof RESTARTS[number];

/** What agents work on: any table, but most of them the same one for a while, so that they meet. */
function tablesNow(): readonly SoakTable[] {
  const focus = LISTED_TABLES[Math.floor(performance.now() / FOCUS_MS) % LISTED_TABLES.length];
  return focus === undefined ? TABLES : [...TABLES, focus, focus, focus, focus, focus];
}

/** What happens when, as shares of the time. */
function schedule(seconds: number): (readonly [share: number, event: Event])[] {
  const events: (readonly [number, Event])[] = [];
  const restarts = Math.max(2, Math.round(seconds / 15));
  for (let index = 0; index < restarts; index++) {
    const event = RESTARTS[index % RESTARTS.length];
    if (event !== undefined) events.push([(index + 0.6) / restarts, event]);
  }
  const looks = Math.max(1, Math.round(seconds / 30));
  for (let index = 0; index < looks; index++) events.push([(index + 0.5) / looks, "look"]);
  events.push([0.55, "join"]);
  return events.sort(([a], [b]) => a - b);
}

function checkProcesses(codes: readonly number[], lines: readonly string[], { verdicts }: SoakReport): void {
  const check = "the processes end in order and log no text of anybody";
  verdicts.judge(check, codes.every((code) => code === 0), () => `exit codes ${codes.join(" and ")}`);
  for (const line of lines) {
    verdicts.judge(
      check,
      !/@p\d|@S\d|@EVIL|eyJ/.test(line),
      () => `a line of ${line.length} characters holds a text`,
    );
  }
}
