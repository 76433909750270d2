import assert from "node:assert/strict";
import { z } from "zod";
import { connectLegacy } from "../../scripts/demo/demo_client.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { descendantsOf, signalProcess } from "./_processes.ts";
import {
  eventsOf,
  freePorts,
  type ServedWorkers,
  startServe,
  startServedWorkers,
} from "./_served_workers.ts";

const SERVICES = { MANA_AUTH_URL: "http://127.0.0.1:1", MANA_SYNC_URL: "http://127.0.0.1:2" };

/** A call on a connection of its own; by default one that has to ask the sync service. */
async function callAnew({ url, token }: ServedWorkers, name = "todo_list"): Promise<string> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const request = modernRequest(token, "tools/call", { name, arguments: {} }, {
    url,
    headers: { "x-mana-fresh": "strict" },
  });
  const response = await fetch(request, { client });
  return `${response.status} ${await response.text()}`;
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

/** How many calls each worker has under way. */
async function callsInFlight({ probeUrls }: ServedWorkers): Promise<number[]> {
  const pages = await Promise.all(probeUrls.map((url) => text(`${url}/metrics`)));
  return pages.map((page) => Number(/^mana_mcp_calls_in_flight\{[^}]*\} (\d+)$/m.exec(page)?.[1]));
}

Deno.test("two workers share a port; one that is killed is replaced while the other goes on; a stop lets calls end", async () => {
  await using served = await startServedWorkers(2);
  const { task, url, probeUrls } = served;
  // The main port would answer for a random one.
  assert.match(await text(new URL("/metrics", url).href), /^404 /);
  for (const probe of probeUrls) assert.match(await text(`${probe}/health`), /^200 .*"state":"confined"/);
  assert.equal((await text(`${probeUrls[0]}/mcp`)).slice(0, 3), "404");

  const held = served.holdSync();
  const answer = callAnew(served);
  await held.arrived;
  const busy = await callsInFlight(served);
  assert.deepEqual([...busy].sort(), [0, 1]);
  const other = `${busy.indexOf(0) + 1}/2`;
  const family = await descendantsOf(task.process.pid);
  const victim = family.find(({ worker }) => worker === other);
  assert.ok(victim !== undefined, JSON.stringify(family));
  await signalProcess(victim.pid);
  await task.said("worker-ended", 1);
  assert.equal(
    eventsOf(task.process, "worker-ended")[0]?.problem,
    `worker ${other[0]} of 2 was ended by SIGKILL: it is started again, the others go on`,
  );
  await task.said("listening", 3);
  assert.match(await text(`${probeUrls[busy.indexOf(0)]}/health`), /^200 /);
  held.release();
  assert.match(await answer, /^200 .*"structuredContent"/);

  // Every new connection gets an answer, whichever worker takes it.
  const answers = await Promise.all(Array.from({ length: 16 }, () => callAnew(served)));
  for (const each of answers) assert.match(each, /^200 .*"structuredContent"/);

  const last = served.holdSync();
  const lastAnswer = callAnew(served);
  await last.arrived;
  const code = task.process.stop();
  await task.said("stopping", 2);
  last.release();
  assert.match(await lastAnswer, /^200 .*"structuredContent"/);
  assert.equal(await code, 0);
  assert.equal(eventsOf(task.process, "stopped").length, 2);
  // Nothing but whole lines of JSON came out.
  for (const line of task.process.lines()) assert.equal(typeof JSON.parse(line).event, "string", line);
});

Deno.test("a worker that stops ends its calls and takes no new connection; the other has them, and it is started again", async () => {
  await using served = await startServedWorkers(2);
  const { task } = served;
  const held = served.holdSync();
  const answer = callAnew(served);
  await held.arrived;
  const busy = `${(await callsInFlight(served)).indexOf(1) + 1}/2`;
  const pid = (await descendantsOf(task.process.pid)).find(({ worker }) => worker === busy)?.pid;
  assert.ok(pid !== undefined);
  await signalProcess(pid, "SIGTERM");
  await task.said("stopping", 1);
  for (let turn = 0; turn < 16; turn++) {
    assert.match(await callAnew(served, "spaces_list"), /^200 .*"activeSpaceId"/);
  }
  held.release();
  assert.match(await answer, /^200 .*"structuredContent"/);
  await task.said("worker-ended", 1);
  assert.match(
    eventsOf(task.process, "worker-ended")[0]?.problem ?? "",
    /^worker \d of 2 ended with code 0: it is started again/,
  );
  await task.said("listening", 3);
});

Deno.test("a session and a cursor of one worker go on at the other, without any setting for it", async () => {
  await using served = await startServedWorkers(2);
  const { url, token } = served;
  using connection = Deno.createHttpClient({ poolMaxIdlePerHost: 0 }); // a connection for each request
  const anew: typeof fetch = (input, init) => fetch(input, { ...init, client: connection });
  const client = await connectLegacy({ url, token, fetch: anew });
  try {
    for (const title of ["one", "two", "three"]) await client.call("todo_create", { title });
    // The system chooses the worker, so it goes on until each has had its part.
    do {
      const seen: unknown[] = [];
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
        const page = Page.parse(await client.call("todo_list", { limit: 1, ...(cursor ? { cursor } : {}) }));
        seen.push(...page.tasks.map(({ title }) => title));
        cursor = page.nextCursor ?? undefined;
      }
      assert.deepEqual(seen.toSorted(), ["one", "three", "two"]);
    } while ((await answered(served, "todo.list")).some((count) => count < 4));
  } finally {
    await client.close();
  }
});

