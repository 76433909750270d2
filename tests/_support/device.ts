// What a person's other devices do: push, pull, seal and open, written from the contracts and not with the gateway's code.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Services } from "./test_backend.ts";
import type { UpstreamCall } from "./wire.ts";
import type { Person, World } from "./world.ts";

/** One change as the sync service gives it. */
export type StoredChange = z.infer<typeof StoredChange>;

const StoredChange = z.looseObject({
  eventId: z.string(),
  table: z.string(),
  id: z.string(),
  op: z.enum(["insert", "update", "delete"]),
  spaceId: z.string().optional(),
  actor: z.looseObject({ kind: z.string(), principalId: z.string() }).optional(),
  origin: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  fields: z.record(z.string(), z.object({ value: z.unknown(), at: z.string() })).optional(),
  deletedAt: z.string().optional(),
});
const Page = z.object({
  serverChanges: z.array(StoredChange),
  syncedUntil: z.string(),
  hasMore: z.boolean().optional(),
});
const VaultKey = z.object({ masterKey: z.string() });
const PushBody = z.looseObject({
  clientId: z.string(),
  changes: z.array(z.looseObject({ id: z.string(), op: z.string() })),
});

/** Where a record lives on the wire. */
export interface WireTable {
  readonly app: string;
  readonly table: string;
}

export const HABITS: WireTable = { app: "habits", table: "habits" };
export const TASKS: WireTable = { app: "todo", table: "tasks" };
export const NOTES: WireTable = { app: "notes", table: "notes" };
export const JOURNAL: WireTable = { app: "journal", table: "journalEntries" };

/** How devices reach the services, and what their clock says. */
type Doors = Pick<Services, "auth" | "sync" | "clock">;

/** Pushes changes as another device of `person`; the clock moves on by a second so that stamps differ. */
export async function push(
  world: Doors,
  person: Pick<Person, "token">,
  { app, table }: WireTable,
  changes: readonly Record<string, unknown>[],
  clientId = "phone",
): Promise<void> {
  world.clock.now += 1000;
  const response = await world.sync(`/sync/${app}`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      clientId,
      since: "9999-12-31T23:59:59.999Z",
      changes: changes.map((change) => ({ table, ...change })),
    }),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Inserts a record as another device of `person`; in the person's personal space unless `data` or `on` say else. */
export async function pushInsert(
  world: Doors,
  person: Pick<Person, "token" | "id" | "personalSpace">,
  where: WireTable,
  id: string,
  data: Record<string, unknown>,
  on: Record<string, unknown> = {},
): Promise<void> {
  const whole = {
    id,
    spaceId: person.personalSpace,
    authorId: person.id,
    visibility: "space",
    createdAt: stampAt(world),
    ...data,
  };
  const spaceId = whole.spaceId;
  await push(world, person, where, [{ id, op: "insert", spaceId, data: whole, ...on }]);
}

/** Sets fields of a record as another device of `person`. */
export async function pushUpdate(
  world: Doors,
  person: Pick<Person, "token" | "personalSpace">,
  where: WireTable,
  id: string,
  values: Record<string, unknown>,
  on: Record<string, unknown> = { spaceId: person.personalSpace },
): Promise<void> {
  const at = stampAt(world);
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, at }]));
  await push(world, person, where, [{ id, op: "update", fields, ...on }]);
}

/** Deletes a record softly as another device of `person`. */
export async function pushDelete(
  world: Doors,
  person: Pick<Person, "token" | "personalSpace">,
  where: WireTable,
  id: string,
  on: Record<string, unknown> = { spaceId: person.personalSpace },
): Promise<void> {
  await push(world, person, where, [{ id, op: "delete", deletedAt: stampAt(world), ...on }]);
}

/** A stamp later than everything written so far. */
export function stampAt(world: Pick<Services, "clock">): string {
  return new Date(world.clock.now + 1500).toISOString();
}

