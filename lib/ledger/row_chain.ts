// One chain of rows: numbers them, seals their bodies, and sends them one after the other. A row is fixed before it is sent, so that
// it can be sent again without a second row of the same number: ids and stamps make a repetition harmless.
import { toStamp } from "../changes/stamp.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { PushChange } from "../changes/sync_messages.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { sealText } from "../own_records/envelope.ts";
import { OWN_APP } from "../own_records/own_pull.ts";
import { OWN_ACTOR } from "../own_records/own_records.ts";
import type { Caller } from "../people/principal.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import { BODY_FIELD, hashRow, LEDGER_TABLE, MAX_SEQ, NO_ROW, rowId } from "./ledger_row.ts";

/** How a row was sent. `unknown`: it may be stored. */
export type Sent =
  | { readonly kind: "stored" }
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A chain, from its first row to the last one that was stored. A class, since one is made per person. */
export class RowChain {
  /** 32 hex digits. */
  readonly id: string;
  /** Hashes of what grants allowed, as far as the chain has told them. */
  readonly told = new Set<string>();
  /** Numbers of other chains' rows, as far as the chain has told them. */
  readonly seen = new Map<string, number>();
  #seq = 0;
  #prev = NO_ROW;
  /** Fixed, and perhaps stored. */
  #open: OpenRow | null = null;
  #master: CryptoKey | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether a row may be stored of which that is not known. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** How many rows are stored. */
  get length(): number {
    return this.#seq;
  }

  /** Whether no further row has a number. */
  get isFull(): boolean {
    return this.#seq > MAX_SEQ;
  }

  /** Says by which key rows are read from now on: who has a new one cannot read what was told before, so everything is told again. */
  readWith(master: CryptoKey): void {
    if (this.#master === master) return;
    this.#master = master;
    this.told.clear();
    this.seen.clear();
  }

  /** Seals the next row. Only while none is open. */
  async fix(key: CryptoKey, subject: string, text: string, at: number): Promise<void> {
    if (this.#open !== null) throw new TypeError("Cannot fix a row: the one before it may be stored");
    const [chain, seq, prev, id] = [this.id, this.#seq, this.#prev, rowId(this.id, this.#seq)];
    const place = { subject, table: LEDGER_TABLE, recordId: id, field: BODY_FIELD };
    const body = await sealText(key, place, text);
    const stamp = toStamp(at);
    const spaceId = personalSentinel(subject);
    const clear = {
      id,
      spaceId,
      authorId: subject,
      visibility: "private",
      createdAt: stamp,
      updatedAt: stamp,
    };
    const data = { ...clear, v: 1, chain, seq, prev, [BODY_FIELD]: body };
    const common = { table: LEDGER_TABLE, id, spaceId, actor: OWN_ACTOR, origin: "system" } as const;
    this.#open = {
      change: { ...common, op: "insert", data },
      hash: hashRow({ chain, seq, prev, body }),
      isPerhapsStored: false,
    };
  }

  /** Sends the row that is fixed, again where it was sent before. A row that was refused for certain is forgotten, number and all. */
  async send(sync: Pick<SyncClient, "push">, caller: Caller, signal: AbortSignal): Promise<Sent> {
    const open = this.#open;
    if (open === null) return { kind: "stored" };
    try {
      await sync.push(caller, { app: OWN_APP, record: "row of the ledger", changes: [open.change] }, signal);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      open.isPerhapsStored ||= error.refusal.reason === "write-unknown";
      if (open.isPerhapsStored) return { kind: "unknown" };
      this.#open = null;
      return { kind: "refused", refusal: error.refusal };
    }
    this.#prev = open.hash;
    this.#seq += 1;
    this.#open = null;
    return { kind: "stored" };
  }
}

interface OpenRow {
  readonly change: PushChange;
  readonly hash: string;
  isPerhapsStored: boolean;
}
