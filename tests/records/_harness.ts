import { createRecordGrants } from "../../lib/grants/record_grants.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { callerFor } from "../_support/request_context.ts";
import { z } from "zod";
import type { Caller } from "../../lib/people/principal.ts";
import { type ActiveSpace, personalSentinel } from "../../lib/spaces/active_space.ts";
import { type Refusal, Refused } from "../../lib/kit/errors.ts";
import { createAuthorship } from "../../lib/authorship/authorship.ts";
import { createKeyring } from "../../lib/sealing/keyring.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { createVaultClient } from "../../lib/sealing/vault_client.ts";
import {
  createRecordStore,
  type RecordObservation,
  type RecordStoreDeps,
} from "../../lib/records/record_store.ts";
import type { CallScope } from "../../lib/spaces/call_scope.ts";
import { createSyncClient } from "../../lib/changes/sync_client.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { createServiceClient } from "../../lib/services/service_client.ts";
import { createFakeServices, type FakeServices, SYNC_URL, tokenOf, VAULT_URL } from "./_fake_services.ts";

/** A table with sealed fields. */
export const notes = defineTable({
  app: "notes",
  name: "notes",
  record: "note",
  row: z.object({
    title: z.string().default(""),
    content: z.string().default(""),
    color: z.string().nullable().default(null),
    isPinned: z.boolean().default(false),
    tags: z.array(z.string()).default([]),
  }),
  encrypted: ["title", "content"],
});

/** A table without. */
export const habits = defineTable({
  app: "habits",
  name: "habits",
  record: "habit",
  row: z.object({ title: z.string(), order: z.number().default(0) }),
  encrypted: [],
});

/** The id of every call here. */
export const CALL = "0123456789abcdef0123456789abcdef";

export const KEY_A = Uint8Array.from({ length: 32 }, (_, index) => index);
export const KEY_B = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);

/** A person of the fake services; any suffix is another token of the same person. */
export function callerOf(subject: string, suffix = ""): Caller {
  return callerFor(subject, tokenOf(subject, suffix));
}

export function personal(subject: string, id?: string): ActiveSpace {
  const sentinel = personalSentinel(subject);
  return {
    id: id ?? sentinel,
    kind: "personal",
    sealed: true,
    storedAs: new Set([...(id === undefined ? [] : [id]), sentinel, ""]),
  };
}

export function shared(id: string): ActiveSpace {
  return { id, kind: "shared", sealed: false, storedAs: new Set([id]) };
}

export function unknownSpace(subject: string, id: string): ActiveSpace {
  return { id, kind: "unknown", sealed: true, storedAs: new Set([id, personalSentinel(subject), ""]) };
}

export interface Timer {
  readonly run: () => void;
  readonly at: number;
}

export interface Harness {
  readonly services: FakeServices;
  readonly observed: RecordObservation[];
  readonly delays: number[];
  /** What the store does later by itself. */
  readonly timers: Set<Timer>;
  readonly keyring: ReturnType<typeof createKeyring>;
  readonly store: ReturnType<typeof createRecordStore>;
  /** Milliseconds since the epoch; the gateway's clock. */
  clock: number;
  scope<A extends "read" | "write" | "destructive">(
    access: A,
    given?: Partial<CallScope> & { readonly subject?: string },
  ): CallScope & { readonly access: A };
  read(given?: Partial<CallScope> & { readonly subject?: string }): ReturnType<typeof openRead>;
  write(given?: Partial<CallScope> & { readonly subject?: string }): ReturnType<typeof openAll>;
}

function openRead(store: ReturnType<typeof createRecordStore>, scope: CallScope) {
  return store.open({ ...scope, access: "read" });
}

function openAll(store: ReturnType<typeof createRecordStore>, scope: CallScope) {
  return store.open({ ...scope, access: "destructive" });
}

/** A store over fake services, with a clock, ids and waits of the test. */
export function createHarness(
  options: Partial<Pick<RecordStoreDeps, "requireSealed" | "memory" | "cipher" | "hints">> = {},
): Harness {
  const services = createFakeServices();
  services.vault.set("anna", { key: KEY_A });
  services.vault.set("ben", { key: KEY_B });
  const observed: RecordObservation[] = [];
  const delays: number[] = [];
  const timers = new Set<Timer>();
  const client = createServiceClient({ fetch: services.fetch, clock: clockOf(() => harness.clock) });
  const masterKeys = createMasterKeys();
  const vault = createVaultClient({ services: client, vaultUrl: VAULT_URL, masterKeys });
  const keyring = createKeyring({ vault, clock: clockOf(() => harness.clock) });
  const authorship = createAuthorship({ keyring, masterKeys, clock: clockOf(() => harness.clock) });
  let ids = 0;
  const store = createRecordStore({
    sync: createSyncClient({
      services: client,
      baseUrl: SYNC_URL,
      clientId: "mana-mcp",
      random: () => 0.5,
      clock: clockOf(() => harness.clock, {
        wait(ms) {
          delays.push(ms);
          return Promise.resolve();
        },
      }),
    }),
    keyring,
    grants: createRecordGrants({ clock: clockOf(() => harness.clock), columns: tableColumns }),
    sign: authorship.sign,
    cursorKeys: [{ kid: "0", bytes: new Uint8Array(32).fill(5) }],
    clock: clockOf(() => harness.clock, {
      after(ms, run) {
        const timer = { run, at: harness.clock + ms };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    }),
    newId: () => `new-${++ids}`,
    requireSealed: false,
    observe: (observation) => observed.push(observation),
    ...options,
  });
  const scopeOf = (given: Partial<CallScope> & { readonly subject?: string } = {}): CallScope => {
    const { subject = "anna", ...rest } = given;
    return {
      caller: callerOf(subject),
      space: personal(subject, `org-${subject}`),
      actor: { tool: "notes.test", clientName: "Test Client", callId: CALL },
      membershipVersion: "1",
      signal: new AbortController().signal,
      ...rest,
    };
  };
  const harness: Harness = {
    services,
    observed,
    delays,
    timers,
    keyring,
    store,
    clock: Date.UTC(2026, 4, 20, 10),
    scope: (access, given) => ({ ...scopeOf(given), access }),
    read: (given) => openRead(store, scopeOf(given)),
    write: (given) => openAll(store, scopeOf(given)),
  };
  return harness;
}

/** The refusal that `work` ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
  throw new Error("expected a refusal, but it succeeded");
}

/** ISO time of the test day. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 4, 20, 8) + seconds * 1000).toISOString();
}

/** An insert as a device sends it. */
export function insert(
  table: string,
  id: string,
  data: Record<string, unknown>,
  spaceId?: string | null,
): Record<string, unknown> {
  return { table, id, op: "insert", ...(spaceId === undefined ? {} : { spaceId }), data: { id, ...data } };
}

/** An update as a HEAD device sends it. */
export function update(
  table: string,
  id: string,
  stamp: string,
  values: Record<string, unknown>,
  spaceId?: string,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) fields[name] = { value, at: stamp, updatedAt: stamp };
  return { table, id, op: "update", ...(spaceId === undefined ? {} : { spaceId }), fields };
}
