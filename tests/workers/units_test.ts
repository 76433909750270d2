// Workers without a supervisor, as systemd starts them from docs/deploy/mana-mcp@.service: an empty input, and WORKER from outside.
import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { startGateway } from "../../scripts/stack/start_stack.ts";
import { freePort } from "../../scripts/stack/free_port.ts";
import { freePorts } from "./_served_workers.ts";

const NODE_SECRET = `1:${new Uint8Array(32).fill(5).toBase64()}`;

/** The settings of each unit. */
function settingsOf(count: number) {
  const [port, probes] = [freePort(), freePorts(count)];
  const common = {
    PORT: String(port),
    METRICS_PORT: String(probes),
    NODE_SECRET,
    MANA_AUTH_URL: "http://127.0.0.1:1",
    MANA_SYNC_URL: "http://127.0.0.1:2",
  };
  return {
    port,
    probes,
    units: Array.from({ length: count }, (_, index) => ({ ...common, WORKER: `${index + 1}/${count}` })),
  };
}

async function status(url: string): Promise<number> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(url, { client });
  await response.body?.cancel();
  return response.status;
}

Deno.test("units share the port, go on with an empty input, and one that is restarted costs nobody an answer", async () => {
  const { port, probes, units: [first, second] } = settingsOf(2);
  assert.ok(first !== undefined && second !== undefined);
  const one = startGateway({ env: first });
  let two = startGateway({ env: second });
  try {
    await Promise.all([one.event("listening"), two.event("listening")]);
    for (const index of [0, 1]) {
      assert.equal(await status(`http://127.0.0.1:${probes + index}/health`), 200);
    }
    assert.equal(await two.stop(), 0);
    // Nothing is sent to a unit that is not there.
    for (let turn = 0; turn < 16; turn++) assert.equal(await status(`http://127.0.0.1:${port}/health`), 200);
    two = startGateway({ env: second });
    await two.event("listening");
    for (let turn = 0; turn < 16; turn++) assert.equal(await status(`http://127.0.0.1:${port}/health`), 200);
    assert.equal(one.lines().some((line) => line.includes("supervisor-gone")), false);
  } finally {
    assert.equal(await one.stop(), 0);
    assert.equal(await two.stop(), 0);
  }
});

Deno.test("a port is shared with workers alone: neither a gateway without WORKER nor a worker beside one gets it", async () => {
  const { port, units: [unit] } = settingsOf(1);
  assert.ok(unit !== undefined);
  const { WORKER: _, METRICS_PORT: __, ...alone } = unit;
  for (const [holder, other] of [[unit, alone], [alone, { ...unit, METRICS_PORT: "" }]] as const) {
    const held = startGateway({ env: holder });
    try {
      await held.event("listening");
      const refused = startGateway({ env: other });
      assert.equal(await refused.exited, 78);
      assert.match(refused.lines().join("\n"), new RegExp(`PORT ${port} is taken by another program`));
    } finally {
      assert.equal(await held.stop(), 0);
    }
  }
});

Deno.test("a worker that was started with the flags of a gateway alone ends with 78 and says what to do", async () => {
  const { units: [unit] } = settingsOf(1);
  assert.ok(unit !== undefined);
  const parsed = parseSettings(unit);
  assert.ok(parsed.ok);
  const flags = gatewayFlags(parsed.settings).filter((flag) => flag !== "--unstable-net");
  const gateway = startGateway({ env: unit, flags });
  assert.equal(await gateway.exited, 78);
  assert.deepEqual(gateway.lines().map((line) => JSON.parse(line).problem), [
    "WORKER needs a flag: start with what `deno task permissions` prints for it",
  ]);
});