/** How many calls of a tool each worker has answered. */
async function answered({ probeUrls }: ServedWorkers, tool: string): Promise<number[]> {
  const pages = await Promise.all(probeUrls.map((url) => text(`${url}/metrics`)));
  const line = new RegExp(
    `^mana_mcp_tool_invocations_total\\{[^}]*tool="${tool}"[^}]*outcome="success"[^}]*\\} (\\d+)$`,
    "m",
  );
  return pages.map((page) => Number(line.exec(page)?.[1] ?? 0));
}

const Page = z.looseObject({
  tasks: z.array(z.looseObject({ title: z.string() })),
  nextCursor: z.string().nullish(),
});

Deno.test("workers do not outlive a supervisor that was killed", async () => {
  const [port, probes] = [freePorts(1), freePorts(2)];
  const task = startServe(["--workers=2"], {
    PORT: String(port),
    METRICS_PORT: String(probes),
    ...SERVICES,
  });
  const connections: Deno.TcpConn[] = [];
  try {
    await task.said("listening", 2);
    for (const index of [0, 1]) {
      connections.push(await Deno.connect({ hostname: "127.0.0.1", port: probes + index }));
    }
    const family = await descendantsOf(task.process.pid);
    const supervisor = family.find(({ parent }) => parent === task.process.pid);
    assert.ok(supervisor?.worker === null, JSON.stringify(family));
    await signalProcess(supervisor.pid);
    // Their output has no reader any more: that a connection ends says that a worker stops, and then it is gone.
    for (const connection of connections) assert.equal(await endOf(connection), "ended");
    await task.process.exited;
    // Free again: nobody holds the port without the flag of workers.
    const taken = startServe([], { PORT: String(port), ...SERVICES });
    await taken.said("listening", 1);
    assert.equal(await taken.process.stop(), 0);
  } finally {
    for (const connection of connections) connection.close();
    await task.process.stop();
  }
});

async function endOf(connection: Deno.TcpConn): Promise<string> {
  try {
    return await connection.read(new Uint8Array(1)) === null ? "ended" : "answered";
  } catch {
    return "ended"; // by a reset
  }
}

Deno.test("without --workers the task is the gateway, and there is no process besides", async () => {
  const task = startServe([], { PORT: "0", ...SERVICES });
  try {
    await task.said("listening", 1);
    const family = await descendantsOf(task.process.pid);
    assert.deepEqual(family.map(({ parent, worker }) => ({ parent, worker })), [
      { parent: task.process.pid, worker: null },
    ]);
  } finally {
    assert.equal(await task.process.stop(), 0);
  }
});

Deno.test("wrong arguments end with 64 and say how the task is called", async () => {
  for (const args of [["--workers", "0"], ["now"]]) {
    const { process } = startServe(args, SERVICES);
    assert.equal(await process.exited, 64);
    assert.equal(process.lines()[0], "deno task serve [--workers N]");
  }
});

Deno.test("settings that no worker can use end with 78 and are told once", async () => {
  const { process } = startServe(["--workers", "3"], { PORT: "x", LOG_LEVEL: "loud" });
  assert.equal(await process.exited, 78);
  assert.deepEqual(process.lines(), [
    'PORT is "x": expected a number from 0 to 65535',
    'LOG_LEVEL is "loud": expected info, debug, warn, error',
  ]);
  const free = startServe(["--workers", "2"], { PORT: "0", ...SERVICES });
  assert.equal(await free.process.exited, 78);
  assert.deepEqual(free.process.lines(), [
    "PORT must be a number other than 0 with WORKER: workers share one port",
  ]);
});

Deno.test("a port that another program has ends with 78, before any worker could share it by accident", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.ok(taken.addr.transport === "tcp");
  const { process } = startServe(["--workers", "2"], { PORT: String(taken.addr.port), ...SERVICES });
  assert.equal(await process.exited, 78);
  assert.deepEqual(process.lines(), [
    `PORT ${taken.addr.port} is taken by another program: set PORT to a free one`,
  ]);
});

Deno.test("a worker that cannot start is tried again, and the others serve", async () => {
  const [port, probes] = [freePorts(1), freePorts(2)];
  const taken = Deno.listen({ hostname: "127.0.0.1", port: probes + 1 });
  const task = startServe(["--workers", "2"], {
    PORT: String(port),
    METRICS_PORT: String(probes),
    ...SERVICES,
  });
  try {
    await task.said("worker-ended", 1);
    assert.match(task.process.lines().join("\n"), /METRICS_PORT \d+ is taken by another program/);
    await task.said("listening", 1);
    assert.match(await text(`http://127.0.0.1:${port}/health`), /^200 /);
    taken.close();
    await task.said("listening", 2);
    assert.match(await text(`http://127.0.0.1:${probes + 1}/health`), /^200 /);
  } finally {
    assert.equal(await task.process.stop(), 0);
  }
});