/** Every change of a table that `person` can see, oldest first. */
export async function pullAll(
  world: Doors,
  person: Pick<Person, "token">,
  { app, table }: WireTable,
): Promise<StoredChange[]> {
  const changes: StoredChange[] = [];
  for (let since = "1970-01-01T00:00:00.000Z";;) {
    const query = new URLSearchParams({ collection: table, since });
    const response = await world.sync(`/sync/${app}/pull?${query}`, {
      headers: { authorization: `Bearer ${person.token}`, "x-client-id": "onlooker" },
    });
    assert.equal(response.status, 200);
    const page = Page.parse(await response.json());
    changes.push(...page.serverChanges);
    if (!page.hasMore) return changes;
    since = page.syncedUntil;
  }
}

/** The newest change of one record; there must be one. */
export async function lastChange(
  world: Doors,
  person: Pick<Person, "token">,
  where: WireTable,
  id?: unknown,
): Promise<StoredChange> {
  const changes = await pullAll(world, person, where);
  const found = changes.findLast((change) => id === undefined || change.id === id);
  assert.ok(found, `no change of ${String(id)} is stored`);
  return found;
}

/** The requests with which the gateway pushed; rows of the ledger aside, which come when they come. */
export function pushesOf(world: World): UpstreamCall[] {
  return world.upstreamCalls.filter(({ method, url, body }) =>
    method === "POST" && url.includes("/sync/") &&
    !(url.endsWith("/sync/mcp") && body.includes('"table":"ledger"'))
  );
}

/** What a push said. */
export function readPush({ body }: UpstreamCall): z.infer<typeof PushBody> {
  return PushBody.parse(JSON.parse(body));
}

/** Runs `act` and asserts that the gateway pushed nothing meanwhile. */
export async function withoutPush<T>(world: World, act: () => Promise<T>): Promise<T> {
  const before = pushesOf(world).length;
  const result = await act();
  assert.equal(pushesOf(world).length, before, "something was pushed");
  return result;
}

/** The person's master key, from the vault. */
export async function masterKey(world: Doors, person: Pick<Person, "token">): Promise<CryptoKey> {
  const response = await world.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${person.token}` },
  });
  return await importKey(VaultKey.parse(await response.json()).masterKey);
}

/** Gives the person a new master key, as the app's settings do. */
export async function rotateKey(world: Doors, person: Pick<Person, "token">): Promise<CryptoKey> {
  const response = await world.auth("/api/v1/me/encryption-vault/rotate", {
    method: "POST",
    headers: { authorization: `Bearer ${person.token}` },
  });
  assert.equal(response.status, 200);
  return await importKey(VaultKey.parse(await response.json()).masterKey);
}

/** Switches the person's vault to zero-knowledge. */
export async function goZeroKnowledge(world: Doors, person: Pick<Person, "token">): Promise<void> {
  const bodies = {
    "recovery-wrap": { recoveryWrappedMk: "AAAA", recoveryIv: "AAAA" },
    "zero-knowledge": { enable: true },
  };
  for (const [path, body] of Object.entries(bodies)) {
    const response = await world.auth(`/api/v1/me/encryption-vault/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
  }
}

function importKey(base64: string): Promise<CryptoKey> {
  const raw = Uint8Array.fromBase64(base64);
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Seals as the web app does: written from the contract, not with the gateway's own code. */
export async function seal(key: CryptoKey, value: unknown): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const tail = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
  return `enc:1:${iv.toBase64()}.${tail.toBase64()}`;
}

/** Opens what is sealed; throws for anything that is not. */
export async function open(key: CryptoKey, sealed: unknown): Promise<unknown> {
  assert.ok(typeof sealed === "string");
  const parts = /^enc:1:([A-Za-z0-9+/]{16})\.([A-Za-z0-9+/]+=*)$/.exec(sealed);
  assert.ok(parts?.[1] && parts[2], `not sealed: ${sealed.slice(0, 40)}`);
  const iv = Uint8Array.fromBase64(parts[1]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, Uint8Array.fromBase64(parts[2]));
  return JSON.parse(new TextDecoder().decode(plain));
}
