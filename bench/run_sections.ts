// Starts what a run needs, measures the parts asked for, stops everything.
import { describeMachine } from "./machine.ts";
import type { Options } from "./options.ts";
import type { Result } from "./result.ts";
import { BUILD_FOLDER, buildPeers } from "./servers/peers.ts";
import { startUpstream } from "./servers/upstream.ts";
import { writeFixture } from "./servers/write_fixture.ts";
import { measureActivity } from "./workloads/activity.ts";
import { measureAdded } from "./workloads/added.ts";
import { measureGrants } from "./workloads/grants.ts";
import { measureLedger } from "./workloads/ledger.ts";
import { measureMemory } from "./workloads/memory.ts";
import { measureNodes } from "./workloads/nodes.ts";
import { measureProtocol } from "./workloads/protocol.ts";
import {
  measureCalendar,
  measureHistory,
  measureMixed,
  measurePeople,
  measureRecords,
} from "./workloads/records.ts";
import { measureStart } from "./workloads/start.ts";
import { measureWorkers } from "./workloads/workers.ts";

const MEASURES = {
  start: measureStart,
  protocol: measureProtocol,
  records: measureRecords,
  mixed: measureMixed,
  history: measureHistory,
  calendar: measureCalendar,
  grants: measureGrants,
  ledger: measureLedger,
  people: measurePeople,
  workers: measureWorkers,
  nodes: measureNodes,
  added: measureAdded,
  activity: measureActivity,
  memory: measureMemory,
} as const;

/**
 * Runs the parts. Throws Error when a server misbehaves.
 *
 * @param say told what goes on
 * @param save given the result after each part, so that a long run that fails late is not lost
 */
export async function runSections(
  { pace, sections }: Options,
  say: (line: string) => void,
  save: (soFar: Result) => Promise<void>,
): Promise<Result> {
  const machine = await describeMachine();
  const upstream = await startUpstream();
  try {
    const fixture = `${Deno.cwd()}/${BUILD_FOLDER}/fixture.json`;
    await writeFixture(fixture, upstream);
    const needsPeers = sections.includes("protocol") || sections.includes("start");
    const { peers, skipped } = needsPeers ? await buildPeers(fixture, say) : { peers: [], skipped: [] };
    for (const { name, reason } of skipped) say(`skipped: ${name}, ${reason}`);
    const result: Result = {
      machine,
      extent: pace.extent,
      measurements: [],
      facts: [],
      skipped,
    };
    for (const section of sections) {
      await MEASURES[section]({ pace, say, upstream, peers, result });
      await save(result);
    }
    return result;
  } finally {
    await upstream.stop();
  }
}
