/**
 * What a person's history costs in memory and time: a cached row against its size on the wire, a fold from nothing, a
 * listing once the fold is there. Everything but the network is real: pages of JSON text, parsing, folding, AES-GCM.
 *
 *     deno run bench/records_bench.ts
 */
import { clockOf } from "../tests/_support/fake_clock.ts";
import { createHeapMeter } from "./_heap.ts";
import type { Caller } from "../lib/people/principal.ts";
import type { ActiveSpace } from "../lib/spaces/active_space.ts";
import { createCipher, importMasterKey } from "../lib/sealing/cipher.ts";
import { applyChange, createFoldedTable } from "../lib/changes/fold.ts";
import { createKeyring } from "../lib/sealing/keyring.ts";
import { createVaultClient } from "../lib/sealing/vault_client.ts";
import { createChangeCache } from "../lib/changes/change_cache.ts";
import { createRecordStore } from "../lib/records/record_store.ts";
import { createSyncClient } from "../lib/changes/sync_client.ts";
import { plainRecordOf, plainRowOf } from "../lib/records/row.ts";
import { defineTable } from "../lib/records/define_table.ts";
import { liveRecords } from "../lib/changes/live_records.ts";
import { parsePullPortion } from "../lib/changes/sync_messages.ts";
import { hide } from "../lib/kit/secret.ts";
import { createNoTrace } from "../lib/observe/trace.ts";
import { calendarOf } from "../lib/tool/calendar.ts";
import { createRequestTally } from "../lib/observe/request_tally.ts";
import { createServiceClient } from "../lib/services/service_client.ts";
import { print } from "../scripts/print.ts";
import { todoTools } from "../tools/todo.ts";
import { z } from "zod";

/** What {@link measureRecords} found out. */
export interface RecordsMeasured {
  /** Changes of one row each: a task with three sealed fields, as the service sends it, in bytes. */
  readonly wireBytesPerRow: number;
  /** Heap per cached row, in bytes. */
  readonly heapBytesPerRow: number;
  /** The same after a listing has looked at every row. */
  readonly listedHeapBytesPerRow: number;
  /** What the cache believes it holds per row after that listing, in bytes. */
  readonly estimatedBytesPerRow: number;
  /** From nothing to a folded log of 100,000 changes in 100 pages of text: of as many rows, and of 1,000 rows. */
  readonly coldFoldSeconds: { readonly rows100k: number; readonly rows1k: number };
  /** `todo.list` (limit 50 of 1,000 live rows) by changes of history, nothing new to pull, median in microseconds. */
  readonly warmListMicros: { readonly h1k: number; readonly h10k: number; readonly h100k: number };
  /** The same of 10,000 live rows. */
  readonly warmList10kRowsMicros: number;
}

/** A table like that of the todo module, with the fields a filter looks at. */
const tasks = defineTable({
  app: "todo",
  name: "tasks",
  record: "task",
  row: z.object({
    title: z.string(),
    description: z.string().nullable().optional(),
    priority: z.enum(["low", "medium", "high", "urgent"]).default("medium"),
    isCompleted: z.boolean().default(false),
    completedAt: z.string().nullable().optional(),
    dueDate: z.string().nullable().default(null),
    order: z.number().default(0),
    subtasks: z.array(z.looseObject({ title: z.string() })).nullable().optional(),
  }),
  encrypted: ["title", "description", "subtasks"],
});

const PAGE = 1_000;
const MASTER_KEY = new Uint8Array(32).fill(7).toBase64();
const SPACE_ID = "org_5b0e93f1a7c24d10";
const PERSON = "usr_7c1d2e3f4a5b6c7d";
const space: ActiveSpace = {
  id: SPACE_ID,
  kind: "personal",
  sealed: true,
  storedAs: new Set([SPACE_ID, `_personal:${PERSON}`, ""]),
};
const caller: Caller = {
  principal: {
    issuer: "https://auth.test",
    subject: PERSON,
    role: "user",
    scopes: null,
    client: null,
    expiresAt: Infinity,
  },
  token: hide("token"),
  tally: createRequestTally(createNoTrace().start({ name: "bench", kind: "internal", parent: null }), {
    elapsed: () => 0,
  }),
};
const { signal } = new AbortController();

