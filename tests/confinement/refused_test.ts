import assert from "node:assert/strict";
import { freePort } from "../../scripts/stack/free_port.ts";
import { startHostile } from "./_hostile.ts";

/** What else code can reach in a worker, whose flags let it share a port. */
const REFUSED_TO_WORKERS = {
  "UDP by Deno": "NotCapable: Requires net access",
  "QUIC": "NotCapable: Requires net access",
} as const;

/** What each attempt of a hostile tool ends with, in a real gateway under the flags of `deno task serve`. */
const REFUSED = {
  "another port": "NotCapable: Requires net access",
  "another name of an allowed host": "NotCapable: Requires net access",
  "another host": "NotCapable: Requires net access",
  "following a redirect to another port": "NotCapable: Requires net access",
  "an upstream through a proxy": "NotCapable: Requires net access",
  "raw TCP": "NotCapable: Requires net access",
  "raw TCP by node:net": "NotCapable: Requires net access",
  "UDP by node:dgram": "NotCapable: Requires net access",
  "UDP by Deno": "TypeError",
  "QUIC": "TypeError",
  "a DNS question": "NotCapable: Requires net access",
  "a DNS question by node:dns": "Error EPERM",
  "WebSocket": "NotCapable: Requires net access",
  "a unix socket": "NotCapable: Requires read access",
  "a listener of its own": "NotCapable: Requires net access",
  "reading a file": "NotCapable: Requires read access",
  "reading a file by node:fs": "NotCapable: Requires read access",
  "reading a file by fetch": "NotCapable: Requires read access",
  "reading the environment from /proc": "NotCapable: Requires read access",
  "writing a file": "NotCapable: Requires write access",
  "writing a file by node:fs": "NotCapable: Requires write access",
  "a subprocess": "NotCapable: Requires run access",
  "a subprocess by node:child_process": "NotCapable: Requires run access",
  "a signal to another process": "NotCapable: Requires run access",
  "ffi": "NotCapable: Requires ffi access",
  "a native module": "NotCapable: Requires ffi access",
  "importing from a host that Deno trusts by default":
    "TypeError ERR_MODULE_NOT_FOUND: Requires import access",
  "importing from another host": "TypeError ERR_MODULE_NOT_FOUND: Requires import access",
  "importing a package": "TypeError ERR_MODULE_NOT_FOUND: --cached-only is specified",
  "importing from JSR": "TypeError ERR_MODULE_NOT_FOUND: Requires import access",
  "importing a file": "TypeError ERR_MODULE_NOT_FOUND: Requires read access",
  // Read as not set, because libraries peek at variables and must not fail.
  "the environment as a whole": "nothing",
  "a variable off the list": "nothing",
  "a variable off the list by node:process": "nothing",
  "the host's name": "NotCapable: Requires sys access",
  "the host's name by node:os": "NotCapable: Requires sys access",
  "asking for more rights": "NotCapable",
  "a Worker with wider rights": "NotCapable: escalate parent thread permissions",
  "a Worker of its own, reading a file": "NotCapable",
  "a node Worker, reading a file": "Error: Requires read access",
} as const;

/** What no permission stops: docs/confinement.md names each. */
const NOT_REFUSED = {
  "code from text": "done",
  "importing a file that is part of the gateway": "done",
  "keeping text in localStorage": "nothing",
  "keeping text in the cache storage": "nothing",
  "a request of its own to a host of the list": "done",
  "replacing a function that everybody uses": "done",
  "a stray rejection": "nothing",
  "a stray exception": "nothing",
} as const;

Deno.test("a hostile tool is refused whatever it tries, and the gateway goes on", async (t) => {
  await using hostile = await startHostile();
  for (const [what, outcome] of Object.entries(REFUSED)) {
    await t.step(what, async () => assert.equal(await hostile.attempt(what), outcome));
  }
  await t.step("nothing reached the canary", () => assert.deepEqual(hostile.caught, []));

  await t.step("the gateway's own client follows no redirect to it either", async () => {
    await assert.rejects(hostile.client.call("notes_search", {}), /The sync service is not available/);
    assert.deepEqual(hostile.caught, []);
  });

  for (const [what, outcome] of Object.entries(NOT_REFUSED)) {
    await t.step(`not stopped: ${what}`, async () => assert.equal(await hostile.attempt(what), outcome));
  }

  await t.step("the gateway still serves", async () => {
    assert.equal(typeof (await hostile.client.call("spaces_list", {})).activeSpaceId, "string");
  });

  await t.step("not stopped: ending the process", async () => {
    await assert.rejects(hostile.attempt("ending the process"));
    assert.equal(await hostile.gateway.exited, 7);
  });

  await t.step("errors that nobody caught are in the log, by their class only", () => {
    const strays = hostile.gateway.lines().filter((line) => line.includes('"event":"stray"'));
    assert.deepEqual(strays.map((line) => JSON.parse(line).error), ["NotCapable", "Error", "Error"]);
    assert.equal(strays.some((line) => line.includes("net access") || line.includes("Error: stray")), false);
  });
});

Deno.test("a hostile tool in a worker is refused no less, UDP and QUIC included", async (t) => {
  await using hostile = await startHostile({ WORKER: "1/1", PORT: String(freePort()) });
  for (const [what, outcome] of Object.entries({ ...REFUSED, ...REFUSED_TO_WORKERS })) {
    await t.step(what, async () => assert.equal(await hostile.attempt(what), outcome));
  }
  assert.deepEqual(hostile.caught, []);
  assert.equal(typeof (await hostile.client.call("spaces_list", {})).activeSpaceId, "string");
});

Deno.test("every attempt of the hostile tool has its line in a table", async () => {
  const source = await Deno.readTextFile(new URL("attempts.ts", import.meta.url));
  const names = [...source.matchAll(/^ {2}"([^"]+)": (?:async )?\(/gm)].map(([, name]) => name);
  assert.deepEqual(
    names.sort(),
    [...Object.keys(REFUSED), ...Object.keys(NOT_REFUSED), "ending the process"].sort(),
  );
});
