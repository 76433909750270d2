// What a person's ledger holds, read as any of their devices could: from the sync service, with the key of their vault, and by the
// format as docs/ledger.md tells it, without the gateway's reader.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { z } from "zod";
import { type LedgerBody, parseBody } from "../../lib/ledger/ledger_body.ts";
import { type Account, bearer, type Services } from "../_support/test_backend.ts";
import { pullAll, type StoredChange } from "../_support/device.ts";
import type { World } from "../_support/world.ts";

export const LEDGER = { app: "mcp", table: "ledger" };

/** A row, with its body where it opens. */
export interface ReadRow {
  readonly change: StoredChange;
  readonly chain: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly body: LedgerBody;
}

const Stored = z.strictObject({
  id: z.string(),
  spaceId: z.string(),
  authorId: z.string(),
  visibility: z.literal("private"),
  createdAt: z.string(),
  updatedAt: z.string(),
  v: z.literal(1),
  chain: z.string(),
  seq: z.number(),
  prev: z.string(),
  body: z.string(),
});

/** The members of all rows that are not sealed, in the order of the log. */
export async function clearRows(world: Services, person: Account) {
  return (await pullAll(world, person, LEDGER)).map(({ data }) => Stored.parse(data));
}

/**
 * All rows as stored, in the order of the log. Each is held against the format. `opening`: with another key than the vault has now.
 * `isLenient`: without those that do not open.
 */
export async function readRows(
  world: Services,
  person: Account,
  opening?: Uint8Array,
  isLenient = false,
): Promise<ReadRow[]> {
  const key = opening ?? await rowKey(world, person);
  const rows: ReadRow[] = [];
  for (const change of await pullAll(world, person, LEDGER)) {
    assert.equal(change.op, "insert");
    const row = Stored.parse(change.data);
    assert.equal(change.id, row.id);
    assert.equal(row.id, `${row.chain}-${row.seq.toString(16).padStart(8, "0")}`);
    assert.equal(row.spaceId, `_personal:${person.id}`);
    assert.equal(row.authorId, person.id);
    assert.deepEqual(change.actor, {
      kind: "system",
      principalId: "system:mana-mcp",
      displayName: "mana-mcp",
    });
    let text: string;
    try {
      text = open(key, `${person.id}\0ledger\0${row.id}\0body`, row.body);
    } catch (error) {
      if (isLenient) continue;
      throw error;
    }
    const body = parseBody(text);
    assert.ok(body, "a body of the format");
    const hash = createHash("sha256")
      .update(`mana-mcp ledger v1\0${row.chain}\0${row.seq}\0${row.prev}\0${row.body}`).digest("hex");
    rows.push({ change, chain: row.chain, seq: row.seq, prev: row.prev, hash, body });
  }
  return rows;
}

/** All rows by chain, in the order of their first rows. Asserts that each chain is whole, and no row is stored twice with other bytes. */
export async function readChains(world: Services, person: Account): Promise<ReadRow[][]> {
  const chains = new Map<string, ReadRow[]>();
  for (const row of await readRows(world, person)) {
    const rows = chains.getOrInsertComputed(row.chain, () => []);
    const again = rows.find(({ seq }) => seq === row.seq);
    if (again === undefined) rows.push(row);
    else assert.equal(again.hash, row.hash, "a fork");
  }
  for (const rows of chains.values()) {
    assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, index) => index));
    assert.deepEqual(
      rows.map(({ prev }) => prev),
      ["0".repeat(64), ...rows.slice(0, -1).map(({ hash }) => hash)],
    );
  }
  return [...chains.values()];
}

/** All entries, in the order of the log. */
export async function readEntries(world: Services, person: Account) {
  return (await readChains(world, person)).flatMap((rows) => rows.flatMap(({ body }) => body.entries));
}

/** The key that rows are sealed with, derived without the gateway's code. */
export async function rowKey(world: Services, person: Account): Promise<Uint8Array> {
  return new Uint8Array(hkdfSync("sha256", await masterKey(world, person), "", "mana-mcp/ledger/v1", 32));
}

/** The person's master key. */
export async function masterKey(world: Services, person: Account): Promise<Uint8Array> {
  const answer = await world.auth("/api/v1/me/encryption-vault/key", { headers: bearer(person) });
  const { masterKey } = z.object({ masterKey: z.string() }).parse(await answer.json());
  return Uint8Array.fromBase64(masterKey);
}

function open(key: Uint8Array, place: string, sealed: string): string {
  const [, iv = "", tail = ""] = /^mcp:1:([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  const bytes = Uint8Array.fromBase64(tail, { alphabet: "base64url" });
  const decipher = createDecipheriv("aes-256-gcm", key, Uint8Array.fromBase64(iv, { alphabet: "base64url" }));
  decipher.setAuthTag(bytes.slice(-16)).setAAD(new TextEncoder().encode(place));
  const text = decipher.update(bytes.slice(0, -16)).toString() + decipher.final().toString();
  assert.ok(text.length <= 15_000, String(text.length));
  return text;
}

/** Time that runs only when a test says so: what the gateway does later. */
export function createTimers() {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  let now = 0;
  return {
    after(ms: number, run: () => void) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    /** How many wait, and for how long. */
    waiting: () => [...timers].map(({ at }) => at - now).sort((a, b) => a - b),
    /** Lets time pass, and with it whatever is due. */
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

/** Resolves once something is so that happens without a request of the test's own. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    assert.ok(turn < 20_000, "it does not happen");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Requests for rows that the gateway pushed. */
export function rowPushes(world: World): string[] {
  return world.upstreamCalls.filter(({ method, url }) => method === "POST" && url.endsWith("/sync/mcp"))
    .map(({ body }) => body);
}
