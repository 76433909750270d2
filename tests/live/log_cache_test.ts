import { clockOf } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { principalKey } from "../../lib/people/principal.ts";
import type { HintMark } from "../../lib/changes/hint_streams.ts";
import { createChangeCache } from "../../lib/changes/change_cache.ts";
import { FOLD_MAX_AGE_MS } from "../../lib/changes/refresh_state.ts";
import { createSyncClient } from "../../lib/changes/sync_client.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, SYNC_URL } from "../records/_fake_services.ts";
import { at, callerOf, insert } from "../records/_harness.ts";

const anna = callerOf("anna");
const ANNA = principalKey(anna.principal);

/** A cache whose hints say whatever the test wants. */
function setUp() {
  const services = createFakeServices();
  const state = { now: 0, holds: true, healthy: true, touched: new Array<string>() };
  let hint: ((person: string, app: string) => void) | undefined;
  const sync = createSyncClient({
    services: createServiceClient({ fetch: services.fetch, clock: clockOf(() => 0) }),
    baseUrl: SYNC_URL,
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0),
  });
  const mark: HintMark = { key: "", stream: {}, hints: 0, at: 0 };
  const cache = createChangeCache({
    maxBytes: 1e8,
    sync,
    clock: clockOf(() => state.now),
    hints: {
      begin: () => state.healthy ? mark : null,
      holds: () => state.holds,
      touch: (_caller, _app, since) => void state.touched.push(since),
      onHint: (listener) => void (hint = listener),
    },
  });
  const read = (more: { readonly isStrict?: boolean; readonly membershipVersion?: string } = {}) =>
    cache.read(
      { caller: anna, membershipVersion: "1", signal: new AbortController().signal, ...more },
      "app",
      "t",
    );
  return { services, state, cache, read, hint: (person: string, app: string) => hint?.(person, app) };
}

const thing = (id: string) => insert("t", id, { createdAt: at(0) });

Deno.test("a write of the person forces a pull, whatever the hints say", async () => {
  const { services, cache, read } = setUp();
  await read();
  await read();
  assert.equal(services.pulls().length, 1);
  cache.wrote(anna.principal, "app", "t");
  services.write("anna", "app", [thing("1")]);
  assert.equal((await read()).records.size, 1);
  assert.equal(services.pulls().length, 2);
  cache.wrote(anna.principal, "app", "another table");
  cache.wrote(callerOf("ben").principal, "app", "t");
  await read();
  assert.equal(services.pulls().length, 2);
});

Deno.test("a write while a pull runs is not in what that pull proves", async () => {
  const { services, cache, read } = setUp();
  const held = Promise.withResolvers<void>();
  services.intercept = async () => {
    await held.promise;
    return undefined;
  };
  const first = read();
  await Promise.resolve();
  cache.wrote(anna.principal, "app", "t");
  held.resolve();
  await first;
  await read();
  assert.equal(services.pulls().length, 2);
});

Deno.test("only a stream that was believed when the pull began lets the next one be left out", async () => {
  const { services, state, read } = setUp();
  state.healthy = false;
  await read();
  state.healthy = true;
  await read();
  await read();
  assert.equal(services.pulls().length, 2);
  state.holds = false;
  await read();
  assert.equal(services.pulls().length, 3);
  await read({ membershipVersion: "2" });
  assert.equal(services.pulls().length, 4, "joining a space starts over");
  assert.deepEqual(state.touched.slice(0, 2), [
    "2026-05-20T09:00:00.000000123Z",
    "2026-05-20T09:00:00.000000123Z",
  ]);
});

Deno.test("a strict read joins no pull that has begun, and many of them share the next one", async () => {
  const { services, read } = setUp();
  const held = Promise.withResolvers<void>();
  services.intercept = async () => {
    await held.promise;
    return undefined;
  };
  const first = read();
  while (services.pulls().length === 0) await Promise.resolve();
  const strict = [read({ isStrict: true }), read({ isStrict: true }), read({ isStrict: true })];
  const joined = read();
  held.resolve();
  await Promise.all([first, joined, ...strict]);
  assert.equal(services.pulls().length, 2);
});

Deno.test("a watcher hears of each new change before and after it, of hints, writes and a log built anew", async () => {
  const { services, state, cache, read, hint } = setUp();
  const heard: string[] = [];
  const watcher = (name: string) => ({
    stale: () => void heard.push(`${name} stale`),
    before: (log: { readonly records: ReadonlyMap<string, unknown> }, id: string) =>
      void heard.push(`${name} before ${id} ${log.records.has(id)}`),
    after: (log: { readonly records: ReadonlyMap<string, unknown> }) =>
      void heard.push(`${name} after ${log.records.size}`),
    rebuilt: () => void heard.push(`${name} rebuilt`),
  });
  const strict = { isStrict: true };
  const stop = cache.watch(anna.principal, "app", "t", watcher("anna"));
  cache.watch(callerOf("ben").principal, "app", "t", watcher("ben"));
  cache.watch(anna.principal, "app", "other", watcher("other"));
  services.write("anna", "app", [thing("1")]);
  await read();
  assert.deepEqual(heard.splice(0), ["anna rebuilt"], "a first pull is no news");
  services.write("anna", "app", [thing("2"), thing("1")]);
  await read(strict);
  assert.deepEqual(heard.splice(0), ["anna before 2 false", "anna before 1 true", "anna after 2"]);
  await read(strict);
  assert.deepEqual(heard.splice(0), ["anna after 2"], "what the overlap brings again is no news");
  hint(ANNA, "app");
  assert.deepEqual(heard.splice(0).sort(), ["anna stale", "other stale"]);
  hint(ANNA, "another app");
  cache.wrote(anna.principal, "app", "t");
  assert.deepEqual(heard.splice(0), ["anna stale"]);
  state.now += FOLD_MAX_AGE_MS;
  await read(strict);
  assert.deepEqual(heard.splice(0), ["anna rebuilt"]);
  stop();
  services.write("anna", "app", [thing("3")]);
  cache.wrote(anna.principal, "app", "t");
  await read(strict);
  assert.deepEqual(heard, []);
});
