import { startGenerator } from "./load/generator.ts";
import { describeMachine } from "./machine.ts";
import type { Options, Section } from "./options.ts";
import type { Result } from "./result.ts";
import { BUILD_FOLDER, buildPeers } from "./servers/peers.ts";
import { startUpstream, type Upstream } from "./servers/upstream.ts";
import { startGateway } from "./servers/gateway.ts";
import { createUsageReader } from "./servers/usage.ts";
import { measureAdded } from "./workloads/added.ts";
import { askFixture } from "./workloads/ask_fixture.ts";
import { measureHeap } from "./workloads/heap.ts";
import { measureHistory } from "./workloads/history.ts";
import { measureMemory } from "./workloads/memory.ts";
import { measurePeople } from "./workloads/people.ts";
import { measureProtocol } from "./workloads/protocol.ts";
import { measureRecordWork } from "./workloads/record_work.ts";
import { measureSessions } from "./workloads/sessions.ts";
import { PEOPLE, type Stage, USUAL } from "./workloads/stage.ts";
import { measureStart } from "./workloads/start.ts";

const MEASURES: Readonly<Record<Section, (stage: Stage) => Promise<void>>> = {
  start: measureStart,
  protocol: measureProtocol,
  records: measureRecordWork,
  history: measureHistory,
  people: measurePeople,
  added: measureAdded,
  sessions: measureSessions,
  heap: measureHeap,
  memory: measureMemory,
};

/** Who is told while {@link runSections} goes on. */
export interface Audience {
  readonly say: (line: string) => void;
  /** Given the result after each part, so that a long run that fails late is not lost. */
  readonly save: (soFar: Result) => Promise<void>;
}

/** Starts what is needed, measures the parts asked for, stops everything. Throws Error when a server misbehaves. */
export async function runSections(options: Options, { say, save }: Audience): Promise<Result> {
  const result: Result = {
    format: 1,
    machine: await describeMachine(),
    extent: options.pace.extent,
    measurements: [],
    facts: [],
    memory: [],
    skipped: [],
  };
  const upstream = await startUpstream();
  const generator = startGenerator();
  try {
    const fixture = await writeFixture(upstream);
    const needsPeers = options.sections.some((section) => section === "protocol" || section === "start");
    const { peers, skipped } = needsPeers
      ? await buildPeers({ upstream, fixture, say })
      : { peers: [], skipped: [] };
    for (const { name, reason } of skipped) {
      say(`skipped: ${name}, ${reason}`);
      result.skipped.push({ what: name, reason });
    }
    const usage = await createUsageReader();
    if (await usage.read(upstream.pid) === null) {
      result.skipped.push({ what: "CPU and memory", reason: `${Deno.build.os} has no /proc` });
    }
    const stage: Stage = { generator, usage, pace: options.pace, say, upstream, peers, result };
    for (const section of options.sections) {
      await MEASURES[section](stage);
      await save(result);
    }
  } finally {
    await generator.stop();
    await upstream.stop();
  }
  return result;
}

/** Asks a gateway for what its peers need; answers with the absolute path of the file. */
async function writeFixture(upstream: Upstream): Promise<string> {
  const gateway = await startGateway(upstream.url);
  try {
    const [token = ""] = await upstream.tokens(USUAL, PEOPLE);
    const path = `${Deno.cwd()}/${BUILD_FOLDER}/fixture.json`;
    await Deno.writeTextFile(path, JSON.stringify(await askFixture(gateway.host, token)));
    return path;
  } finally {
    await gateway.stop();
  }
}
