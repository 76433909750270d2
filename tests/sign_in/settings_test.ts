import assert from "node:assert/strict";
import { UNSTATED } from "../../process/operator/operator.ts";
import { judgeSignInConfinement, signInFlags } from "../../sign_in/settings/permissions.ts";
import { parseSettings, type Settings } from "../../sign_in/settings/settings.ts";
import { SETTING_NAMES, SETTINGS } from "../../sign_in/settings/settings_table.ts";
import type { PermissionProbe } from "../../process/confinement_probes.ts";

/** What the sign-in server's process can be set to, and the rights that follow from it. */

const KEY = "k".repeat(32);
const SECRETS = `1:${"s".repeat(32)}`;

function good(environment: Readonly<Record<string, string>> = {}): Settings {
  const parsed = parseSettings({ SIGN_IN_SERVICE_KEY: KEY, ...environment });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.settings;
}

function problems(environment: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseSettings({ SIGN_IN_SERVICE_KEY: KEY, ...environment });
  assert.ok(!parsed.ok);
  return parsed.problems;
}

Deno.test("sign-in settings: the defaults", () => {
  assert.deepEqual(good({ SIGN_IN_PORT: "" }), {
    port: 3002,
    host: "127.0.0.1",
    issuer: undefined,
    serviceKey: KEY,
    data: "./.mana-sign-in",
    database: undefined,
    secrets: undefined,
    authUrl: "http://localhost:3001",
    authIssuer: "http://localhost:3001",
    audience: "mana",
    authOrigin: "http://localhost:3001",
    entrance: { kind: "password", forgotUrl: undefined },
    gatewayAddresses: ["http://127.0.0.1:3069/mcp", "http://localhost:3069/mcp"],
    gatewayUrl: undefined,
    clientHosts: [],
    origins: [],
    operator: UNSTATED,
    allowUnconfined: false,
  });
});

Deno.test("sign-in settings: every problem at once, by name, without the value", () => {
  const secret = "a secret that is told nobody";
  const found = problems({
    SIGN_IN_PORT: "70000",
    SIGN_IN_HOST: "http://x",
    SIGN_IN_ISSUER: "http://sign-in.example.org",
    SIGN_IN_SERVICE_KEY: secret,
    SIGN_IN_DATA: "./mine,yours",
    SIGN_IN_DATABASE_URL: `mysql://u:${encodeURIComponent(secret)}@h/d`,
    MANA_AUTH_URL: `https://u:${encodeURIComponent(secret)}@auth.example.org`,
    SIGN_IN_AUTH_ORIGIN: "https://auth.example.org/",
    SIGN_IN_MODE: "magic",
    SIGN_IN_FORGOT_URL: "javascript:alert(1)",
    MANA_MCP_RESOURCE: "http://mcp.example.org/mcp",
    MANA_GATEWAY_URL: `http://u:${encodeURIComponent(secret)}@gateway`,
    OAUTH_CLIENT_HOSTS: "127.0.0.1",
    CORS_ORIGINS: "*",
    ALLOW_UNCONFINED: "yes",
  });
  assert.deepEqual(found, [
    "SIGN_IN_PORT must be a port number",
    "SIGN_IN_HOST must be an IP address or a host name",
    "SIGN_IN_ISSUER must be https, unless it is on this computer: passwords go there",
    "SIGN_IN_SERVICE_KEY must have at least 32 characters",
    "SIGN_IN_SERVICE_KEY must be made of printable ASCII characters without spaces: it travels in a header",
    "SIGN_IN_DATA must have no comma in it, or the process would get rights to other folders: start it inside that folder " +
    "with SIGN_IN_DATA=.",
    "SIGN_IN_DATABASE_URL must be postgres://user:password@host/database, with ?sslmode=verify-full or ?sslmode=disable " +
    "at most",
    "MANA_AUTH_URL must be an http or https URL without user, query and fragment",
    "SIGN_IN_AUTH_ORIGIN must list origins such as https://app.example.test or app://notes, separated by commas",
    "SIGN_IN_MODE must be form or session",
    "SIGN_IN_FORGOT_URL must be an http or https URL",
    "MANA_MCP_RESOURCE must list URLs such as https://mcp.example.org/mcp, separated by commas; http only on this computer",
    "MANA_GATEWAY_URL must be an http or https URL without user, query and fragment",
    "OAUTH_CLIENT_HOSTS must list host names such as claude.ai, separated by commas",
    "CORS_ORIGINS must list origins such as https://app.example.test or app://notes, separated by commas",
    "ALLOW_UNCONFINED must be true, 1, false or 0",
    "SIGN_IN_SECRETS must be set where SIGN_IN_DATABASE_URL is set: 1: and at least 32 random characters, the same on " +
    "every node",
  ]);
});

Deno.test("sign-in settings: what is needed, and what cannot be together", () => {
  assert.deepEqual(problems({ SIGN_IN_SERVICE_KEY: "", SIGN_IN_MODE: "session" }), [
    "SIGN_IN_SERVICE_KEY must be set to at least 32 random characters, the same as for the gateway: no app gets anywhere " +
    "without it",
    "SIGN_IN_LOGIN_URL must be set where SIGN_IN_MODE is session: the page where people sign in",
  ]);
  assert.deepEqual(problems({ JWT_AUDIENCE: "http://localhost:3069/mcp" }), [
    "JWT_AUDIENCE must differ from MANA_MCP_RESOURCE",
  ]);
  for (const environment of [{ JWT_ISSUER: "https://a.test" }, { MANA_AUTH_URL: "https://a.test/" }]) {
    assert.deepEqual(problems({ SIGN_IN_ISSUER: "https://a.test", ...environment }), [
      "SIGN_IN_ISSUER must differ from JWT_ISSUER: it is this server's own address",
    ]);
  }
});

