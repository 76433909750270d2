import assert from "node:assert/strict";
import { backendPermissions } from "../../backend/permissions.ts";
import { parseSettings } from "../../backend/settings.ts";

Deno.test("settings: the defaults", () => {
  const parsed = parseSettings({ BACKEND_PORT: "", MANA_SERVICE_KEY: "" }); // empty counts as absent
  assert.deepEqual(parsed, {
    ok: true,
    settings: {
      port: 3001,
      syncPort: 3050,
      host: "127.0.0.1",
      data: "./.mana",
      firstPerson: undefined,
      audience: "mana",
      issuer: undefined,
      gatewayAddresses: ["http://127.0.0.1:3069/mcp", "http://localhost:3069/mcp"],
      gatewayUrl: undefined,
      clientHosts: [],
      serviceKey: undefined,
      kek: undefined,
      origins: [],
      signInDatabase: undefined,
      secrets: undefined,
      operator: {
        name: undefined,
        contact: undefined,
        country: undefined,
        privacyUrl: undefined,
        termsUrl: undefined,
      },
      wantedPersonas: undefined,
    },
  });
});

Deno.test("settings: every problem at once, by name, without the value", () => {
  const parsed = parseSettings({
    BACKEND_PORT: "70000",
    BACKEND_SYNC_PORT: "http",
    BACKEND_HOST: "0.0.0.0",
    BACKEND_DATA: "./mine,yours",
    BACKEND_FIRST_PERSON: "demo",
    JWT_ISSUER: "localhost",
    MANA_MCP_RESOURCE: "http://mcp.example.org/mcp",
    MANA_GATEWAY_URL: "http://5ecret@gateway",
    OAUTH_CLIENT_HOSTS: "claude.ai,127.0.0.1",
    MANA_SERVICE_KEY: "5ecret",
    MANA_AUTH_KEK: "c2hvcnQtc2VjcmV0",
    CORS_ORIGINS: "http://localhost:5173/path",
  });
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.problems, [
    "BACKEND_PORT must be a port number",
    "BACKEND_SYNC_PORT must be a port number",
    "BACKEND_HOST must be a loopback address: 127.0.0.1, localhost or ::1",
    "BACKEND_DATA must have no comma in it, or the process would get rights to other folders: start it inside that " +
    "folder with BACKEND_DATA=.",
    "BACKEND_FIRST_PERSON must be an e-mail address",
    "JWT_ISSUER must be an http or https URL",
    "MANA_MCP_RESOURCE must list URLs such as https://mcp.example.org/mcp, separated by commas; http only on this " +
    "computer",
    "MANA_GATEWAY_URL must be an http or https URL without user, query and fragment",
    "OAUTH_CLIENT_HOSTS must list host names such as claude.ai, separated by commas",
    "MANA_SERVICE_KEY must have at least 8 characters",
    "MANA_AUTH_KEK must be 32 bytes in base64",
    "CORS_ORIGINS must list origins such as https://app.example.test or app://notes, separated by commas",
  ]);
  const same = parseSettings({ BACKEND_PORT: "4000", BACKEND_SYNC_PORT: "4000" });
  assert.deepEqual(same, { ok: false, problems: ["BACKEND_SYNC_PORT must differ from BACKEND_PORT"] });
  assert.ok(parseSettings({ BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" }).ok);
});

Deno.test("settings: addresses of the gateway, and hosts of client documents", () => {
  const given = parseSettings({
    MANA_MCP_RESOURCE: "https://mcp.example.org/mcp, http://localhost:3069/mcp",
    OAUTH_CLIENT_HOSTS: "claude.ai, vscode.dev",
  });
  assert.ok(given.ok);
  assert.deepEqual(given.settings.gatewayAddresses, [
    "https://mcp.example.org/mcp",
    "http://localhost:3069/mcp",
  ]);
  assert.deepEqual(given.settings.clientHosts, ["claude.ai", "vscode.dev"]);
  const otherSpelling = parseSettings({ MANA_MCP_RESOURCE: "https://Mcp.Example.org:443/mana/mcp" });
  assert.ok(otherSpelling.ok);
  assert.deepEqual(otherSpelling.settings.gatewayAddresses, ["https://mcp.example.org/mana/mcp"]);
  for (const bad of [",", "mcp", "https://a.test/mcp?x", "https://a.test/mcp#x", "https://u:p@a.test/mcp"]) {
    assert.equal(parseSettings({ MANA_MCP_RESOURCE: bad }).ok, false, bad);
  }
  for (
    const bad of [
      "localhost",
      "10.0.0.1",
      "[::1]",
      "nas.local",
      "x.internal",
      "a.org/x",
      "a.org:8443",
      "A.org",
    ]
  ) {
    assert.equal(parseSettings({ OAUTH_CLIENT_HOSTS: bad }).ok, false, bad);
  }
  assert.deepEqual(
    parseSettings({ MANA_MCP_RESOURCE: "https://a.test/mcp", JWT_AUDIENCE: "https://a.test/mcp" }),
    { ok: false, problems: ["JWT_AUDIENCE must differ from MANA_MCP_RESOURCE"] },
  );
});

Deno.test("permissions: a host of client documents is one more place to call, and only by https", () => {
  const settings = {
    host: "127.0.0.1",
    port: 3001,
    syncPort: 3050,
    data: "./.mana",
    clientHosts: ["claude.ai"],
  };
  assert.ok(backendPermissions(settings).includes("--allow-net=127.0.0.1:3001,127.0.0.1:3050,claude.ai:443"));
});

Deno.test("settings: SIGN_IN_DATABASE_URL names everything, and its host is one more place to call", () => {
  const SIGN_IN_SECRETS = `1:${"s".repeat(32)}`;
  const parse = (url: string) => parseSettings({ SIGN_IN_DATABASE_URL: url, SIGN_IN_SECRETS });
  const netOf = (url: string) => {
    const parsed = parse(url);
    assert.ok(parsed.ok, url);
    const { signInDatabase } = parsed.settings;
    const flags = backendPermissions({ host: "::1", port: 3001, syncPort: 3050, data: ".", signInDatabase });
    return [signInDatabase, flags.find((flag) => flag.startsWith("--allow-net="))];
  };
  const address = { host: "db.example.org", port: 5432, user: "u", password: "p@:/", database: "d" };
  assert.deepEqual(netOf("postgres://u:p%40%3A%2F@db.example.org/d"), [
    { ...address, isEncrypted: true },
    "--allow-net=[::1]:3001,[::1]:3050,db.example.org:5432",
  ]);
  assert.deepEqual(netOf("postgresql://u:p%40%3A%2F@[::1]:6000/d"), [
    { ...address, host: "::1", port: 6000, isEncrypted: false },
    "--allow-net=[::1]:3001,[::1]:3050,[::1]:6000",
  ]);
  const isEncrypted = (url: string) => {
    const parsed = parse(url);
    return parsed.ok && parsed.settings.signInDatabase?.isEncrypted;
  };
  assert.equal(isEncrypted("postgres://u:p@127.0.0.1/d?sslmode=verify-full"), true);
  assert.equal(isEncrypted("postgres://u:p@db.example.org/d?sslmode=disable"), false);
  const bad = [
    "db.example.org",
    "mysql://u:p@h/d",
    "postgres://h/d",
    "postgres://u@h/d", // a password from a file that the process may not read
    "postgres://u:p@h",
    "postgres://u:p@/d?host=/var/run",
    "postgres://u:p@h,other/d",
    "postgres://u:p@h%2Cother/d",
    "postgres://u:p@h/d?host=other",
    "postgres://u:p@h/d?sslmode=prefer",
    "postgres://u:p@h/d?sslmode=disable&host=other",
    "postgres://u:%zz@h/d",
    "postgres://u:p@h/d#x",
  ];
  for (const url of bad) {
    assert.deepEqual(parse(url), {
      ok: false,
      problems: [
        "SIGN_IN_DATABASE_URL must be postgres://user:password@host/database, with ?sslmode=verify-full or ?sslmode=disable at most",
      ],
    }, url);
  }
});

Deno.test("settings: SIGN_IN_SECRETS are told apart by their ids, and PostgreSQL demands them", () => {
  const [a, b] = ["a".repeat(32), `b:${"b".repeat(30)}`];
  const parse = (text: string) => parseSettings({ SIGN_IN_SECRETS: text });
  const given = parse(`2:${a}, 1:${b}`);
  assert.ok(given.ok);
  assert.deepEqual(given.settings.secrets, [{ id: 2, text: a }, { id: 1, text: b }]);
  const words =
    "SIGN_IN_SECRETS must be 2:secret,1:older-secret: a different whole number before each, without commas " +
    "in them, each at least 32 characters long";
  const short = "a".repeat(31);
  for (
    const bad of [
      a,
      `:${a}`,
      `x:${a}`,
      `-1:${a}`,
      `1.5:${a}`,
      `1:${short}`,
      `1:${a},1:${b}`,
      `1:${a},2:${short}`,
      `1:${a},`,
    ]
  ) {
    assert.deepEqual(parse(bad), { ok: false, problems: [words] }, bad);
  }
  assert.deepEqual(parseSettings({ SIGN_IN_DATABASE_URL: "postgres://u:p@h/d", BACKEND_PORT: "x" }), {
    ok: false,
    problems: [
      "BACKEND_PORT must be a port number",
      "SIGN_IN_SECRETS must be set where SIGN_IN_DATABASE_URL is set: 1: and at least 32 random characters, the same on " +
      "every node",
    ],
  });
});

Deno.test("permissions: listen, one folder, named variables, and nothing else", () => {
  const flags = backendPermissions({ host: "127.0.0.1", port: 3001, syncPort: 3050, data: "./.mana" });
  assert.deepEqual(flags, [
    "--no-prompt",
    "--cached-only",
    "--frozen",
    "--allow-import=none.invalid:1",
    "--allow-net=127.0.0.1:3001,127.0.0.1:3050",
    "--allow-read=./.mana",
    "--allow-write=./.mana",
    "--allow-env=BACKEND_PORT,BACKEND_SYNC_PORT,BACKEND_HOST,BACKEND_DATA,BACKEND_FIRST_PERSON,JWT_AUDIENCE," +
    "JWT_ISSUER,MANA_MCP_RESOURCE,MANA_GATEWAY_URL,OAUTH_CLIENT_HOSTS,MANA_SERVICE_KEY,MANA_AUTH_KEK,CORS_ORIGINS," +
    "SIGN_IN_DATABASE_URL,SIGN_IN_SECRETS,OPERATOR_NAME,OPERATOR_CONTACT,OPERATOR_COUNTRY,PRIVACY_URL,TERMS_URL," +
    "BACKEND_PERSONAS,PERSONA_SEED_SECRET,MANA_PERSONAS_KEY",
    "--ignore-env",
  ]);
  const reaching = backendPermissions({
    host: "127.0.0.1",
    port: 3001,
    syncPort: 3050,
    data: "./.mana",
    gatewayUrl: "https://mcp.example.org/mana",
  });
  assert.equal(reaching[4], "--allow-net=127.0.0.1:3001,127.0.0.1:3050,mcp.example.org:443");
});
