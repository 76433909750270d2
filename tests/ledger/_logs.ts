// Ledgers that honest gateways wrote, made by hand: with the gateway's own envelope, hashes and signatures, and without a gateway, so that
// thousands of them can be made. And a source over logs that an adversary has changed.
import assert from "node:assert/strict";
import { createAuthorKeys } from "../../lib/authorship/author_keys.ts";
import { createChangeVerifier } from "../../lib/authorship/change_verifier.ts";
import { actorOf } from "../../lib/authorship/claim.ts";
import { contentOfPush, signedText } from "../../lib/authorship/signed_text.ts";
import { type Change, createShare, parseChange } from "../../lib/changes/change.ts";
import type { RecordChange } from "../../lib/changes/push_changes.ts";
import { toStamp } from "../../lib/changes/stamp.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { cutBodies, type NotedCall } from "../../lib/ledger/cut_bodies.ts";
import { BODY_FIELD, hashRow, LEDGER_TABLE, NO_ROW, rowId } from "../../lib/ledger/ledger_row.ts";
import { sealText } from "../../lib/own_records/envelope.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { personalSentinel } from "../../lib/spaces/active_space.ts";
import type { LedgerKeys, LedgerSource } from "../../scripts/ledger/pull_ledger.ts";
import type { Pins } from "../../scripts/ledger/pin_file.ts";
import { reportLines } from "../../scripts/ledger/report.ts";
import { exitCodeOf } from "../../scripts/ledger/verify_ledger.ts";
import { verifyOnline } from "../../scripts/ledger/verify_online.ts";

/** What the sync service has of a person. An adversary changes it at will. */
export interface Logs {
  ledger: Change[];
  /** By `app/table`. */
  readonly data: Map<string, Change[]>;
}

/** A copy, of which the changes can be replaced and not altered. */
export function copyOf({ ledger, data }: Logs): Logs {
  return { ledger: [...ledger], data: new Map([...data].map(([table, changes]) => [table, [...changes]])) };
}

/** Verifies logs as the task does. `lines` are those that tell findings. */
export async function verifyLogs(
  logs: Logs,
  of: Owner,
  options: { pins?: Pins | null; since?: number } = {},
) {
  const { pins = null, since = 0 } = options;
  const tables = [...logs.data.keys()].map((table) => {
    const [app = "", name = ""] = table.split("/");
    return { app, name };
  });
  const verified = await verifyOnline(sourceOf(logs, of), { tables, since, pins });
  const lines = reportLines(verified, verified.compared);
  return {
    code: exitCodeOf(verified.findings),
    kinds: verified.findings.map(({ kind }) => kind).sort(),
    lines: lines.slice(1, -1),
    all: lines.join("\n"),
    verified,
  };
}

/** Whose logs they are, and the keys. */
export interface Owner {
  readonly subject: string;
  readonly keys: LedgerKeys | null;
}

/** A source that gives these logs, one portion each. */
export function sourceOf(logs: Logs, { subject, keys }: Owner): LedgerSource {
  const until = "2027-01-01T00:00:00.000000000Z";
  return {
    subject,
    rows: () => Promise.resolve({ changes: logs.ledger, unusable: 0 }),
    read: (app, table, after, look) => {
      look({ changes: logs.data.get(`${app}/${table}`) ?? [], after, until });
      return Promise.resolve(0);
    },
    keys: () => Promise.resolve(keys),
  };
}

/** Somebody with a master key of 32 equal bytes. */
export async function createOwner(subject: string, byte = 7): Promise<Writer> {
  const masterKeys = createMasterKeys();
  const master = await masterKeys.import(hideStrictly(new Uint8Array(32).fill(byte).toBase64()));
  assert.ok(master);
  const sign = await createAuthorKeys(masterKeys).of(master).signing();
  const rowKey = await masterKeys.sealingKey(master, `mana-mcp/${LEDGER_TABLE}/v1`);
  return { subject, sign, keys: { rowKey, verifier: createChangeVerifier(subject, sign) } };
}

/** An owner who can write as a gateway does. */
export interface Writer extends Owner {
  readonly keys: LedgerKeys;
  readonly sign: (text: string) => string;
}

/** What the log gives back of a change that is pushed. */
export function pulled(entry: Readonly<Record<string, unknown>>): Change {
  const change = parseChange({ eventId: crypto.randomUUID(), ...entry }, String(entry.table), createShare());
  assert.ok(change, JSON.stringify(entry));
  return change;
}

