import assert from "node:assert/strict";
import { allowedNet } from "../../lib/settings/allowed_net.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { judgeConfinement } from "../../lib/settings/confinement.ts";
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";

const secret = (fill: number, bytes = 32) => new Uint8Array(bytes).fill(fill).toBase64();
const NODE_SECRET = `1:${secret(1)}`;

function good(env: Record<string, string>): Settings {
  const parsed = parseSettings(env);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}

function problems(env: Record<string, string>): readonly string[] {
  const parsed = parseSettings(env);
  return parsed.ok ? [] : parsed.problems;
}

Deno.test("NODE_SECRET is a list of secrets with ids, newest first, each spelling of base64 taken for the same secret", () => {
  const bytes = new Uint8Array(33).fill(0xff);
  const { nodeSecrets } = good({ NODE_SECRET: ` b2:${bytes.toBase64()} ,a:${secret(1)}` });
  assert.deepEqual(nodeSecrets.map(({ kid, secret }) => [kid, secret.reveal()]), [
    ["b2", bytes.toBase64({ alphabet: "base64url", omitPadding: true })],
    ["a", secret(1).replace("=", "")],
  ]);
  const urlSafe = `a:${bytes.toBase64({ alphabet: "base64url" })}`;
  assert.deepEqual(
    good({ NODE_SECRET: urlSafe }).nodeSecrets[0]?.secret.reveal(),
    nodeSecrets[0]?.secret.reveal(),
  );
});

Deno.test("a NODE_SECRET that cannot be used is a problem that repeats no secret", () => {
  const form =
    "NODE_SECRET must be a comma list of at most 4 secrets, each an id of 1 to 8 characters of a-z and 0-9, " +
    "a colon, and at least 32 bytes in base64";
  for (
    const value of [
      secret(1),
      `1:${secret(1, 31)}`,
      `A:${secret(1)}`,
      `123456789:${secret(1)}`,
      `1:${secret(1)}!`,
      `1:${secret(1)},2:`,
      `:${secret(1)}`,
      [1, 2, 3, 4, 5].map((each) => `${each}:${secret(each)}`).join(),
    ]
  ) assert.deepEqual(problems({ NODE_SECRET: value }), [form], value);
  const twice = "NODE_SECRET has an id or a secret twice: each secret has an id of its own";
  assert.deepEqual(problems({ NODE_SECRET: `1:${secret(1)},1:${secret(2)}` }), [twice]);
  assert.deepEqual(problems({ NODE_SECRET: `2:${secret(1)},1:${secret(1)}` }), [twice]);
  assert.equal(
    good({ NODE_SECRET: [1, 2, 3, 4].map((each) => `${each}:${secret(each)}`).join() }).nodeSecrets.length,
    4,
  );
});

Deno.test("VALKEY_URL is one more host, with TLS wherever it is not this computer", () => {
  const env = {
    NODE_SECRET,
    MANA_AUTH_URL: "https://auth.mana.test",
    MANA_SYNC_URL: "https://sync.mana.test",
  };
  for (
    const [url, host] of [
      ["redis://127.0.0.1", "127.0.0.1:6379"],
      ["redis://localhost:7000/3", "localhost:7000"],
      ["redis://[::1]:6380", "[::1]:6380"],
      ["rediss://user:pass%20word@store.mana.test:6390/0", "store.mana.test:6390"],
      ["rediss://:password@store.mana.test/", "store.mana.test:6379"],
    ] as const
  ) {
    const settings = good({ ...env, VALKEY_URL: url });
    assert.equal(settings.valkey?.host, host);
    assert.equal(settings.valkey?.url.reveal(), url);
    assert.deepEqual(allowedNet(settings), [
      "127.0.0.1:3069",
      "auth.mana.test:443",
      "sync.mana.test:443",
      host,
    ]);
    assert.ok(gatewayFlags(settings).includes(`--allow-net=${allowedNet(settings).join(",")}`));
  }
  const form =
    "VALKEY_URL must be rediss://host:port, or redis://host:port on this computer, with a user, a password and a " +
    "database's number if needed";
  for (
    const url of [
      "redis://store.mana.test:6379",
      "redis://127.0.0.1.mana.test",
      "http://127.0.0.1:6379",
      "redis:127.0.0.1",
      "rediss://store.mana.test,other.test",
      "rediss://*.mana.test",
      "rediss://store.mana.test:0",
      "rediss://store.mana.test/name",
      "rediss://store.mana.test?x=secret",
      "rediss://store.mana.test#x",
      "unix:///run/valkey.sock",
      "127.0.0.1:6379",
    ]
  ) assert.deepEqual(problems({ ...env, VALKEY_URL: url }), [form], url);
});

