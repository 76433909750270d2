import assert from "node:assert/strict";
import { startRunner, startServices } from "./_support/runner_process.ts";

/** The runner as a process: which rights it takes, and how it ends. */

const KEY = "0123456789abcdef0123456789abcdef";
const ENV = {
  PERSONAS_PORT: "0",
  MANA_AUTH_URL: "http://127.0.0.1:1",
  MANA_MCP_URL: "http://127.0.0.1:2",
  MANA_PERSONAS_KEY: KEY,
  PERSONA_SEED_SECRET: `${KEY}-seed`,
};

Deno.test("runner process: settings that cannot be used end it with 78, with every problem and no value", async () => {
  const runner = startRunner({
    MANA_AUTH_URL: "ftp://secret-place.test",
    PERSONA_BRAIN: "model",
    PERSONA_SEED_SECRET: "short",
  });
  assert.equal(await runner.exited, 78);
  const said = runner.lines().join("\n");
  for (const name of ["MANA_AUTH_URL", "MANA_PERSONAS_KEY", "PERSONA_SEED_SECRET", "ANTHROPIC_API_KEY"]) {
    assert.match(said, new RegExp(`^${name} `, "m"));
  }
  assert.doesNotMatch(said, /secret-place|short/);
});

Deno.test("runner process: one right too many, of each kind, and it does not start", async () => {
  const rights = [
    "--allow-read=.",
    "--allow-write=.",
    "--allow-run=sh",
    "--allow-sys=hostname",
    "--allow-ffi=.",
  ];
  for (const right of rights) {
    const runner = startRunner(ENV, [right]);
    const said = await Promise.race([runner.exited, runner.event("listening").catch(() => runner.exited)]);
    const code = await runner.stop();
    assert.equal(said, 78, `${right} was not seen`);
    assert.equal(code, 78);
    assert.match(runner.lines().join("\n"), /"event":"unconfined"/, right);
  }
});

Deno.test("runner process: with services that are away it listens, says so, and takes orders only by its key", async () => {
  const runner = startRunner(ENV);
  try {
    const { url } = await runner.event("listening");
    const health = await (await fetch(`${url}/health`)).json();
    assert.deepEqual([health.status, health.brain, health.paused], ["ok", "scripted", false]);
    const ready = await fetch(`${url}/ready`);
    assert.equal(ready.status, 503);
    assert.deepEqual(await ready.json(), { ready: false, auth: "away", gateway: "away", api: "away" });
    const order = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url + path, { method: "POST", headers });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await order("/pause"), 401);
    assert.equal(await order("/pause", { "x-service-key": `${KEY}x` }), 401);
    assert.equal(await order("/pause", { "x-service-key": KEY }), 200);
    assert.equal(await order("/tick", { "x-service-key": KEY }), 409);
    assert.equal(await order("/resume", { "x-service-key": KEY }), 200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /^# TYPE persona_ticks_total counter$/m);
  } finally {
    assert.equal(await runner.stop(), 0);
  }
  assert.doesNotMatch(runner.lines().join("\n"), new RegExp(KEY));
});

Deno.test("runner process: a stop lets the call under way end, and the tick says that it was interrupted", async () => {
  await using services = await startServices(["anna"]);
  const held = services.door.holdAt(3);
  const runner = startRunner(services.env);
  await held;
  const stopped = runner.stop();
  services.door.release();
  assert.equal(await stopped, 0);
  const ticks = await services.ticks();
  assert.deepEqual(ticks.map(({ ending }) => ending), ["interrupted"]);
  const said = runner.lines().join("\n");
  assert.match(said, /"event":"tick","persona":"anna".*"ending":"interrupted"/);
  for (const secret of [services.env.PERSONA_SEED_SECRET, services.env.MANA_PERSONAS_KEY]) {
    assert.ok(secret !== undefined && !said.includes(secret));
  }
});

Deno.test("runner process: killed in the middle of a tick, nobody is played twice, no row is there twice, and the tick never ended", async () => {
  await using services = await startServices(["anna", "tom"]);
  const held = services.door.holdAt(4);
  const first = startRunner({ ...services.env, PERSONA_CONCURRENCY: "1" });
  await held;
  await first.stop("SIGKILL");
  services.door.release();
  const second = startRunner(services.env);
  try {
    const { url } = await second.event("listening");
    await second.event("tick");
    // Asked once more, by hand: whoever was played today is not due.
    const key = { "x-service-key": services.env.MANA_PERSONAS_KEY ?? "" };
    const order = await fetch(`${url}/tick`, { method: "POST", headers: key });
    assert.equal(order.status, 202);
    await order.body?.cancel();
  } finally {
    assert.equal(await second.stop(), 0);
  }
  const ticks = await services.ticks();
  // The killed one runs as long as its claim holds; then the service calls it interrupted.
  const killed = ticks.find(({ ending }) => ending === "running");
  assert.equal(ticks.length, 2);
  assert.deepEqual(killed?.actions.filter(({ toolName }) => toolName === "runner.tick"), []);
  assert.equal(ticks.find(({ ending }) => ending === "done")?.actions.at(-1)?.toolName, "runner.tick");
  const ids = ticks.flatMap(({ actions }) => actions.map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length);
});