/** A row as a gateway pushes it. */
export async function rowChange(
  { subject, keys }: Writer,
  { chain, seq, prev, text, at }: {
    readonly chain: string;
    readonly seq: number;
    readonly prev: string;
    readonly text: string;
    readonly at: number;
  },
): Promise<{ readonly change: Change; readonly hash: string }> {
  const id = rowId(chain, seq);
  const place = { subject, table: LEDGER_TABLE, recordId: id, field: BODY_FIELD };
  const body = await sealText(keys.rowKey, place, text);
  const [spaceId, stamp] = [personalSentinel(subject), toStamp(at)];
  const clear = { id, spaceId, authorId: subject, visibility: "private", createdAt: stamp, updatedAt: stamp };
  const data = { ...clear, v: 1, chain, seq, prev, [BODY_FIELD]: body };
  const change = pulled({ table: LEDGER_TABLE, id, op: "insert", spaceId, origin: "system", data });
  return { change, hash: hashRow({ chain, seq, prev, body }) };
}

/** A change of a note, signed as a gateway signs the calls of the person's own token. */
export function signedChange({ subject, sign }: Writer, callId: string, change: RecordChange): Change {
  const tool = change.op === "insert" ? "notes.create" : "notes.update";
  const actor = actorOf({ tool, clientName: "test", callId }, false, null);
  const place = { subject, app: "notes", table: "notes" };
  const mac = sign(signedText(place, { ...actor, callId }, contentOfPush(change)));
  return pulled({
    table: "notes",
    ...change,
    actor: { ...actor, iterationId: `${callId}.${mac}` },
    origin: "agent",
  });
}

/** What is said with a row besides its calls. */
export interface FlushOptions {
  readonly gap?: number;
  readonly isEnd?: boolean;
  /** Of every call in it. */
  readonly outcome?: NotedCall["outcome"];
}

/** One gateway process, as far as its ledger goes. */
export class HonestGateway {
  readonly chain: string;
  readonly #writer: Writer;
  readonly #logs: Logs;
  readonly #seen = new Map<string, number>();
  #seq = 0;
  #prev = NO_ROW;
  #waiting: NotedCall[] = [];

  constructor(writer: Writer, logs: Logs, chain: string) {
    this.#writer = writer;
    this.#logs = logs;
    this.chain = chain;
  }

  /** A call that makes a note (`isWrite`), or reads one. It waits for a row. Returns the change, which is stored. */
  call(callId: string, at: number, isWrite: boolean): Change | null {
    const id = `note-${callId.slice(0, 8)}`;
    const base = {
      at,
      grant: "",
      app: "",
      allowed: "",
      call: callId,
      args: "",
      looked: [],
      outcome: "done",
    } as const;
    if (!isWrite) {
      const read = [{ c: "notes/notes", s: "", f: ["title"], ids: [id] }];
      this.#waiting.push({ ...base, tool: "notes.read", read, wrote: [] });
      return null;
    }
    const stamp = toStamp(at);
    const data = { id, title: "enc:1:sealed", createdAt: stamp, updatedAt: stamp };
    const change = signedChange(this.#writer, callId, { id, op: "insert", spaceId: "org", data });
    this.#logs.data.getOrInsertComputed("notes/notes", () => []).push(change);
    const wrote = [{ c: "notes/notes", id, op: "insert", at: stamp } as const];
    this.#waiting.push({ ...base, tool: "notes.create", read: [], wrote });
    return change;
  }

  /** Stores what waits. `heads` are the newest rows of all chains as this gateway sees them. */
  async flush(
    at: number,
    heads: ReadonlyMap<string, readonly [seq: number, hash: string]>,
    { gap = 0, isEnd = false, outcome = "done" }: FlushOptions = {},
  ): Promise<readonly [seq: number, hash: string]> {
    const seen = new Map(
      [...heads].filter(([chain, [seq]]) => chain !== this.chain && (this.#seen.get(chain) ?? -1) < seq),
    );
    for (const [chain, [seq]] of seen) this.#seen.set(chain, seq);
    const entries = this.#waiting.map((call) => ({ ...call, outcome }));
    const batch = { at, entries, seen, grants: new Map(), window: new Map(), gap, isEnd };
    this.#waiting = [];
    for (const text of cutBodies(batch)) {
      const place = { chain: this.chain, seq: this.#seq, prev: this.#prev, text, at };
      const { change, hash } = await rowChange(this.#writer, place);
      this.#logs.ledger.push(change);
      this.#seq += 1;
      this.#prev = hash;
    }
    return [this.#seq - 1, this.#prev];
  }
}