const uuid = (number: number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
const stampOf = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString();
const actor = { kind: "user", principalId: PERSON, displayName: "Du" };

/** A service with one person's tasks: `rows` inserts, then updates up to `changes` in all. */
async function createHistory(rows: number, changes: number, key: CryptoKey) {
  const cipher = createCipher();
  const sealed: string[][] = [];
  for (let number = 0; number < 32; number++) {
    sealed.push([
      await cipher.seal(key, `Call the plumber about tap number ${number}`),
      await cipher.seal(key, "He said he would come on Tuesday, but the water still runs. ".repeat(3)),
      await cipher.seal(key, [{ title: "find the number", isCompleted: true }, {
        title: "make a date",
        isCompleted: false,
      }]),
    ]);
  }
  const change = (number: number): object => {
    const row = number % rows;
    const common = { eventId: uuid(1e9 + number), schemaVersion: 1, table: "tasks", id: uuid(row) };
    const stamp = stampOf(number);
    if (number >= rows) {
      const isCompleted = number % 3 === 0;
      const fields: Record<string, object> = {
        isCompleted: { value: isCompleted, at: stamp },
        completedAt: { value: isCompleted ? stamp : null, at: stamp },
        updatedAt: { value: stamp, at: stamp },
      };
      return { ...common, op: "update", fields, spaceId: SPACE_ID, actor };
    }
    const [title, description, subtasks] = sealed[row % sealed.length] ?? [];
    const data = {
      id: uuid(row),
      title,
      description,
      subtasks,
      priority: "medium",
      isCompleted: false,
      completedAt: null,
      dueDate: stamp.slice(0, 10),
      order: row,
      spaceId: SPACE_ID,
      authorId: PERSON,
      visibility: "space",
      createdAt: stamp,
      updatedAt: stamp,
    };
    return { ...common, op: "insert", data, spaceId: SPACE_ID, actor };
  };
  const end = Date.UTC(2026, 5, 1);
  const pages = Array.from({ length: Math.ceil(changes / PAGE) }, (_, page) => {
    const from = page * PAGE;
    const size = Math.min(PAGE, changes - from);
    const isLast = from + size === changes;
    return new TextEncoder().encode(JSON.stringify({
      serverChanges: Array.from({ length: size }, (_, index) => change(from + index)),
      conflicts: [],
      syncedUntil: isLast
        ? new Date(end).toISOString()
        : `2026-01-01T00:00:00.${String(page + 1).padStart(6, "0")}Z`,
      ...(isLast ? {} : { hasMore: true }),
    }));
  });
  const nothing = new TextEncoder().encode(
    JSON.stringify({ serverChanges: [], conflicts: [], syncedUntil: new Date(end).toISOString() }),
  );
  // One pull after the other from the start; nothing new from then on.
  let next = 0;
  const answer = () => Promise.resolve(new Response(pages[next++] ?? nothing));
  return { pages, answer };
}

/** The services' answers, by the vault's path and everything else. */
function createServices(answer: () => Promise<Response>) {
  const vault = () => Promise.resolve(Response.json({ masterKey: MASTER_KEY, formatVersion: 1 }));
  return createServiceClient({
    fetch: (url) => String(url).startsWith("http://vault.test") ? vault() : answer(),
    clock: clockOf(() => 0),
  });
}

function createClient(answer: () => Promise<Response>) {
  return createSyncClient({
    services: createServices(answer),
    baseUrl: "http://sync.test",
    clientId: "mana-mcp",
    random: () => 0.5,
    clock: clockOf(() => 0),
  });
}

/** Heap of a cached row: folded, and after a listing looked at all of them; over `rows` rows. */
async function measureMemory(rows: number) {
  const key = await importKey();
  const { pages } = await createHistory(rows, rows, key);
  const wire = pages.reduce((sum, page) => sum + page.byteLength, 0);
  const heapUsed = createHeapMeter();
  const before = heapUsed();
  const log = createFoldedTable();
  for (const page of pages) {
    const parsed = parsePullPortion(JSON.parse(new TextDecoder().decode(page)), "tasks");
    for (const change of parsed?.changes ?? []) applyChange(log, change);
  }
  const folded = heapUsed();
  for (const view of liveRecords(log, space)) plainRecordOf(tasks, plainRowOf(tasks, view));
  const listed = heapUsed();
  return {
    wireBytesPerRow: wire / rows,
    heapBytesPerRow: (folded - before) / rows,
    listedHeapBytesPerRow: (listed - before) / rows,
    estimatedBytesPerRow: log.bytes / rows,
  };
}

async function importKey(): Promise<CryptoKey> {
  const key = await importMasterKey(hide(MASTER_KEY));
  if (key === null) throw new Error("Cannot measure: the key is none");
  return key;
}

async function measureColdFold(rows: number): Promise<number> {
  const { answer } = await createHistory(rows, 100_000, await importKey());
  const cache = createChangeCache({
    sync: createClient(answer),
    clock: clockOf(() => 0),
    maxBytes: Infinity,
  });
  const started = performance.now();
  const log = await cache.read({ caller, membershipVersion: "1", signal }, "todo", "tasks");
  const seconds = (performance.now() - started) / 1_000;
  if (liveRecords(log, space).length !== rows) throw new Error("Cannot measure: the fold is wrong");
  return seconds;
}

/** Rounds of listings over several histories in turn; the median of each. */
async function measureWarmLists(
  histories: readonly { readonly rows: number; readonly changes: number }[],
): Promise<number[]> {
  const list = todoTools.find(({ name }) => name === "todo.list");
  if (list === undefined) throw new Error("Cannot measure: there is no todo.list");
  const key = await importKey();
  const lists: (() => Promise<unknown>)[] = [];
  for (const { rows, changes } of histories) {
    const { answer } = await createHistory(rows, changes, key);
    const store = createRecordStore({
      sync: createClient(answer),
      keyring: createKeyring({
        vault: createVaultClient({ services: createServices(answer), vaultUrl: "http://vault.test" }),
        clock: clockOf(() => 0),
      }),
      clock: clockOf(() => 0),
      newId: () => "",
      requireSealed: false,
      maxFoldedBytes: Infinity,
    });
    const actor = { tool: "todo.list", clientName: "bench" };
    const context = () => ({
      records: store.open({ caller, space, actor, membershipVersion: "1", signal, access: "read" }),
      space,
      spaces: [],
      now: stampOf(0),
      today: "2026-01-01",
      timeZone: "UTC",
      calendar: () => calendarOf(null, 0),
      signal,
    });
    const refuse = () => {
      throw new Error("Cannot measure: todo.list only reads");
    };
    lists.push(() =>
      list.call({ includeCompleted: true }, { read: context, write: refuse, destructive: refuse })
    );
  }
  const times = lists.map((): number[] => []);
  for (let round = 0; round < 300; round++) {
    for (const [index, call] of lists.entries()) {
      const started = performance.now();
      await call();
      if (round >= 50) times[index]?.push((performance.now() - started) * 1_000);
    }
  }
  return times.map((of) => of.toSorted((a, b) => a - b)[of.length >> 1] ?? 0);
}

/** Takes about half a minute. Numbers are of this machine, and of what else it does meanwhile. */
export async function measureRecords(): Promise<RecordsMeasured> {
  const memory = await measureMemory(20_000);
  const coldFoldSeconds = { rows100k: await measureColdFold(100_000), rows1k: await measureColdFold(1_000) };
  const [h1k = 0, h10k = 0, h100k = 0] = await measureWarmLists([
    { rows: 1_000, changes: 1_000 },
    { rows: 1_000, changes: 10_000 },
    { rows: 1_000, changes: 100_000 },
  ]);
  const [warmList10kRowsMicros = 0] = await measureWarmLists([{ rows: 10_000, changes: 10_000 }]);
  return { ...memory, coldFoldSeconds, warmListMicros: { h1k, h10k, h100k }, warmList10kRowsMicros };
}

if (import.meta.main) print(JSON.stringify(await measureRecords(), null, 2));
