import assert from "node:assert/strict";
import { UNSTATED } from "../../process/operator/operator.ts";
import { parseSettings as parseBackendSettings } from "../../backend/settings.ts";
import { allowedNet } from "../../lib/settings/allowed_net.ts";
import { parseSettings, type Settings } from "../../lib/settings/settings.ts";
import { shareMemory } from "../../lib/settings/memory_shares.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";

function good(env: Record<string, string> = {}): Settings {
  const parsed = parseSettings(env);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  return parsed.settings;
}

function problems(env: Record<string, string>): readonly string[] {
  const parsed = parseSettings(env);
  assert.ok(!parsed.ok);
  return parsed.problems;
}

Deno.test("parseSettings() has the documented defaults", () => {
  assert.deepEqual(good(), {
    port: 3069,
    host: "127.0.0.1",
    serviceUrls: {
      auth: "http://localhost:3001",
      sync: "http://localhost:3050",
      vault: "http://localhost:3001",
      "sign-in": "http://localhost:3001",
    },
    audience: "mana",
    issuers: ["http://localhost:3001"],
    signInIssuers: ["http://localhost:3001"],
    signInServiceKey: null,
    publicUrl: null,
    tokenForwarding: false,
    corsOrigins: [],
    allowedHosts: ["localhost", "127.0.0.1", "[::1]"],
    clientId: "mana-mcp",
    policyMode: "enforce",
    rateLimitWrites: 30,
    rateLimitReads: 120,
    toolNames: "underscore",
    destructiveTools: [],
    serviceKey: null,
    requireSealed: false,
    ledger: "best-effort",
    nodeSecrets: [],
    valkey: null,
    nodes: 1,
    metricsPort: null,
    worker: null,
    memoryMb: 700,
    operator: UNSTATED,
    logLevel: "info",
    allowUnconfined: false,
  });
});

Deno.test("MEMORY_MB is what the process keeps to: too little for the process itself is a problem", () => {
  assert.equal(good({ MEMORY_MB: "350" }).memoryMb, 350);
  assert.deepEqual(shareMemory(good({ MEMORY_MB: "1300" }).memoryMb), { foldedBytes: 8e8, openedBytes: 2e8 });
  for (const value of ["0", "349"]) {
    assert.deepEqual(problems({ MEMORY_MB: value }), [`MEMORY_MB is "${value}": expected a number from 350`]);
  }
  assert.equal(
    problems({ MEMORY_MB: "much" })[0],
    'MEMORY_MB is "much": expected a number from 0 to 1000000',
  );
  const flags = (memoryMb: string) => gatewayFlags(good({ MEMORY_MB: memoryMb })).at(-1);
  const young = "--v8-flags=--min-semi-space-size=16,--initial-old-space-size=200,--heap-growing-percent=30";
  assert.equal(flags("700"), `${young},--max-old-space-size=4096`);
  assert.equal(flags("3000"), `${young},--max-old-space-size=6000`);
});

Deno.test("parseSettings() derives vault and issuer from the auth service", () => {
  const settings = good({ MANA_AUTH_URL: "https://auth.mana.test/" });
  assert.equal(settings.serviceUrls.auth, "https://auth.mana.test");
  assert.equal(settings.serviceUrls.vault, "https://auth.mana.test");
  assert.deepEqual(settings.issuers, ["https://auth.mana.test"]);
  assert.deepEqual(good({ JWT_ISSUER: "https://a.test, https://b.test" }).issuers, [
    "https://a.test",
    "https://b.test",
  ]);
});

Deno.test("DESTRUCTIVE_TOOLS is a list of names, each once", () => {
  assert.deepEqual(good({ DESTRUCTIVE_TOOLS: " todo.delete, ,notes.delete,todo.delete" }).destructiveTools, [
    "todo.delete",
    "notes.delete",
  ]);
});

