// A sync client over made-up services, with answers of its service in a row.
import { clockOf } from "../_support/fake_clock.ts";
import { createSyncClient, type SyncClientDeps } from "../../lib/changes/sync_client.ts";
import type { PushChange } from "../../lib/changes/sync_messages.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, SYNC_URL } from "../records/_fake_services.ts";
import { at, callerOf } from "../records/_harness.ts";

export const anna = callerOf("anna");

export const signal = new AbortController().signal;

export const actor = {
  kind: "ai",
  principalId: "mcp:x",
  displayName: "x",
  rationale: "t",
  iterationId: "i",
} as const;

export const change = (id: string, data: Record<string, unknown> = {}): PushChange => ({
  table: "t",
  id,
  op: "insert",
  actor,
  origin: "agent",
  data: { id, ...data },
});

export const push = (...changes: PushChange[]) => ({ app: "app", record: "thing", changes });

export function setUp(given: Partial<SyncClientDeps> = {}) {
  const services = createFakeServices();
  const delays: number[] = [];
  const client = createSyncClient({
    services: createServiceClient({ fetch: services.fetch, clock: clockOf(() => 0) }),
    baseUrl: SYNC_URL,
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0, {
      wait(ms) {
        delays.push(ms);
        return Promise.resolve();
      },
    }),
    ...given,
  });
  const pull = (table = "t") => client.pull(anna, "app", table, at(0), signal);
  return { services, delays, client, pull };
}

/** Answers of the service, one per attempt; the last one stays. A string is thrown as a network failure. */
export function answers(
  services: ReturnType<typeof createFakeServices>,
  ...list: (number | string | undefined)[]
) {
  let turn = 0;
  services.intercept = () => {
    const next = list[Math.min(turn++, list.length - 1)];
    if (typeof next === "string") throw new TypeError(next);
    return next === undefined
      ? undefined
      : new Response("pq: relation does not exist at db-internal", { status: next });
  };
}
