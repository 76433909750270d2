// A gateway without a proxy, while somebody takes every descriptor again and again: what a person's app notices, and what is left of it.
import assert from "node:assert/strict";
import { z } from "zod";
import { readFirstPerson } from "../../scripts/stack/read_first_person.ts";
import { signIn } from "../../scripts/stack/sign_in.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startBackend } from "../../scripts/stack/start_stack.ts";
import { callHeaders, callMessage, messagesOf, post } from "../_support/mcp_request.ts";
import { eventsOf, listenRaw } from "../_support/event_stream.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { MAX_DESCRIPTORS, startLimitedGateway } from "./_limited.ts";

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });
const Result = z.object({ structuredContent: z.unknown() });
const Tasks = z.object({ tasks: z.array(z.object({ title: z.string() })) });
const Spaces = z.object({ spaces: z.array(z.object({ id: z.string() })) });
/** Silent connections at a time: more than the process can take. */
const ATTACKERS = MAX_DESCRIPTORS + 50;
/** Connections that the gateway has to end to come back: some failures to accept. */
const ENOUGH = 4 * MAX_DESCRIPTORS;

Deno.test("a gateway whose last descriptor is taken again and again answers nobody wrongly, keeps a stream that was open, keeps its log short, and is whole once the flood is over", async () => {
  await using folder = await temporaryFolder();
  const env = { BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" };
  const backend = startBackend({ data: folder.path, firstPerson: "demo@mana.test", env });
  const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
  const port = freePort();
  const gateway = startLimitedGateway({
    PORT: String(port),
    MANA_AUTH_URL: auth,
    MANA_SYNC_URL: sync,
    JWT_ISSUER: issuer,
    RATE_LIMIT_WRITES: "0",
  });
  try {
    await gateway.event("listening");
    const { email, password } = await readFirstPerson(folder.path);
    const token = await signIn(auth, email, password);
    const app = createApp(port, token);
    await app.write();
    assert.equal(app.answered.length, 1);
    const tasks = `mana://spaces/${await app.personalSpace()}/todo`;
    const over = { gateway: { fetch: (request: Request) => fetch(request), stop: () => Promise.resolve() } };
    await using news = eventsOf(await listenRaw(over, token, [tasks], 7, `http://127.0.0.1:${port}/mcp`));
    assert.equal((await news.next())?.method, "notifications/subscriptions/acknowledged");
    let hasEnded = false;
    void gateway.exited.then(() => hasEnded = true);
    const started = performance.now();
    const flood = startFlood(port);
    try {
      // All that was answered fits into one page of the list at the end.
      while (flood.ended() < ENOUGH && !hasEnded) await (app.answered.length < 20 ? app.write() : pause());
    } finally {
      await flood.stop();
    }
    let failures: number | null;
    // At most the listener's longest pause, of five seconds.
    while ((failures = await failuresOf(port)) === null && !hasEnded) await pause();
    assert.ok(failures !== null, gateway.lines().slice(-3).join("\n"));
    assert.ok(failures >= 3, String(failures));
    const before = app.broken.length;
    for (let count = 0; count < 20; count++) await app.write();
    assert.equal(app.broken.length, before);
    assert.equal(await news.updated(), tasks);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.deepEqual([health.status, (await health.json()).status], [200, "ok"]);

    // Each call was carried out once or, where the connection was lost, at most once.
    const titles = await app.titles();
    for (const title of app.answered) {
      assert.equal(titles.filter((found) => found === title).length, 1, title);
    }
    for (const title of app.broken) assert.ok(titles.filter((found) => found === title).length <= 1, title);
    const minutes = Math.ceil((performance.now() - started) / 60_000);
    const told = gateway.lines().filter((line) => line.includes('"event":"listener-'));
    assert.ok(told.length <= 2 * minutes, told.join("\n"));
  } finally {
    assert.equal(await gateway.stop(), 0);
    await backend.stop();
  }
});

/** A person's app that writes one task after the other. */
function createApp(port: number, token: string) {
  const call = (name: string, args: unknown) =>
    fetch(post(callMessage(name, args), callHeaders(token, name), `http://127.0.0.1:${port}/mcp`));
  const answered: string[] = [];
  /** Titles of calls whose connection was refused or lost. Any other failure ends the test. */
  const broken: string[] = [];
  return {
    answered,
    broken,
    async write() {
      const title = `Task ${answered.length + broken.length}`;
      let response: Response;
      try {
        response = await call("todo_create", { title });
        const text = await response.text();
        assert.ok(response.status === 200 && !text.includes('"isError":true'), text);
        answered.push(title);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        broken.push(title);
        await pause();
      }
    },
    async titles() {
      const { tasks } = Tasks.parse(await resultOf(await call("todo_list", { limit: 50 })));
      return tasks.map(({ title }) => title);
    },
    async personalSpace() {
      const { spaces: [space] } = Spaces.parse(await resultOf(await call("spaces_list", {})));
      return space?.id;
    },
  };
}

async function resultOf(response: Response): Promise<unknown> {
  const [message] = await messagesOf(response);
  return Result.parse(message?.result).structuredContent;
}

/** Silent connections, each of which comes back when it was ended. */
function startFlood(port: number) {
  const open = new Set<Deno.TcpConn>();
  let isStopped = false;
  let ended = 0;
  const all = Array.from({ length: ATTACKERS }, async () => {
    while (!isStopped) {
      try {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        open.add(connection);
        await connection.read(new Uint8Array(1)).catch(() => {});
        if (!open.delete(connection)) return; // let go of by the test
        connection.close();
        ended += 1;
      } catch {
        await pause(); // refused: the listener is gone
      }
    }
  });
  return {
    /** Connections that the gateway has ended. */
    ended: () => ended,
    async stop() {
      isStopped = true;
      for (const connection of open) connection.close();
      open.clear();
      await Promise.all(all);
    },
  };
}

/** How often the listener has failed, by the gateway's own metrics; null where nobody is let in. */
async function failuresOf(port: number): Promise<number | null> {
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^mana_mcp_listener_failures_total\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  } catch {
    return null;
  }
}

/** Between two tries to connect, for as long as the listener is gone. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
