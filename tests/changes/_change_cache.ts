// A change cache of one table over made-up services, and what its tests ask of it.
import { clockOf } from "../_support/fake_clock.ts";
import type { Caller } from "../../lib/people/principal.ts";
import type { FoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { type ChangeCacheDeps, createChangeCache } from "../../lib/changes/change_cache.ts";
import { createSyncClient } from "../../lib/changes/sync_client.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, SYNC_URL } from "../records/_fake_services.ts";
import { at, callerOf, insert, personal } from "../records/_harness.ts";

export const anna = callerOf("anna");

export const space = personal("anna", "org-anna");

export function setUp(given: Partial<ChangeCacheDeps> = {}) {
  const services = createFakeServices();
  const time = { now: 0 };
  const client = createServiceClient({ fetch: services.fetch, clock: clockOf(() => 0) });
  const sync = createSyncClient({
    services: client,
    baseUrl: SYNC_URL,
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0),
  });
  const cache = createChangeCache({ sync, clock: clockOf(() => time.now), maxBytes: 1e8, ...given });
  const read = (caller: Caller = anna, membershipVersion = "1", signal = new AbortController().signal) =>
    cache.read({ caller, membershipVersion, signal }, "app", "t");
  const ids = async (caller?: Caller, membershipVersion?: string) =>
    idsOf(await read(caller, membershipVersion));
  const since = () => services.pulls().map(({ url }) => url.searchParams.get("since"));
  return { services, time, cache, read, ids, since };
}

export function idsOf(log: FoldedTable): string[] {
  return liveRecords(log, space).map(({ id }) => id);
}

export const thing = (id: string, data: Record<string, unknown> = {}) =>
  insert("t", id, { createdAt: at(0), ...data });

/** Holds each pull back until it is let go. */
export function gates(services: ReturnType<typeof createFakeServices>) {
  const waiting: (() => void)[] = [];
  services.intercept = (_, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    waiting.push(() => resolve(undefined));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise;
  };
  const started = async (count: number) => {
    while (services.pulls().length < count) await Promise.resolve();
  };
  return { waiting, started };
}
