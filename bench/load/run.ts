import { percentile } from "../report/statistics.ts";
import { connectLoad, type Exchange, type LoadConnection } from "./connection.ts";
import type { Job, JobResult } from "./job.ts";
import { createLatencies } from "./latencies.ts";
import { stayAwake } from "./stay_awake.ts";
import { endSession, openSession, type SessionHeaders } from "./session.ts";
import { wireRequest } from "./wire_request.ts";

/** A job whose connections are open. */
export interface PreparedRun {
  /** Sends the requests that count. Throws WrongAnswer or ResponseError as soon as one answer is not as expected. */
  run(): Promise<JobResult>;
  /** Ends sessions and connections. */
  finish(): Promise<void>;
}

/** One connection with its sessions and what it sends, in order. */
interface Lane {
  readonly connection: LoadConnection;
  readonly sessions: readonly SessionHeaders[];
  readonly exchanges: readonly Exchange[];
  /** Where in `exchanges` it is. */
  next: number;
  bodyBytes: number;
}

/** Opens the connections of a job, and its sessions, and warms up. */
export async function prepareRun(job: Job): Promise<PreparedRun> {
  const lanes = await Promise.all(Array.from({ length: job.connections }, (_, i) => openLane(job, i)));
  await Promise.all(lanes.map(async (lane) => {
    for (let i = 0; i < job.warmUpRequests; i++) await step(lane, false);
  }));
  return {
    async run() {
      const latencies = createLatencies();
      const started = performance.now();
      const { until } = job;
      const sleep = job.awake ? stayAwake() : () => {};
      await Promise.all(lanes.map(async (lane) => {
        for (let sent = 0; "ms" in until || sent < until.passes * lane.exchanges.length; sent++) {
          if (job.pauseMs > 0) await pause(Math.random() * job.pauseMs);
          const before = performance.now();
          if ("ms" in until && before - started >= until.ms) break;
          await step(lane, sent % job.parseEvery === 0);
          latencies.add(performance.now() - before);
        }
      })).finally(sleep);
      const seconds = (performance.now() - started) / 1000;
      const sorted = latencies.sorted();
      return {
        requests: sorted.length,
        seconds,
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        maxMs: percentile(sorted, 1),
        bodyBytes: lanes[0]?.bodyBytes ?? 0,
      };
    },
    async finish() {
      await Promise.all(lanes.map(async ({ connection, sessions }) => {
        if (job.session?.keep === false) {
          for (const session of sessions) await endSession(connection, job.host, session);
        }
        connection.close();
      }));
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

async function step(lane: Lane, parse: boolean): Promise<void> {
  const exchange = lane.exchanges[lane.next];
  lane.next = (lane.next + 1) % lane.exchanges.length;
  if (exchange === undefined) throw new RangeError("Cannot send: the job has no request");
  const { body } = await lane.connection.check(exchange, parse);
  lane.bodyBytes = body.byteLength;
}

async function openLane(job: Job, index: number): Promise<Lane> {
  const { host, tokens, requests } = job;
  const connection = await connectLoad(host);
  const mine = tokens.filter((_, i) => i % job.connections === index % tokens.length);
  // The same bytes are sent again and again: the client must not be what is measured.
  const encoder = new TextEncoder();
  const sessions: SessionHeaders[] = [];
  const exchanges: Exchange[] = [];
  for (const token of mine) {
    let headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}` };
    if (job.session !== null) {
      headers = await openSession(connection, host, token, job.session.revision);
      sessions.push(headers);
    }
    for (const shape of requests) {
      exchanges.push({ bytes: wireRequest(host, shape, headers), marker: encoder.encode(shape.marker) });
    }
  }
  return { connection, sessions, exchanges, next: index % requests.length, bodyBytes: 0 };
}
