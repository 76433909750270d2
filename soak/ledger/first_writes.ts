// Kills a gateway at the first writes of people, one of the moments that chance alone seldom hits.
import { createClock, wait } from "../../lib/kit/clock.ts";
import { connectLedger } from "../../scripts/ledger/pull_ledger.ts";
import { reportLines } from "../../scripts/ledger/report.ts";
import { BROKEN } from "../../scripts/ledger/exit_codes.ts";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";
import { TABLES } from "../../tests/ledger/_real.ts";
import { type Person, signUp } from "../people.ts";
import type { Random } from "../random.ts";
import { callOnce } from "./call_once.ts";
import type { Killable } from "./killable.ts";

/** How often a gateway is killed, and how many people write for the first time then. */
const [ROUNDS, PEOPLE] = [4, 6] as const;
/** From before the call has come in to after a first row would be stored without more ado. */
const LATEST_KILL_MS = 400;

/**
 * Kills a gateway while people write with it for the first time, whose chains at the other one go from before to after it and are ended in
 * order: nothing but the chain that was begun before the write tells the verifier of a crash. Each person is killed for once: an open end
 * would explain what comes later. Returns what the verifier says where it is an alarm. No answers get lost meanwhile.
 */
export async function firstWrites({ auth, sync, gateways, random }: {
  readonly auth: string;
  readonly sync: string;
  readonly gateways: readonly Killable[];
  readonly random: Random;
}): Promise<readonly string[]> {
  const [steady, killed] = gateways;
  if (steady === undefined || killed === undefined) throw new RangeError("Two gateways are needed");
  const everyone: Person[] = [];
  await steady.start();
  for (let round = 0; round < ROUNDS; round++) {
    await killed.start();
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, (_, number) => signUp(auth, `first${round}x${number}`)),
    );
    everyone.push(...people);
    for (const person of people) await makeNote(steady, person);
    const writes = people.map((person) => makeNote(killed, person));
    await wait(random.whole(0, LATEST_KILL_MS));
    await killed.end("SIGKILL");
    await Promise.all(writes);
    for (const person of people) await makeNote(steady, person);
  }
  await steady.end("SIGTERM");
  const alarms: string[] = [];
  for (const person of everyone) {
    const source = connectLedger({
      fetch,
      clock: createClock({ calendar: Date.now, elapsed: () => performance.now() }),
      random: Math.random,
      token: person.token(),
      syncUrl: sync,
      vaultUrl: auth,
    });
    const verified = await verifyOnline(source, { tables: TABLES, since: 0, pins: null });
    if (exitCodeOf(verified.findings) === BROKEN) alarms.push(...reportLines(verified, verified.compared));
  }
  return alarms;
}

function makeNote({ url }: Killable, person: Person): Promise<string> {
  return callOnce(url, person.token(), { name: "notes_create", args: { title: "t", content: "c" } }, []);
}
