import { wait } from "../../lib/kit/clock.ts";
import { MAX_SESSIONS_PER_PERSON } from "../../lib/kit/limits.ts";
import type { RunningServer } from "../servers/running_server.ts";
import { jobOf, warmUp } from "./compare.ts";
import { listTools } from "./requests.ts";
import { type Stage, USUAL, withGateway } from "./stage.ts";

const CONNECTIONS = 8;
/** Work before memory is read, so that what can be thrown away has been. */
const SETTLING_ROUNDS = 6;
const SETTLING_MS = 500;

/** What sessions cost that nobody uses: resident memory before and after opening them. */
export async function measureSessions(stage: Stage): Promise<void> {
  const { upstream, generator, pace, result } = stage;
  const people = await upstream.tokens(USUAL, Math.ceil(pace.sessions / MAX_SESSIONS_PER_PERSON));
  const tokens = people.flatMap((token) => Array<string>(MAX_SESSIONS_PER_PERSON).fill(token)).slice(
    0,
    pace.sessions,
  );
  const requests = [listTools("legacy")];
  await withGateway(stage, async (gateway) => {
    stage.say(`${pace.sessions.toLocaleString("en")} idle sessions`);
    const job = jobOf({ host: gateway.host, connections: CONNECTIONS, tokens, requests, inSession: true });
    // Every person is known before: the first sessions would pay for tokens and spaces.
    await warmUp(stage, {
      host: gateway.host,
      connections: CONNECTIONS,
      tokens: people,
      requests,
      inSession: true,
    });
    const before = await settledBytes(stage, gateway, people);
    if (before === null) return;
    await generator.prepare({ ...job, session: { revision: "2025-11-25", keep: true }, warmUpRequests: 0 });
    await generator.finish();
    const after = await settledBytes(stage, gateway, people);
    if (after === null) return;
    result.facts.push({
      id: "idle-session-rss-bytes",
      name: `An idle legacy session, by resident memory (${pace.sessions.toLocaleString("en")} of them)`,
      value: (after - before) / pace.sessions,
      unit: "bytes",
    });
  });
}

/** The least memory seen while a little work goes on: garbage comes and goes, what is held stays. */
async function settledBytes(
  stage: Stage,
  gateway: RunningServer,
  people: readonly string[],
): Promise<number | null> {
  const { generator, usage } = stage;
  const job = jobOf({
    host: gateway.host,
    connections: CONNECTIONS,
    tokens: people.slice(0, CONNECTIONS),
    requests: [listTools("modern")],
    inSession: false,
  });
  let least: number | null = null;
  await generator.prepare({ ...job, until: { ms: SETTLING_MS } });
  for (let i = 0; i < SETTLING_ROUNDS; i++) {
    await generator.run();
    await wait(SETTLING_MS);
    const used = await usage.read(gateway.pid);
    if (used !== null) least = Math.min(least ?? Infinity, used.residentBytes);
  }
  await generator.finish();
  return least;
}
