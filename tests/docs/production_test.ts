// docs/production.md against the product: its files of settings are usable, and agree with each other, with the units and with the
// proxies that docs/deploy ships; each setting, event and exit code that it names exists.
import assert from "node:assert/strict";
import { SETTING_NAMES as BACKEND_SETTINGS } from "../../backend/settings.ts";
import { parseSettings as parseGatewaySettings } from "../../lib/settings/settings.ts";
import { SETTINGS as GATEWAY_SETTINGS } from "../../lib/settings/settings_table.ts";
import { EX_CONFIG, EX_OSERR } from "../../process/exit_codes.ts";
import { parseSettings as parseSignInSettings } from "../../sign_in/settings/settings.ts";
import { SETTING_NAMES as SIGN_IN_SETTINGS } from "../../sign_in/settings/settings_table.ts";
import { PAGE, readEnvironments } from "./_production.ts";

/** Names that are the auth service's, systemd's or Deno's own. */
const FOREIGN = ["TRUSTED_ORIGINS", "DENO_CERT"];

const text = await Deno.readTextFile(PAGE);

Deno.test("production.md: both files of settings are taken as they stand, once the secret is set, and not before", async () => {
  const { gateway, signIn } = await readEnvironments("s".repeat(64));
  const forGateway = parseGatewaySettings(gateway);
  assert.ok(forGateway.ok, JSON.stringify(forGateway));
  const forSignIn = parseSignInSettings(signIn);
  assert.ok(forSignIn.ok, JSON.stringify(forSignIn));
  assert.deepEqual(forGateway.settings.signInIssuers, [forSignIn.settings.issuer]);
  assert.deepEqual(forSignIn.settings.gatewayAddresses, [`${forGateway.settings.publicUrl}/mcp`]);
  assert.equal(forSignIn.settings.authUrl, forGateway.settings.serviceUrls.auth);
  assert.equal(forSignIn.settings.audience, forGateway.settings.audience);
  assert.deepEqual([forSignIn.settings.authIssuer], forGateway.settings.issuers);
  assert.equal(forGateway.settings.serviceUrls["sign-in"], `http://127.0.0.1:${forSignIn.settings.port}`);
  for (const name of Object.keys(gateway)) {
    assert.ok(GATEWAY_SETTINGS.some((setting) => setting.name === name), name);
  }
  for (const name of Object.keys(signIn)) assert.ok(SIGN_IN_SETTINGS.includes(name), name);

  const before = await readEnvironments("CHANGE-ME");
  assert.equal(parseGatewaySettings(before.gateway).ok, false);
  assert.equal(parseSignInSettings(before.signIn).ok, false);
});

Deno.test("production.md: the settings of several nodes are taken as they stand, once the secrets are set", async () => {
  const { signIn, nodes } = await readEnvironments("s".repeat(64));
  const parsed = parseSignInSettings({ ...signIn, ...nodes });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.equal(parsed.settings.database?.host, "db.example.org");
  assert.equal(parsed.settings.secrets?.[0].id, 1);
  const lists = [...text.matchAll(/`SIGN_IN_SECRETS=((?:\d+:\w+,?)+)`/g)].map(([, list = ""]) => list);
  assert.deepEqual(lists, ["1:old,2:new", "2:new,1:old", "2:new"]);
  for (const list of lists) {
    const SIGN_IN_SECRETS = list.replaceAll(/old|new/g, (word) => word.padEnd(40, "s"));
    assert.ok(parseSignInSettings({ ...signIn, ...nodes, SIGN_IN_SECRETS }).ok, list);
  }
});

