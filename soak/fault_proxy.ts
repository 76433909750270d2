import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { wait } from "../lib/kit/clock.ts";
import { createHeldRows } from "./held_rows.ts";
import type { Random } from "./random.ts";
import type { Tally } from "./tally.ts";

/** What can go wrong between somebody and the sync service. `write:` on a push, `read:` on a pull or a stream. */
export const FAULTS = [
  "write: slow",
  "write: 500, not carried out",
  "write: 500, carried out",
  "write: lost on the way",
  "write: answer lost",
  "write: delivered twice",
  "write: delivered later, answered with nothing",
  "write: commits late",
  "write: one app out of order for a while",
  "read: slow",
  "read: answer late",
  "read: 500",
  "read: answer lost",
] as const;

/** One of {@link FAULTS}. */
export type Fault = typeof FAULTS[number];

/** A proxy in front of the sync service. */
export interface FaultProxy {
  readonly url: string;
  /** No faults from now on; resolves when nothing is on its way any more. */
  calm(): Promise<void>;
  /** Faults again. */
  storm(): void;
  /** Rows that were hidden because they committed late. */
  hiddenRows(): number;
  stop(): Promise<void>;
}

/** What {@link startFaultProxy} needs. */
export interface FaultProxyDeps {
  readonly syncUrl: string;
  readonly random: Random;
  /** Counts what was injected. */
  readonly faults: Tally;
  /** Shares of requests that something happens to: the weather is one of them for a while, then another. */
  readonly rates: readonly [number, ...number[]];
}

const OUTAGE = "write: one app out of order for a while";
const WRITE_FAULTS = FAULTS.filter((fault) => fault.startsWith("write:") && fault !== OUTAGE);
/** Apps that a call may write together. Where one of them takes nothing, a call ends with a part of its rows. */
const APPS = ["timeblocks", "habits", "calendar"] as const;
/** For how long one of them is out of order, longer than a gateway tries, and for how long none is. */
const OUTAGE_MS = [1_800, 3_000] as const;
const ORDER_MS = [1_000, 4_000] as const;
const READ_FAULTS = FAULTS.filter((fault) => fault.startsWith("read:"));
/** A transaction stays open for this long at most: inside the ten seconds that readers step back. */
const LATEST_COMMIT_MS = 2_500;