Deno.test("VALKEY_URL without NODE_SECRET is a problem, and a password in it is never repeated", () => {
  assert.deepEqual(problems({ VALKEY_URL: "rediss://:password@store.mana.test" }), [
    "VALKEY_URL needs NODE_SECRET: the store's keys are made with it",
  ]);
});

Deno.test("a process that may not reach the store is told so at its start", () => {
  const settings = good({ NODE_SECRET, VALKEY_URL: "rediss://store.mana.test", METRICS_PORT: "9100" });
  const without = (host: string) =>
    judgeConfinement(settings, (probe) => "host" in probe && probe.name === "net" && probe.host !== host);
  assert.match(without("store.mana.test:6379").missing.join("\n"), /valkey/);
  assert.match(without("127.0.0.1:9100").missing.join("\n"), /metrics/);
});

Deno.test("NODES says how many gateways share the people, each worker counted", () => {
  assert.equal(good({ NODES: "3" }).nodes, 3);
  assert.equal(good({ NODES: "3", WORKER: "2/4", NODE_SECRET }).nodes, 12);
  assert.deepEqual(good({ WORKER: "2/4", NODE_SECRET }).worker, { index: 2, count: 4 });
  assert.deepEqual(problems({ NODES: "0" }), ['NODES is "0": expected a number from 1 to 1000']);
  assert.deepEqual(problems({ NODES: "1001" }), ['NODES is "1001": expected a number from 1 to 1000']);
  for (const worker of ["0/2", "3/2", "1", "1/65", "a/b", "1/2/3", "-1/2"]) {
    assert.deepEqual(problems({ WORKER: worker }), [
      `WORKER is "${worker}": expected a worker and how many there are, such as 2/4, at most 64`,
    ]);
  }
});

Deno.test("METRICS_PORT is a port of its own for each worker, and one more address to listen on", () => {
  assert.equal(good({ METRICS_PORT: "9100" }).metricsPort, 9100);
  const settings = good({ METRICS_PORT: "9100", WORKER: "2/4", HOST: "::1", NODE_SECRET });
  assert.equal(settings.metricsPort, 9101);
  assert.deepEqual(allowedNet(settings).slice(0, 2), ["[::1]:3069", "[::1]:9101"]);
  for (const port of ["0", "65536", "x", "-1", "1.5"]) {
    assert.deepEqual(problems({ METRICS_PORT: port }), [
      `METRICS_PORT is "${port}": expected a number from 1 to 65535, one for each worker`,
    ]);
  }
  assert.equal(problems({ METRICS_PORT: "65533", WORKER: "1/4", NODE_SECRET }).length, 1);
  for (const port of ["3069", "3067"]) {
    assert.deepEqual(problems({ METRICS_PORT: port, WORKER: "1/3", NODE_SECRET }), [
      `METRICS_PORT is "${port}": expected another port than PORT, for each worker`,
    ]);
  }
});

Deno.test("workers share a secret and a port that is known beforehand: WORKER without either is a problem", () => {
  assert.deepEqual(problems({ WORKER: "1/2" }), [
    "WORKER needs NODE_SECRET: what one worker made comes back to another",
  ]);
  assert.deepEqual(problems({ WORKER: "1/2", NODE_SECRET, PORT: "0" }), [
    "PORT must be a number other than 0 with WORKER: workers share one port",
  ]);
  assert.deepEqual(good({ WORKER: "1/1" }).worker, { index: 1, count: 1 });
});

Deno.test("only a worker has the flag by which a port can be shared", () => {
  assert.equal(gatewayFlags(good({})).includes("--unstable-net"), false);
  assert.equal(
    gatewayFlags(good({ NODE_SECRET, NODES: "3", METRICS_PORT: "9100" })).includes("--unstable-net"),
    false,
  );
  assert.equal(gatewayFlags(null).includes("--unstable-net"), false);
  assert.equal(gatewayFlags(good({ WORKER: "2/2", NODE_SECRET })).includes("--unstable-net"), true);
});