Deno.test("production.md: the settings of several gateways are taken as they stand, and each list of a new secret", async () => {
  const { gateway, gateways } = await readEnvironments("s".repeat(64));
  const parse = (more: Readonly<Record<string, string>>) => {
    const parsed = parseGatewaySettings({ ...gateway, ...gateways, ...more });
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.settings;
  };
  const { valkey, nodes, nodeSecrets, metricsPort } = parse({});
  assert.deepEqual([valkey?.host, nodes, nodeSecrets.length, metricsPort], [
    "valkey.example.org:6379",
    2,
    1,
    9100,
  ]);
  const lists = [...text.matchAll(/`NODE_SECRET=((?:\d+:\w+,?)+)`/g)].map(([, list = ""]) => list);
  assert.deepEqual(lists, ["1:old,2:new", "2:new,1:old", "2:new"]);
  for (const list of lists) {
    const secrets = parse({
      NODE_SECRET: list.replaceAll(/old|new/g, (word) => word.padEnd(44, "s")),
    }).nodeSecrets;
    assert.deepEqual(secrets.map(({ kid }) => kid), list.split(",").map(([kid]) => kid));
  }
  const before = await readEnvironments("CHANGE-ME");
  assert.equal(parseGatewaySettings({ ...gateway, ...before.gateways }).ok, false);
  const store = await Deno.readTextFile("docs/deploy/valkey.conf");
  assert.ok(store.includes("VALKEY_URL=rediss://mana:PASSWORD@valkey.example.org:6379"));
});

Deno.test("production.md: units, nginx and Caddy have the hosts, ports and folders of its settings", async () => {
  const { gateway, signIn } = await readEnvironments("s".repeat(64));
  const hosts = [
    { host: new URL(gateway.PUBLIC_URL ?? "").host, port: 3069, file: "nginx.conf" },
    { host: new URL(signIn.SIGN_IN_ISSUER ?? "").host, port: 3002, file: "nginx-sign-in.conf" },
  ];
  const caddy = await Deno.readTextFile("docs/deploy/Caddyfile");
  for (const { host, port, file } of hosts) {
    const nginx = await Deno.readTextFile(`docs/deploy/${file}`);
    assert.ok(nginx.includes(`server_name ${host};`), file);
    assert.ok(nginx.includes(`server 127.0.0.1:${port};`), file);
    const [, site = ""] = caddy.split(`\n${host} {`);
    assert.match(site.split("\n}")[0] ?? "", new RegExp(`reverse_proxy 127\\.0\\.0\\.1:${port} `));
  }
  const units = [["mana-mcp", "serve"], ["mana-sign-in", "sign-in"]] as const;
  for (const [name, task] of units) {
    const unit = await Deno.readTextFile(`docs/deploy/${name}.service`);
    assert.ok(unit.includes(`EnvironmentFile=/etc/${name}.env\n`), name);
    assert.ok(unit.includes(`ExecStart=/usr/local/bin/deno task --quiet ${task}\n`), name);
    assert.ok(unit.includes(`RestartPreventExitStatus=${EX_CONFIG}\n`), name);
  }
  const worker = await Deno.readTextFile("docs/deploy/mana-mcp@.service");
  assert.ok(worker.includes("EnvironmentFile=/etc/mana-mcp.env\n"));
  assert.ok(worker.includes(`RestartPreventExitStatus=${EX_CONFIG}\n`));
  const unit = await Deno.readTextFile("docs/deploy/mana-sign-in.service");
  assert.ok(unit.includes(`StateDirectory=${signIn.SIGN_IN_DATA?.replace("/var/lib/", "")}\n`));
});

Deno.test("production.md: every setting, exit code and event that it names exists", async () => {
  const known = new Set([
    ...GATEWAY_SETTINGS.map(({ name }) => name),
    ...SIGN_IN_SETTINGS,
    ...BACKEND_SETTINGS,
    "MANA_TOKEN",
    ...["EMAIL", "PASSWORD", "TEAM"].map((name) => `ACCEPTANCE_${name}`), // tests/acceptance/run.ts
    "CHANGE",
    ...FOREIGN,
  ]);
  const names = [...text.matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g)].map(([name]) => name);
  assert.ok(names.length > 40);
  for (const name of names) assert.ok(known.has(name), name);
  for (const [, code] of text.matchAll(/exit code (\d+)/g)) {
    assert.ok([EX_CONFIG, EX_OSERR].includes(Number(code)), code);
  }
  const [, table = ""] = text.split("| `event`");
  const events = [...table.split("\n\n")[0]?.matchAll(/^\| (`[^|]+)\|/gm) ?? []]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, event = ""]) => event));
  assert.ok(events.length > 10);
  const sources = await readSources(["sign_in", "process"]);
  for (const event of events) assert.ok(sources.includes(`"${event}"`), event);
});

/** Every file of the folders as one text. */
async function readSources(folders: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      parts.push(isDirectory ? await readSources([path]) : await Deno.readTextFile(path));
    }
  }
  return parts.join("\n");
}
