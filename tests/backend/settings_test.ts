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
      serviceKey: undefined,
      kek: undefined,
      origins: ["http://localhost:5173"],
    },
  });
});

Deno.test("settings: every problem at once, by name, without the value", () => {
  const parsed = parseSettings({
    BACKEND_PORT: "70000",
    BACKEND_SYNC_PORT: "http",
    BACKEND_HOST: "0.0.0.0",
    BACKEND_FIRST_PERSON: "demo",
    JWT_ISSUER: "localhost",
    MANA_SERVICE_KEY: "5ecret",
    MANA_AUTH_KEK: "c2hvcnQtc2VjcmV0",
    CORS_ORIGINS: "http://localhost:5173/path",
  });
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.problems, [
    "BACKEND_PORT must be a port number",
    "BACKEND_SYNC_PORT must be a port number",
    "BACKEND_HOST must be a loopback address: 127.0.0.1, localhost or ::1",
    "BACKEND_FIRST_PERSON must be an e-mail address",
    "JWT_ISSUER must be an http or https URL",
    "MANA_SERVICE_KEY must have at least 8 characters",
    "MANA_AUTH_KEK must be 32 bytes in base64",
    "CORS_ORIGINS must list origins such as http://localhost:5173, separated by commas",
  ]);
  const same = parseSettings({ BACKEND_PORT: "4000", BACKEND_SYNC_PORT: "4000" });
  assert.deepEqual(same, { ok: false, problems: ["BACKEND_SYNC_PORT must differ from BACKEND_PORT"] });
  assert.ok(parseSettings({ BACKEND_PORT: "0", BACKEND_SYNC_PORT: "0" }).ok);
});

Deno.test("permissions: listen, one folder, named variables, and nothing else", () => {
  const flags = backendPermissions({ host: "127.0.0.1", port: 3001, syncPort: 3050, data: "./.mana" });
  assert.deepEqual(flags, [
    "--no-prompt",
    "--allow-net=127.0.0.1:3001,127.0.0.1:3050",
    "--allow-read=./.mana",
    "--allow-write=./.mana",
    "--allow-env=BACKEND_PORT,BACKEND_SYNC_PORT,BACKEND_HOST,BACKEND_DATA,BACKEND_FIRST_PERSON,JWT_AUDIENCE," +
    "JWT_ISSUER,MANA_SERVICE_KEY,MANA_AUTH_KEK,CORS_ORIGINS",
    "--ignore-env",
  ]);
});
