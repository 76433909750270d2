import assert from "node:assert/strict";
import { callerOf, refusalOf } from "../records/_harness.ts";
import { anna, gates, setUp, thing } from "./_change_cache.ts";

Deno.test("concurrent readers share one pull", async () => {
  const { services, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const lists = await Promise.all([ids(), ids(callerOf("anna", "other-token")), ids()]);
  assert.deepEqual(lists, [["1"], ["1"], ["1"]]);
  assert.equal(services.pulls().length, 1);
});

Deno.test("one reader that leaves does not end the pull of the others", async () => {
  const { services, read, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const { waiting, started } = gates(services);
  const leaver = new AbortController();
  const left = refusalOf(read(anna, "1", leaver.signal));
  const stays = ids();
  await started(1);
  leaver.abort();
  assert.deepEqual(await left, { reason: "cancelled" });
  waiting.shift()?.();
  assert.deepEqual(await stays, ["1"]);
  assert.equal(services.pulls().length, 1);
});

Deno.test("a pull that everyone has left is stopped, and the next reader is not harmed by it", async () => {
  const { services, read, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  const { started } = gates(services);
  const leaver = new AbortController();
  const left = refusalOf(read(anna, "1", leaver.signal));
  await started(1);
  leaver.abort();
  services.intercept = () => undefined;
  assert.deepEqual(await ids(), ["1"]);
  assert.deepEqual(await left, { reason: "cancelled" });
});

Deno.test("a reader whose own write was acknowledged during a pull gets a later pull, one for all of them", async () => {
  const { services, cache, ids } = setUp();
  const { waiting, started } = gates(services);
  const before = ids();
  await started(1);
  // The service has answered the pull's query by now, in effect: what is written next is not in it.
  const snapshot = services.rows.length;
  cache.wrote(anna.principal, "app", "t");
  const after = [ids(), ids()];
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  assert.equal(services.pulls().length, 1, "one at a time, so that pages are applied in order");
  waiting.shift()?.();
  assert.deepEqual(await before, []);
  assert.equal(services.rows.length, snapshot);
  services.write("anna", "app", [thing("mine")]);
  await started(2);
  waiting.shift()?.();
  assert.deepEqual(await Promise.all(after), [["mine"], ["mine"]]);
  assert.equal(services.pulls().length, 2);
});

Deno.test("writes of another person or table do not disturb a pull", async () => {
  const { services, cache, ids } = setUp();
  const { waiting, started } = gates(services);
  const first = ids();
  await started(1);
  cache.wrote(callerOf("ben").principal, "app", "t");
  cache.wrote(anna.principal, "app", "other");
  const second = ids();
  waiting.shift()?.();
  await Promise.all([first, second]);
  assert.equal(services.pulls().length, 1);
});

Deno.test("a refused token fails its own read only", async () => {
  const { services, ids } = setUp();
  services.write("anna", "app", [thing("1")]);
  services.intercept = ({ headers }) =>
    headers.get("authorization")?.endsWith("expired") ? new Response(null, { status: 401 }) : undefined;
  const stale = refusalOf(ids(callerOf("anna", "expired")));
  const fresh = ids();
  assert.deepEqual(await stale, { reason: "upstream-token-refused", upstream: "sync" });
  assert.deepEqual(await fresh, ["1"]);
});

Deno.test("a failed pull fails the read, keeps what there was, and the next read goes on from it", async () => {
  const { services, ids, since } = setUp();
  services.write("anna", "app", [thing("1")]);
  await ids();
  services.micros += 60_000_000;
  services.write("anna", "app", [thing("2")]);
  services.intercept = () => new Response(null, { status: 400 });
  assert.equal((await refusalOf(ids())).reason, "upstream-failed");
  services.intercept = () => undefined;
  assert.deepEqual(await ids(), ["1", "2"]);
  assert.equal(since()[2], since()[1], "from the same place");
});

Deno.test("a long pull that fails halfway goes on from its last whole page", async () => {
  const { services, ids, since } = setUp();
  services.step = 60_000_000;
  services.write("anna", "app", ["1", "2", "3", "4", "5"].map((id) => thing(id)));
  services.pageSize = 2;
  let pulls = 0;
  services.intercept = () => ++pulls === 2 ? new Response(null, { status: 400 }) : undefined;
  assert.equal((await refusalOf(ids())).reason, "upstream-failed");
  assert.deepEqual(await ids(), ["1", "2", "3", "4", "5"]);
  // Page 1 ended at 09:02:00; the overlap applies.
  assert.equal(since()[2], "2026-05-20T09:01:50.000000000Z");
});