Deno.test("parseSettings() takes an empty variable as not set", () => {
  assert.equal(good({ PORT: "", MANA_SERVICE_KEY: "  " }).port, 3069);
});

Deno.test("parseSettings() reports every problem at once", () => {
  const found = problems({
    PORT: "http",
    HOST: "not a host",
    MANA_AUTH_URL: "ftp://x",
    MANA_SYNC_URL: "http://user:secret@host",
    CORS_ORIGINS: "http://localhost:5173/path",
    ALLOWED_HOSTS: "http://x",
    MANA_MCP_CLIENT_ID: "a b",
    POLICY_MODE: "maybe",
    MCP_TOOL_NAMES: "slashed",
    LOG_LEVEL: "loud",
    REQUIRE_SEALED: "yes",
    LEDGER: "maybe",
    ALLOW_UNCONFINED: "yes",
  });
  assert.equal(found.length, 13, found.join("\n"));
  assert.ok(found.includes('PORT is "http": expected a number from 0 to 65535'));
  assert.ok(found.includes('POLICY_MODE is "maybe": expected enforce, log-only, off'));
});

Deno.test("parseSettings() takes no host that no request could have", () => {
  for (const host of ["mana.test:70000", "10.0.0.256", "[fe80::1::2]"]) {
    const expected =
      `ALLOWED_HOSTS is "${host}": expected a comma list of host names, each with or without a port`;
    assert.deepEqual(problems({ ALLOWED_HOSTS: host }), [expected]);
  }
  assert.deepEqual(good({ ALLOWED_HOSTS: "mana.test:65535,[::1]:1" }).allowedHosts, [
    "mana.test:65535",
    "[::1]:1",
  ]);
});

Deno.test("CORS_ORIGINS takes origins of the web and of applications exactly as they are sent, in both processes", () => {
  for (
    const [origin, expected] of [
      ["https://app.example.test", true],
      ["http://localhost:5173", true],
      ["app://obsidian.md", true],
      ["app://.", true],
      ["capacitor://localhost", true],
      ["vscode-webview://1f2e3d", true],
      ["tauri://localhost:1420", true],
      ["https://App.example.test", false],
      ["https://app.example.test:443", false],
      ["https://app.example.test/", false],
      ["https://user@app.example.test", false],
      ["app://Notes", false],
      ["app://notes/", false],
      ["app://notes?x", false],
      ["app://", false],
      ["app:notes", false],
      ["file:///home", false],
      ["file://host", false],
      ["data:text/html,x", false],
      ["ftp://files.test", false],
      ["null", false],
      ["*", false],
    ] as const
  ) {
    assert.equal(parseSettings({ CORS_ORIGINS: origin }).ok, expected, origin);
    assert.equal(parseBackendSettings({ CORS_ORIGINS: origin }).ok, expected, origin);
  }
});

Deno.test("parseSettings() never repeats the service key", () => {
  const [problem] = problems({ MANA_SERVICE_KEY: "secret\nvalue" });
  assert.equal(problem, "MANA_SERVICE_KEY has characters that a header cannot carry");
});

const SIGN_IN = {
  MANA_SIGN_IN_URL: "https://sign-in.mana.test/",
  SIGN_IN_SERVICE_KEY: "a key of the sign-in server alone".replaceAll(" ", "-"),
};

Deno.test("a sign-in server has an issuer and a key of its own, and is one more host", () => {
  const settings = good({ ...SIGN_IN, MANA_AUTH_URL: "https://auth.mana.test", MANA_SERVICE_KEY: "other" });
  assert.equal(settings.serviceUrls["sign-in"], "https://sign-in.mana.test");
  assert.deepEqual(settings.signInIssuers, ["https://sign-in.mana.test"]);
  assert.deepEqual(settings.issuers, ["https://auth.mana.test"]);
  assert.equal(settings.signInServiceKey?.reveal(), SIGN_IN.SIGN_IN_SERVICE_KEY);
  assert.deepEqual(allowedNet(settings), [
    "127.0.0.1:3069",
    "auth.mana.test:443",
    "localhost:3050",
    "sign-in.mana.test:443",
  ]);
  assert.deepEqual(good({ ...SIGN_IN, SIGN_IN_ISSUER: "https://mana.test/in/" }).signInIssuers, [
    "https://mana.test/in",
  ]);
});