/** Starts it on a free port of this computer, calm. */
export async function startFaultProxy(deps: FaultProxyDeps): Promise<FaultProxy> {
  const { random, faults } = deps;
  const held = createHeldRows();
  const underway = new Set<Promise<unknown>>();
  let isCalm = true;
  let weather = { rate: 0, until: 0 };
  let outage = { app: "", until: 0, next: 0 };

  const track = <T>(work: Promise<T>): Promise<T> => {
    underway.add(work);
    void work.catch(() => {}).finally(() => underway.delete(work));
    return work;
  };
  const choose = (among: readonly Fault[]): Fault | undefined => {
    if (performance.now() > weather.until) {
      weather = { rate: random.pick(deps.rates), until: performance.now() + random.whole(200, 1_500) };
      if (!isCalm && performance.now() > outage.next) {
        faults.add(OUTAGE);
        const until = performance.now() + random.whole(...OUTAGE_MS);
        outage = { app: random.pick(APPS), until, next: until + random.whole(...ORDER_MS) };
      }
    }
    if (isCalm || !random.chance(weather.rate)) return undefined;
    const fewest = Math.min(...among.map((fault) => faults.of(fault)));
    // The rarest half of the time, so that a short run has them all.
    return random.any(random.chance(0.5) ? among : among.filter((fault) => faults.of(fault) === fewest));
  };

  const forward = async ({ method, path, headers, body }: Asked): Promise<Answer> => {
    try {
      const init = { method, headers, ...(method === "POST" ? { body } : {}) };
      const response = await fetch(deps.syncUrl + path, init);
      const type = response.headers.get("content-type") ?? "text/plain";
      return { status: response.status, type, text: await response.text() };
    } catch {
      // The service is being restarted.
      return { status: 502, type: "text/plain", text: "bad gateway" };
    }
  };
  const carryOut = async (asked: Asked): Promise<Answer> => {
    const answer = await forward(asked);
    if (answer.status === 200) held.show(asked.body);
    return answer;
  };

  /** The answer to a push, or null for none. */
  const push = async (asked: Asked): Promise<Answer | null> => {
    if (!isCalm && performance.now() < outage.until && asked.path === `/sync/${outage.app}`) {
      if (random.chance(0.3)) await carryOut(asked);
      return null;
    }
    const fault = choose(WRITE_FAULTS);
    const commit = fault === "write: commits late" ? held.hold(asked.body) : null;
    if (fault === "write: commits late" && commit === null) return await carryOut(asked);
    if (fault !== undefined) faults.add(fault);
    switch (fault) {
      case "write: slow":
        await wait(random.whole(50, 400));
        return await carryOut(asked);
      case "write: 500, not carried out":
        return FAILED;
      case "write: 500, carried out":
        await carryOut(asked);
        return FAILED;
      case "write: lost on the way":
        return null;
      case "write: answer lost":
        await carryOut(asked);
        return null;
      case "write: delivered twice": {
        const [, second] = await Promise.all([carryOut(asked), carryOut(asked)]);
        return second;
      }
      case "write: delivered later, answered with nothing":
        void track(wait(random.whole(200, LATEST_COMMIT_MS)).then(() => carryOut(asked)));
        return null;
      case "write: commits late":
        try {
          const answer = await forward(asked);
          await wait(random.whole(100, LATEST_COMMIT_MS));
          return answer;
        } finally {
          commit?.();
        }
      default:
        return await carryOut(asked);
    }
  };

  const pull = async (asked: Asked): Promise<Answer | null> => {
    const fault = choose(READ_FAULTS);
    if (fault !== undefined) faults.add(fault);
    if (fault === "read: 500") return FAILED;
    if (fault === "read: slow") await wait(random.whole(20, 300));
    const answer = await forward(asked);
    const seen = answer.status === 200 ? { ...answer, text: held.withoutHeld(answer.text) } : answer;
    if (fault === "read: answer lost") return null;
    if (fault === "read: answer late") await wait(random.whole(20, 300));
    return seen;
  };

  /** A stream is passed on as it comes, and cut after a while. */
  const stream = async ({ path, headers }: Asked, response: ServerResponse): Promise<void> => {
    const left = new AbortController();
    response.on("close", () => left.abort());
    const cut = AbortSignal.timeout(random.whole(2_000, 20_000));
    const signal = AbortSignal.any([left.signal, cut]);
    try {
      const answer = await fetch(deps.syncUrl + path, { headers, signal });
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "text/plain",
      });
      for await (const part of answer.body ?? []) response.write(part);
      response.end();
    } catch {
      if (cut.aborted) faults.add("stream: cut");
      response.destroy();
    }
  };

  // Of Node's, because a connection can be cut in it without an answer, which Deno's own server has no way to do.
  const server = createServer((request, response) => {
    const serve = async () => {
      const asked = await readAsked(request);
      if (asked.path.includes("/stream")) return void stream(asked, response);
      const answer = await track(asked.method === "POST" ? push(asked) : pull(asked));
      if (answer === null) return void request.socket.destroy();
      response.writeHead(answer.status, { "content-type": answer.type });
      response.end(answer.text);
    };
    // Who asked may have gone away meanwhile.
    serve().catch(() => request.socket.destroy());
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The proxy listens on no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    async calm() {
      isCalm = true;
      while (underway.size > 0) await Promise.allSettled(underway);
    },
    storm: () => void (isCalm = false),
    hiddenRows: held.hidden,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Headers of a connection, not of a request. */
const HOP_BY_HOP = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding"];

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string" && !HOP_BY_HOP.includes(name)) headers.set(name, value);
  }
  const decoder = new TextDecoder();
  let body = "";
  for await (const part of request) body += decoder.decode(part, { stream: true });
  return { method: request.method ?? "GET", path: request.url ?? "/", headers, body };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const FAILED: Answer = { status: 500, type: "text/plain", text: "internal error" };
