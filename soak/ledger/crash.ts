/**
 * Two gateways as processes of their own over one backend, killed at random while sixteen callers work and answers of the sync service get
 * lost. Then the verifier looks at what is there, and an adversary does to it each thing that can be done without a key.
 */
import { z } from "zod";
import { createClock, wait } from "../../lib/kit/clock.ts";
import { reportLines } from "../../scripts/ledger/report.ts";
import { connectLedger } from "../../scripts/ledger/pull_ledger.ts";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { startBackend } from "../../scripts/stack/start_stack.ts";
import { logsOf, TABLES } from "../../tests/ledger/_real.ts";
import { type AnyCall, callOnce } from "./call_once.ts";
import { firstWrites } from "./first_writes.ts";
import { createKillable, type Killable } from "./killable.ts";
import { type FaultProxy, startFaultProxy } from "../fault_proxy.ts";
import { ORIGIN, type Person, signUp } from "../people.ts";
import { createRandom, type Random } from "../random.ts";
import { createTally, type Tally } from "../tally.ts";
import { plantAll, type PlantedReport } from "./plant_all.ts";

/** What is done. */
export interface CrashOptions {
  /** Calls that got an answer. */
  readonly calls: number;
  readonly seed: number;
  /** The backend's data folder. */
  readonly data: string;
}

/** What came of it. */
export interface CrashReport {
  readonly answers: Tally;
  readonly faults: Tally;
  readonly kills: number;
  /** What the verifier says once everything is quiet. */
  readonly code: number;
  readonly lines: readonly string[];
  /** What was planted, and whether each of it was found. */
  readonly planted: PlantedReport;
  /** What the verifier says of people whose gateway was killed at their first write, where it is an alarm. */
  readonly alarms: readonly string[];
}

/** Callers at the same time, as many as one person's apps may have. */
const CALLERS = 16;
/** Shares of the requests to the sync service that something happens to. */
const FAULT_RATES = [0, 0.05, 0.1, 0.3] as const;

/** Runs it. Throws where it could not be set up, or does not come to its end. */
export async function crash({ calls, seed, data }: CrashOptions): Promise<CrashReport> {
  const random = createRandom(seed, "ledger");
  const faults = createTally();
  const serviceKey = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const ports = freePorts(2);
  const backend = startBackend({
    data,
    env: { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0", MANA_SERVICE_KEY: serviceKey, CORS_ORIGINS: ORIGIN },
  });
  const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
  const proxy = await startFaultProxy({
    syncUrl: sync,
    random: random.fork("faults"),
    faults,
    rates: FAULT_RATES,
  });
  const gateways = ports.map((port) => createKillable(port, { auth, sync: proxy.url, issuer, serviceKey }));
  try {
    const person = await signUp(auth, "anna");
    await Promise.all(gateways.map((gateway) => gateway.start()));
    const answers = await work({ calls, random, person, gateways, proxy });
    await proxy.calm();
    await Promise.all(gateways.map((gateway) => gateway.end("SIGTERM")));
    const kills = gateways.reduce((sum, gateway) => sum + gateway.kills, 0);
    const source = connectLedger({
      fetch,
      clock: createClock({ calendar: Date.now, elapsed: () => performance.now() }),
      random: Math.random,
      token: person.token(),
      syncUrl: sync,
      vaultUrl: auth,
    });
    const verified = await verifyOnline(source, { tables: TABLES, since: 0, pins: null });
    const { logs, owner } = await logsOf(source);
    // A gateway that notes nothing: the change that it signs has no entry.
    const silent = createKillable(ports[0] ?? "", { auth, sync, issuer, serviceKey, LEDGER: "off" });
    await silent.start();
    await callOnce(
      silent.url,
      person.token(),
      { name: "notes_create", args: { title: "t", content: "c" } },
      [],
    );
    await silent.end("SIGTERM");
    const known = new Set(logs.data.get("notes/notes")?.map(({ eventId }) => eventId));
    const unnoted = (await logsOf(source)).logs.data.get("notes/notes")?.find(({ eventId }) =>
      !known.has(eventId)
    );
    const alarms = await firstWrites({ auth, sync, gateways, random: random.fork("first writes") });
    if (unnoted === undefined) throw new Error("The gateway that notes nothing made no note");
    return {
      answers,
      faults,
      kills,
      code: exitCodeOf(verified.findings),
      lines: reportLines(verified, verified.compared),
      alarms,
      planted: await plantAll({ logs, owner, unnoted, random: random.fork("adversary") }),
    };
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.end("SIGKILL")));
    await proxy.stop();
    await backend.stop();
  }
}

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });

/** Sixteen callers at both gateways until there are enough answers and each was killed, while one after the other is killed. */
async function work({ calls, random, person, gateways, proxy }: {
  readonly calls: number;
  readonly random: Random;
  readonly person: Person;
  readonly gateways: readonly Killable[];
  readonly proxy: FaultProxy;
}): Promise<Tally> {
  const answers = createTally();
  const ids: string[] = [];
  const isDone = () => answers.of("answered") >= calls && gateways.every(({ kills }) => kills > 0);
  const caller = async (number: number) => {
    const chance = random.fork(`caller ${number}`);
    while (!isDone()) {
      const gateway = gateways[chance.whole(0, gateways.length - 1)];
      if (gateway === undefined) return;
      const outcome = await callOnce(gateway.url, person.token(), anyCall(chance, ids), ids);
      answers.add(outcome);
      // Nobody listens there just now.
      if (outcome === "no answer") await wait(chance.whole(20, 200));
    }
  };
  const killer = async () => {
    const chance = random.fork("killer");
    while (!isDone()) {
      await wait(chance.whole(50, 1_500));
      const gateway = gateways[chance.whole(0, gateways.length - 1)];
      if (gateway === undefined || isDone()) return;
      await gateway.end("SIGKILL");
      await gateway.start();
    }
  };
  proxy.storm();
  await Promise.all([...Array.from({ length: CALLERS }, (_, number) => caller(number)), killer()]);
  return answers;
}

/** Sealed lists most of the time, and writes of each kind. */
function anyCall(chance: Random, ids: readonly string[]): AnyCall {
  const id = chance.any(ids);
  const text = () => `text ${chance.whole(0, 1e9)}`;
  if (chance.chance(0.5)) return { name: "notes_search", args: { limit: chance.whole(1, 20) } };
  if (id === undefined || chance.chance(0.5)) {
    return { name: "notes_create", args: { title: text(), content: text() } };
  }
  return chance.chance(0.8)
    ? { name: "notes_update", args: { id, title: text() } }
    : { name: "notes_delete", args: { id } };
}

function freePorts(count: number): string[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? String(addr.port) : "");
  for (const listener of listeners) listener.close();
  return ports;
}