Deno.test("a sign-in server that is the auth service itself is no other host, and needs no other key", () => {
  const settings = good({ MANA_SIGN_IN_URL: "http://localhost:3001/" });
  assert.deepEqual(allowedNet(settings), allowedNet(good()));
  assert.equal(settings.signInServiceKey, null);
  assert.deepEqual(good({ JWT_ISSUER: "https://a.test" }).signInIssuers, ["https://a.test"]);
  // The key is of no use then, and is not taken for the auth service's.
  assert.equal(good({ SIGN_IN_SERVICE_KEY: SIGN_IN.SIGN_IN_SERVICE_KEY }).signInServiceKey, null);
});

Deno.test("a sign-in server without a good key, or under the auth service's issuer, is a problem that repeats no key", () => {
  const key = SIGN_IN.SIGN_IN_SERVICE_KEY;
  for (
    const [env, problem] of [
      [
        { SIGN_IN_SERVICE_KEY: "" },
        "SIGN_IN_SERVICE_KEY is missing: with MANA_SIGN_IN_URL set, the sign-in server has to know this gateway",
      ],
      [{ SIGN_IN_SERVICE_KEY: key.slice(0, 31) }, "SIGN_IN_SERVICE_KEY must have at least 32 characters"],
      [{ SIGN_IN_SERVICE_KEY: `${key}ä` }, "SIGN_IN_SERVICE_KEY has characters that a header cannot carry"],
      [
        { MANA_SERVICE_KEY: key },
        "SIGN_IN_SERVICE_KEY must differ from MANA_SERVICE_KEY: neither server may act as the other",
      ],
      [
        { JWT_ISSUER: "https://a.test,https://sign-in.mana.test" },
        "SIGN_IN_ISSUER must differ from JWT_ISSUER: the sign-in server is another server",
      ],
    ] as const
  ) assert.deepEqual(problems({ ...SIGN_IN, ...env }), [problem]);
});

Deno.test("allowedNet() is the listening address and the separate services, each with its port", () => {
  assert.deepEqual(allowedNet(good()), ["127.0.0.1:3069", "localhost:3001", "localhost:3050"]);
  assert.deepEqual(
    allowedNet(good({
      HOST: "::1",
      PORT: "0",
      MANA_AUTH_URL: "https://auth.mana.test",
      MANA_SYNC_URL: "http://sync.mana.test",
      MANA_VAULT_URL: "https://vault.mana.test:8443",
    })),
    ["[::1]:0", "auth.mana.test:443", "sync.mana.test:80", "vault.mana.test:8443"],
  );
});

Deno.test("the README's table of settings is the parser's own", async () => {
  const readme = await Deno.readTextFile("README.md");
  const section = readme.slice(readme.indexOf("\n## Settings"), readme.indexOf("The embedded backend reads"));
  const rows = section.split("\n").filter((line) => line.startsWith("| `")).map((row) =>
    row.replace(/ +/g, " ")
  );
  assert.deepEqual(
    rows,
    SETTINGS.map(({ name, fallback, meaning }) =>
      `| \`${name}\` |${fallback === null ? "" : ` \`${fallback}\``} | ${meaning} |`
    ),
  );
});

Deno.test("ALLOW_UNCONFINED is off unless said in so many words", () => {
  for (const value of ["1", "true"]) assert.equal(good({ ALLOW_UNCONFINED: value }).allowUnconfined, true);
  for (const value of ["0", "false", ""]) {
    assert.equal(good({ ALLOW_UNCONFINED: value }).allowUnconfined, false);
  }
});
