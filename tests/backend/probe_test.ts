import assert from "node:assert/strict";
import { compare } from "../probe/compare.ts";
import { readRecorded } from "../probe/read_recorded.ts";
import { makeFolder, startBackend } from "./_backend_process.ts";

Deno.test("the backend answers every recorded question as the real services did", async () => {
  await using folder = await makeFolder();
  await using backend = await startBackend(folder.path, {
    MANA_SERVICE_KEY: "dev-service-key",
    // The probes sign in as the web app does, from a page.
    CORS_ORIGINS: "http://localhost:5173",
  });
  const recorded = await readRecorded(new URL("../probe/recorded.json", import.meta.url));
  const { auth, sync } = backend;
  const { passed, failed, differences } = await compare({
    auth,
    sync,
    serviceKey: "dev-service-key",
    recorded,
  });
  assert.deepEqual(differences, []);
  assert.deepEqual({ passed, failed }, { passed: 122, failed: 0 });

  const { code, stderr, stdout } = await backend.stop("SIGTERM");
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.equal(stdout.trim().split("\n").at(-1), '{"event":"stopped","drained":"true"}');
});
