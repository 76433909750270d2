import assert from "node:assert/strict";
import { createRealServices } from "../_support/real_services/real_services.ts";
import { compare } from "../probe/compare.ts";
import { readRecorded } from "../probe/read_recorded.ts";

Deno.test("the stand-in answers every recorded question as the real services did", async () => {
  await using services = await createRealServices({
    issuer: "http://localhost:3001",
    serviceKey: "dev-service-key",
    limiter: false, // as the services ran that were recorded
    clock: { now: Date.now() },
  });
  const recorded = await readRecorded(new URL("../probe/recorded.json", import.meta.url));
  const { passed, failed, differences, answers } = await compare({
    auth: services.issuer,
    sync: "http://localhost:3050",
    serviceKey: services.serviceKey,
    recorded,
    fetch: (input, init) => {
      const request = new Request(input, init);
      const { auth, sync } = services;
      return new URL(request.url).port === "3001" ? auth.fetch(request) : sync.fetch(request);
    },
    verify: (email) => services.people.confirm(email),
  });
  assert.deepEqual(differences, []);
  assert.deepEqual({ passed, failed }, { passed: 122, failed: 0 });
  // Where a better service may answer better, the stand-in answers as the auth service did.
  for (const name of ["register the same address again", "spaces with a JWT"]) {
    const [here, there] = [answers, recorded].map((list) => list.find((answer) => answer.name === name));
    assert.deepEqual(here?.response, there?.response);
  }
});
