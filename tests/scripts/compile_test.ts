import assert from "node:assert/strict";
import { z } from "zod";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import { NO_HOST } from "../../process/process_flags.ts";
import { print } from "../../scripts/print.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";

const ENV = {
  MANA_SERVICE_KEY: "a-service-key-that-belongs-in-no-file",
  PORT: "0",
  MANA_AUTH_URL: "https://auth.mana.test",
  MANA_SYNC_URL: "https://sync.mana.test",
};

/** Of three workers; compiled once for all of them. */
const WORKERS = {
  PORT: "3069",
  METRICS_PORT: "9100",
  WORKER: "1/3",
  NODE_SECRET: `1:${new Uint8Array(32).fill(9).toBase64()}`,
};

/** Runs the script with this file as the runtime to pack into; packing needs no download then. */
async function compile(output: string, runtime: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-env",
      "--allow-read=.",
      "--allow-run",
      "scripts/compile.ts",
      output,
    ],
    env: { ...ENV, ...env, DENORT_BIN: runtime },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

const Baked = z.record(z.string(), z.unknown());

/** The permissions inside the binary: JSON after the key, in plain text near the end of the file. */
function bakedPermissions(text: string): z.infer<typeof Baked> {
  const key = '"permissions":{"allow_env":';
  const start = text.lastIndexOf(key) + '"permissions":'.length;
  assert.ok(text.lastIndexOf(key) > 0, "the binary has permissions baked in");
  return Baked.parse(JSON.parse(text.slice(start, text.indexOf("}", start) + 1)));
}

Deno.test("compile packs the gateway with exactly the rights of these settings, and no secret", async () => {
  await using folder = await temporaryFolder();
  const output = `${folder.path}/mana-mcp`;
  await compile(output, Deno.execPath());
  const text = new TextDecoder("latin1").decode(await Deno.readFile(output));
  assert.equal(text.includes(ENV.MANA_SERVICE_KEY), false);
  // The client of the shared store is loaded late, and has to be in the file all the same.
  assert.ok(text.includes("Reconnect strategy should return"));
  const granted = Object.entries(bakedPermissions(text)).filter(([, value]) => value !== null);
  assert.deepEqual(Object.fromEntries(granted), {
    allow_env: SETTINGS.map(({ name }) => name),
    ignore_env: [],
    allow_net: ["127.0.0.1:0", "auth.mana.test:443", "sync.mana.test:443"],
    allow_import: [NO_HOST],
    prompt: false,
  });
});

Deno.test("a binary for workers may share the port, and listen on each worker's metrics port", async () => {
  await using folder = await temporaryFolder();
  const output = `${folder.path}/mana-mcp`;
  await compile(output, Deno.execPath(), WORKERS);
  const text = new TextDecoder("latin1").decode(await Deno.readFile(output));
  assert.equal(text.includes(WORKERS.NODE_SECRET.slice(2)), false);
  assert.deepEqual(bakedPermissions(text).allow_net, [
    "127.0.0.1:3069",
    "127.0.0.1:9100",
    "auth.mana.test:443",
    "sync.mana.test:443",
    "127.0.0.1:9101",
    "127.0.0.1:9102",
  ]);
  const [, features = ""] = /"unstable_config":\{[^}]*"features":\[([^\]]*)\]/.exec(text) ?? [];
  assert.match(features, /"net"/);
});

/** `deno compile` loads its runtime from Deno's server unless DENORT_BIN names one; tests load nothing. */
const binary = `${Deno.cwd()}/.mana-test/mana-mcp`;
const runtime = Deno.env.get("DENORT_BIN");
const mayRun = Deno.permissions.querySync({ name: "run", command: binary }).state === "granted";
const reason = runtime === undefined
  ? "DENORT_BIN names no runtime (denort) for it"
  : mayRun
  ? null
  : `the test may not run ${binary}`;
if (reason !== null) print(`Not tested: that the compiled gateway runs, because ${reason}`);

Deno.test({
  name: "the compiled gateway finds itself confined and refuses settings with other hosts",
  ignore: reason !== null,
  async fn() {
    await Deno.mkdir(".mana-test", { recursive: true });
    await compile(binary, runtime ?? "");
    try {
      const { code, stdout } = await new Deno.Command(binary, {
        env: { ...ENV, MANA_SYNC_URL: "https://elsewhere.test" },
        clearEnv: true,
      }).output();
      assert.equal(code, 78);
      assert.match(new TextDecoder().decode(stdout), /net is not allowed for sync, which is needed/);
    } finally {
      await Deno.remove(binary);
    }
  },
});
