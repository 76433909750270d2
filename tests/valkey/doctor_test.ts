// What `deno task doctor` says of the shared store.
import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { checkStore } from "../../scripts/doctor/check_store.ts";
import { SHARED } from "../_support/two_nodes.ts";
import { isValkeyInstalled, startValkey } from "../_support/valkey.ts";

const ignore = !isValkeyInstalled();

async function said(url: string): Promise<readonly string[]> {
  const parsed = parseSettings({ ...SHARED, VALKEY_URL: url });
  assert.ok(parsed.ok);
  const lines: string[] = [];
  await checkStore(
    { settings: parsed.settings, fetch, now: Date.now, token: null },
    (ok, what, fix) => void lines.push(ok ? `ok ${what}` : `${what} → ${fix}`),
  );
  return lines.map((line) => line.replace(/:\d+/, ":PORT").replace(/Redis [\d.]+/, "Redis"));
}

Deno.test({
  name: "doctor: a good store, one that may forget, a wrong password, and none",
  ignore,
  async fn() {
    const missing = "; without it each gateway allows its part of the limits";
    await using valkey = await startValkey(["requirepass right"]);
    const at = `127.0.0.1:${valkey.port}`;
    assert.deepEqual(await said(`redis://:right@${at}`), [
      "ok shared store at 127.0.0.1:PORT, Redis",
      "ok shared store keeps what it is told until it ends (maxmemory-policy noeviction)",
    ]);
    assert.deepEqual(await said(`redis://:wrong@${at}`), [
      `shared store at 127.0.0.1:PORT → the user or the password in VALKEY_URL is wrong or missing${missing}`,
    ]);
    await valkey.kill();
    assert.deepEqual(await said(`redis://:right@${at}`), [
      `shared store at 127.0.0.1:PORT → nobody listens at the address of VALKEY_URL${missing}`,
    ]);
    await using forgetful = await startValkey(["maxmemory 100mb", "maxmemory-policy volatile-ttl"]);
    assert.deepEqual(
      (await said(forgetful.url))[1],
      [
        "shared store keeps what it is told until it ends (maxmemory-policy volatile-ttl)",
        "when its memory is full it may forget a yes that was used, and counts: set maxmemory-policy noeviction",
      ].join(" → "),
    );
  },
});
