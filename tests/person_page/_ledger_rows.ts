// Writes ledgers as an honest gateway does, and as somebody without the person's key would like to: rows in the person's own log, by hand.
import assert from "node:assert/strict";
import { z } from "zod";
import { createAuthorKeys } from "../../lib/authorship/author_keys.ts";
import { hide } from "../../lib/kit/secret.ts";
import { type Allowed, hashAllowed } from "../../lib/ledger/allowed.ts";
import { cutBodies, type LedgerBatch, type NotedCall } from "../../lib/ledger/cut_bodies.ts";
import { hashRow, type LedgerRow, NO_ROW, rowId } from "../../lib/ledger/ledger_row.ts";
import { sealText } from "../../lib/own_records/envelope.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import type { ActivityQuestion } from "../../sign_in/gateway/actions.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { bearer, post } from "../_support/test_backend.ts";
import { type Apps, lastDays, signedIn } from "../history/_activity.ts";

/** A chain of one person. */
export interface Chain {
  /** The hash that app keys stand for. */
  pseudonymOf(appKey: string): Promise<string>;
  /** Adds rows with these calls; more than one where they do not fit. */
  note(calls: readonly NotedCall[], more?: Partial<LedgerBatch>): Promise<LedgerRow[]>;
  /** A row that would be next, not pushed. */
  next(text: string): Promise<LedgerRow>;
}

const VaultKey = z.object({ masterKey: z.string() });

/** Starts a chain that nobody has written to. Rows are stored by the time of the world. */
export async function startChain(world: Apps, name: string): Promise<Chain> {
  const { own } = world;
  const answer = await world.auth("/api/v1/me/encryption-vault/key", { headers: bearer(own) });
  const keys = createMasterKeys();
  const master = await keys.import(hide(VaultKey.parse(await answer.json()).masterKey));
  assert.ok(master);
  const key = await keys.sealingKey(master, "mana-mcp/ledger/v1");
  const chain = name.padEnd(32, "0");
  let before: LedgerRow | null = null;
  const next = async (text: string): Promise<LedgerRow> => {
    const seq = before === null ? 0 : before.seq + 1;
    const place = { subject: own.id, table: "ledger", recordId: rowId(chain, seq), field: "body" };
    return {
      chain,
      seq,
      prev: before === null ? NO_ROW : hashRow(before),
      body: await sealText(key, place, text),
      createdAt: new Date(world.clock.now).toISOString(),
    };
  };
  return {
    pseudonymOf: (appKey) => createAuthorKeys(keys).of(master).pseudonymOf(appKey),
    next,
    async note(calls, more = {}) {
      const batch = {
        at: world.clock.now,
        seen: new Map(),
        grants: new Map(),
        window: new Map(),
        gap: 0,
        isEnd: false,
        ...more,
        entries: calls,
      };
      const rows: LedgerRow[] = [];
      for (const text of cutBodies(batch)) rows.push(before = await next(text));
      await pushRows(world, rows);
      return rows;
    },
  };
}

/** Stores rows; `changes` makes another change of each. */
export async function pushRows(
  world: Apps,
  rows: readonly LedgerRow[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { own } = world;
  const spaceId = `_personal:${own.id}`;
  for (let start = 0; start < rows.length; start += 500) {
    const answer = await world.sync(
      "/sync/mcp",
      post({
        clientId: "a-gateway",
        since: "9999-12-31T23:59:59.999Z",
        changes: rows.slice(start, start + 500).map((row) => {
          const id = rowId(row.chain, row.seq);
          const common = { id, spaceId, authorId: own.id, visibility: "private", updatedAt: row.createdAt };
          return {
            table: "ledger",
            id,
            op: "insert",
            spaceId,
            data: { ...common, ...row, v: 1 },
            ...changes,
          };
        }),
      }, bearer(own)),
    );
    assert.equal(answer.status, 200, await answer.text());
  }
}

/** A call of an app that was handed two notes. */
export function noted(changes: Partial<NotedCall> = {}): NotedCall {
  return {
    at: 0,
    grant: "",
    app: "",
    allowed: "",
    tool: "notes.search",
    call: crypto.randomUUID().replaceAll("-", ""),
    args: "0".repeat(32),
    read: [{ c: "notes/notes", s: "", f: ["title", "updatedAt"], ids: ["note-1", "note-2"] }],
    looked: [],
    wrote: [],
    outcome: "done",
    ...changes,
  };
}

/** What was allowed, by its hash. */
export function grantsOf(...all: readonly Allowed[]): Map<string, Allowed> {
  return new Map(all.map((allowed) => [hashAllowed(allowed), allowed]));
}

/** What the page is shown: the last seven days and both apps, unless told otherwise. */
export async function seen(world: Apps, changes: Partial<Omit<ActivityQuestion, "modules">> = {}) {
  const shown = await askSeen(world, changes);
  assert.ok(shown?.ok, JSON.stringify(shown));
  return shown.answer;
}

/** The same with its fault. */
export async function askSeen(world: Apps, changes: Partial<Omit<ActivityQuestion, "modules">> = {}) {
  return await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.ledgerSeen, {
    apps: [world.claude.key, world.other.key],
    ...lastDays(world, 7),
    ...changes,
  });
}

/** Every line of the download, piece by piece. */
export async function exported(world: Apps): Promise<string[][]> {
  const pieces: string[][] = [];
  let after: string | null = null;
  do {
    const { lines, next }: { lines: string[]; next: string | null } = await piece(world, after);
    pieces.push(lines);
    after = next;
  } while (after !== null);
  return pieces;
}

async function piece(world: Apps, after: string | null) {
  const asked = await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.ledgerExport, { after });
  assert.ok(asked?.ok, JSON.stringify(asked));
  return asked.answer;
}