Deno.test("sign-in settings: the issuer is an origin, by https unless it is on this computer, whatever the host listens on", () => {
  for (
    const [given, issuer] of [
      ["https://In.Example.org:443/", "https://in.example.org"],
      ["http://localhost:3002", "http://localhost:3002"],
      ["http://127.0.0.1:3002/", "http://127.0.0.1:3002"],
    ] as const
  ) assert.equal(good({ SIGN_IN_ISSUER: given, SIGN_IN_HOST: "0.0.0.0" }).issuer, issuer);
  for (
    const bad of [
      "https://a.test/in",
      "https://a.test?x",
      "ftp://a.test",
      "a.test",
      "http://localhost.evil.test",
    ]
  ) {
    assert.equal(problems({ SIGN_IN_ISSUER: bad }).length, 1, bad);
  }
});

Deno.test("sign-in settings: the two ways in", () => {
  assert.deepEqual(good({ SIGN_IN_FORGOT_URL: "https://a.test/forgot?x=1" }).entrance, {
    kind: "password",
    forgotUrl: "https://a.test/forgot?x=1",
  });
  assert.deepEqual(good({ SIGN_IN_MODE: "session", SIGN_IN_LOGIN_URL: "https://a.test/login" }).entrance, {
    kind: "session",
    loginUrl: "https://a.test/login",
  });
});

Deno.test("sign-in permissions: one port, the auth service, what the settings name, one folder or one database, and nothing else", () => {
  const env = [`--allow-env=${SETTING_NAMES.join(",")}`, "--ignore-env"];
  const code = ["--no-prompt", "--cached-only", "--frozen", "--allow-import=none.invalid:1"];
  assert.deepEqual(signInFlags(good()), [
    ...code,
    "--allow-net=127.0.0.1:3002,localhost:3001",
    "--allow-read=./.mana-sign-in",
    "--allow-write=./.mana-sign-in",
    ...env,
  ]);
  const wide = good({
    SIGN_IN_HOST: "::",
    MANA_AUTH_URL: "https://auth.example.org",
    MANA_GATEWAY_URL: "http://gateway:3069/mana/",
    OAUTH_CLIENT_HOSTS: "claude.ai",
    SIGN_IN_DATABASE_URL: "postgres://u:p@db.example.org/d",
    SIGN_IN_SECRETS: SECRETS,
  });
  assert.equal(wide.gatewayUrl, "http://gateway:3069/mana");
  assert.deepEqual(signInFlags(wide), [
    ...code,
    "--allow-net=[::]:3002,auth.example.org:443,gateway:3069,claude.ai:443,db.example.org:5432",
    ...env,
  ]);
  assert.deepEqual(signInFlags(null), [...code, "--allow-net=none.invalid:1", ...env]);
});

/** Judges rights that are exactly these, and those of a whole kind where it has no more words. */
function judge(
  settings: Settings,
  place: { data: string; cwd?: string },
  granted: (probe: PermissionProbe) => boolean,
) {
  return judgeSignInConfinement(settings, { data: place.data, cwd: place.cwd }, granted);
}

Deno.test("sign-in confinement: the data folder is no excess, wherever it lies; everything else is", () => {
  const settings = good({ SIGN_IN_DATA: "." });
  const isNeeded = (probe: PermissionProbe) =>
    probe.name === "env" && SETTING_NAMES.includes(probe.variable ?? "") ||
    probe.name === "net" && ["127.0.0.1:3002", "localhost:3001"].includes(probe.host ?? "");
  const isBelow = (probe: PermissionProbe) =>
    (probe.name === "read" || probe.name === "write") &&
    (probe.path === "." || /^\.\/[a-z.]/.test(probe.path ?? ""));
  const granted = (probe: PermissionProbe) => isNeeded(probe) || isBelow(probe);
  const fine = judge(settings, { data: "/srv/a b,c", cwd: "/srv/a b,c" }, granted);
  assert.deepEqual([fine.confined, fine.missing], [true, []]);
  const elsewhere = judge(settings, { data: "/srv/data", cwd: "/srv" }, granted);
  assert.equal(elsewhere.confined, false);
  assert.match(elsewhere.excesses.join("\n"), /^read is allowed for \., .*: start with --allow-read=\.$/m);

  const named = good({ SIGN_IN_DATA: "/srv/.mana" });
  const hidden = judge(
    named,
    { data: "/srv/.mana" },
    (probe) =>
      isNeeded(probe) || (probe.name === "read" || probe.name === "write") &&
        ["/srv/.mana", "./.mana/secrets.json"].includes(probe.path ?? ""),
  );
  assert.deepEqual([hidden.confined, hidden.missing], [true, []]);

  const nothing = judge(settings, { data: "/srv" }, () => false);
  assert.equal(nothing.missing.length, SETTING_NAMES.length + 4);
  assert.equal(judge(settings, { data: "/srv" }, () => true).excesses.length, 8);
});

Deno.test("sign-in settings: the README's table is the parser's own", async () => {
  const readme = await Deno.readTextFile("README.md");
  const [, section = ""] = readme.split("\n### The sign-in server\n");
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"))
    .map((row) => row.replace(/ +/g, " "));
  assert.deepEqual(
    rows,
    SETTINGS.map(({ name, fallback, meaning }) =>
      `| \`${name}\` |${fallback === null ? "" : ` \`${fallback}\``} | ${meaning} |`
    ),
  );
});
