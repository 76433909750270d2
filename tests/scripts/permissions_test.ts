import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";

const ENV = { MANA_AUTH_URL: "https://auth.mana.test", MANA_SYNC_URL: "https://sync.mana.test" };

const EXEC_PATH = "deno run --quiet --no-prompt scripts/exec_path.ts";

/** Runs the script as the tasks do. */
async function permissions(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-env", "scripts/permissions.ts", ...args],
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("permissions prints the flags of these settings on one line", async () => {
  const parsed = parseSettings(ENV);
  assert.ok(parsed.ok);
  const { code, out } = await permissions(ENV, "--check");
  assert.equal(code, 0);
  assert.equal(out, `${gatewayFlags(parsed.settings).join(" ")}\n`);
  assert.ok(out.includes("--allow-net=127.0.0.1:3069,auth.mana.test:443,sync.mana.test:443 "));
});

Deno.test("permissions names the shared store and the port of the metrics, and shows no secret", async () => {
  const secret = new Uint8Array(32).fill(7).toBase64();
  const shared = {
    ...ENV,
    NODE_SECRET: `1:${secret}`,
    VALKEY_URL: "rediss://:pass-word@store.mana.test:6390",
    METRICS_PORT: "9100",
    WORKER: "2/2",
  };
  const { out } = await permissions(shared, "--check");
  assert.ok(out.includes(
    "--allow-net=127.0.0.1:3069,127.0.0.1:9101,auth.mana.test:443,sync.mana.test:443,store.mana.test:6390 ",
  ));
  const broken = await permissions(
    { ...shared, NODE_SECRET: secret, VALKEY_URL: "redis://:pass-word@store" },
    "--check",
  );
  assert.equal(broken.code, 78);
  for (const { err, out } of [await permissions(shared, "--check"), broken]) {
    assert.equal(/pass-word/.test(out + err) || (out + err).includes(secret), false);
  }
});

Deno.test("permissions for unusable settings: no host, and for a person every problem and 78", async () => {
  const bad = { PORT: "x", POLICY_MODE: "maybe" };
  const quiet = await permissions(bad);
  assert.equal(quiet.code, 0);
  assert.ok(quiet.out.includes("--allow-net=none.invalid:1 "));
  const checked = await permissions(bad, "--check");
  assert.equal(checked.code, 78);
  assert.deepEqual(checked.err.trim().split("\n"), [
    'PORT is "x": expected a number from 0 to 65535',
    'POLICY_MODE is "maybe": expected enforce, log-only, off',
  ]);
});

Deno.test("serve, permissions and compile take their flags from the one place", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const [, shell = "", words = ""] = / sh -c '([^']+)' serve (.+)$/.exec(tasks.serve.command) ?? [];
  assert.equal(
    words,
    `"$(${EXEC_PATH})" "$(deno run --quiet --no-prompt --allow-env scripts/permissions.ts)"`,
  );
  // `exec` puts the gateway in the shell's place: without arguments there is no process besides.
  assert.match(
    shell,
    /^set -f; deno=\$1; flags=\$2; shift 2; \[ \$# -gt 0 \] \|\| exec "\$deno" run \$flags main\.ts; /,
  );
  // The supervisor's one right is to run this Deno.
  assert.match(shell, / exec "\$deno" run [^;]+ scripts\/serve\/serve_workers\.ts "\$@"$/);
  assert.deepEqual(shell.match(/--allow-\S+/g), ["--allow-import=none.invalid:1", '--allow-run=$deno"']);
  assert.match(tasks.permissions.command, /scripts\/permissions\.ts --check$/);
  assert.match(tasks.compile.command, /scripts\/compile\.ts$/);
  for (const [name, task] of Object.entries(tasks)) {
    const command = String(Reflect.get(Object(task), "command"));
    assert.equal(/ -A\b|--allow-all/.test(command), false, name);
    // `--cached-only` keeps a running gateway from loading code, so that somebody has to load it before.
    if (["serve", "_start", "demo"].includes(name)) {
      assert.match(command, /^deno cache --quiet (--frozen )?main\.ts /, name);
    }
  }
});

for (const [name, env, code] of [["unusable settings", { PORT: "x", LOG_LEVEL: "loud" }, 78]] as const) {
  Deno.test(`deno task serve with ${name} ends with ${code} and every problem`, async () => {
    const done = await new Deno.Command(Deno.execPath(), { args: ["task", "--quiet", "serve"], env })
      .output();
    assert.equal(done.code, code);
    const lines = new TextDecoder().decode(done.stdout).trim().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line).problem), [
      'PORT is "x": expected a number from 0 to 65535',
      'LOG_LEVEL is "loud": expected info, debug, warn, error',
    ]);
  });
}
