import assert from "node:assert/strict";
import { parseSettings } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import { judgeConfinement, neededProbes } from "../../lib/settings/confinement.ts";
import { excessProbes, PERMISSION_KINDS, type PermissionProbe } from "../../process/confinement_probes.ts";
import { IMPORT_FLAG } from "../../process/process_flags.ts";
import { memoryFlag } from "../../lib/settings/memory_shares.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";

const parsed = parseSettings({
  HOST: "0.0.0.0",
  MANA_AUTH_URL: "https://auth.mana.test",
  MANA_SYNC_URL: "https://sync.mana.test:8443",
});
assert.ok(parsed.ok);
const { settings } = parsed;
const NET = "--allow-net=0.0.0.0:3069,auth.mana.test:443,sync.mana.test:8443";
const ENV = `--allow-env=${SETTINGS.map(({ name }) => name).join(",")} --ignore-env`;
const needed = new Set(neededProbes(settings).map(({ probe }) => JSON.stringify(probe)));
const isNeeded = (probe: PermissionProbe) => needed.has(JSON.stringify(probe));

Deno.test("gatewayFlags() are the listening address, the services, the named variables, and no other right", () => {
  assert.deepEqual(gatewayFlags(settings), [
    "--no-prompt",
    "--cached-only",
    "--frozen",
    NET,
    ...ENV.split(" "),
    IMPORT_FLAG,
    memoryFlag(700),
  ]);
  assert.equal(gatewayFlags(null)[3], "--allow-net=none.invalid:1");
  // The task shell expands them unquoted.
  assert.equal(gatewayFlags(settings).some((flag) => /[\s*?$`'"]/.test(flag)), false);
});

Deno.test("judgeConfinement() finds nothing to say about exactly what is needed", () => {
  const found = judgeConfinement(settings, isNeeded);
  assert.equal(found.confined, true);
  assert.deepEqual([...found.excesses, ...found.missing], []);
  assert.deepEqual(found.allowed, {
    net: ["listen", "auth", "sync"],
    read: [],
    write: [],
    run: [],
    ffi: [],
    sys: [],
    env: SETTINGS.map(({ name }) => name),
    import: [],
  });
});

Deno.test("judgeConfinement() names each whole kind once, and the flag that fixes it", () => {
  const found = judgeConfinement(settings, () => true);
  assert.equal(found.confined, false);
  assert.deepEqual(found.excesses, [
    `net is allowed for everything, which is more than needed: start with ${NET}`,
    ...["read", "write", "run", "ffi", "sys"].map((kind) =>
      `${kind} is allowed for everything, which is more than needed: start without --allow-${kind} and --allow-all`
    ),
    `env is allowed for everything, which is more than needed: start with ${ENV}`,
    `import is allowed for everything, which is more than needed: start with ${IMPORT_FLAG}`,
  ]);
});

const EXCESSES: readonly (readonly [flag: string, probe: PermissionProbe, label: string])[] = [
  ["--allow-net=auth.mana.test", { name: "net", host: "auth.mana.test" }, "auth.mana.test"],
  ["--allow-net=auth.mana.test:8443", { name: "net", host: "auth.mana.test:8443" }, "auth.mana.test:8443"],
  ["--allow-net=*.mana.test", { name: "net", host: "not-a-host.mana.test:443" }, "not-a-host.mana.test:443"],
  ["--allow-net=169.254.0.0/16", { name: "net", host: "169.254.169.254:80" }, "169.254.169.254:80"],
  ["--allow-net=127.0.0.1:5432", { name: "net", host: "127.0.0.1:5432" }, "127.0.0.1:5432"],
  [
    "--allow-net=unix:/run/docker.sock",
    { name: "net", host: "unix:/run/docker.sock" },
    "unix:/run/docker.sock",
  ],
  ["--allow-read=/proc", { name: "read", path: "/proc/self/environ" }, "/proc/self/environ"],
  ["--allow-read=.", { name: "read", path: "." }, "."],
  ["--allow-write=/tmp", { name: "write", path: "/tmp" }, "/tmp"],
  ["--allow-run=sh", { name: "run", command: "sh" }, "sh"],
  ["--allow-ffi=/usr", { name: "ffi", path: "/usr/lib" }, "/usr/lib"],
  ["--allow-sys=hostname", { name: "sys", kind: "hostname" }, "hostname"],
  ["--allow-env=MANA_*", { name: "env", variable: "MANA_NOT_A_SETTING" }, "MANA_NOT_A_SETTING"],
  ["no --allow-import", { name: "import", host: "jsr.io:443" }, "jsr.io:443"],
];

for (const [flag, probe, label] of EXCESSES) {
  Deno.test(`judgeConfinement() sees ${flag}`, () => {
    const extra = JSON.stringify(probe);
    const found = judgeConfinement(settings, (asked) => isNeeded(asked) || JSON.stringify(asked) === extra);
    assert.equal(found.confined, false);
    assert.equal(found.excesses.length, 1);
    assert.ok(
      found.excesses[0]?.startsWith(`${probe.name} is allowed for ${label}, which is more than needed:`),
    );
    assert.ok(found.allowed[probe.name].includes(label));
  });
}

Deno.test("judgeConfinement() names what is missing", () => {
  const found = judgeConfinement(
    settings,
    (probe) => isNeeded(probe) && !JSON.stringify(probe).includes("sync.mana"),
  );
  assert.deepEqual(found.missing, [`net is not allowed for sync, which is needed: start with ${NET}`]);
});

Deno.test("judgeConfinement() lists a few findings of a kind, not hundreds", () => {
  const found = judgeConfinement(settings, (probe) => Object.keys(probe).length === 2);
  assert.ok(found.excesses.every((text) => text.length < 700), found.excesses.join("\n"));
});

Deno.test("this Deno understands every question", () => {
  for (const kind of PERMISSION_KINDS) {
    for (const { probe } of [...excessProbes(kind, neededProbes(settings)), ...neededProbes(settings)]) {
      assert.match(Deno.permissions.querySync(probe).state, /^(granted|prompt|denied)$/);
    }
  }
});
