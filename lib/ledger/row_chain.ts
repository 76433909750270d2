// One chain of rows: numbers them, seals their bodies, and sends them. Rows are fixed before they are sent, so that they can be sent again
// without a second row of the same number: ids and stamps make a repetition harmless. Rows of one push are stored in their order,
// each by itself (sync contract section 2): a push that breaks off leaves the first of them.
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

/** How rows were sent. `unknown`: some or all may be stored. */
export type Sent =
  | { readonly kind: "stored" }
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** More rows than any batch has. */
const MAX_ROWS_AT_ONCE = 10_000;

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
  #open: OpenRows | null = null;
  #master: CryptoKey | null = null;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether rows are fixed of which it is not known that they are stored. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** How many rows are stored. */
  get length(): number {
    return this.#seq;
  }

  /** Whether no further row has a number. */
  get isFull(): boolean {
    return this.#seq > MAX_SEQ - MAX_ROWS_AT_ONCE;
  }

  /** Says by which key rows are read from now on: who has a new one cannot read what was told before, so everything is told again. */
  readWith(master: CryptoKey): void {
    if (this.#master === master) return;
    this.#master = master;
    this.told.clear();
    this.seen.clear();
  }

  /** Seals the next rows, stamped with the time that their bodies say. Only while none is open. */
  async fix(key: CryptoKey, subject: string, texts: readonly string[], at: number): Promise<void> {
    if (this.#open !== null) throw new TypeError("Cannot fix rows: those before them may be stored");
    const stamp = toStamp(at);
    const spaceId = personalSentinel(subject);
    const chain = this.id;
    const changes: PushChange[] = [];
    const bodies = await Promise.all(texts.map((text, index) => {
      const recordId = rowId(chain, this.#seq + index);
      return sealText(key, { subject, table: LEDGER_TABLE, recordId, field: BODY_FIELD }, text);
    }));
    let prev = this.#prev;
    for (const body of bodies) {
      const seq = this.#seq + changes.length;
      const id = rowId(chain, seq);
      const clear = {
        id,
        spaceId,
        authorId: subject,
        visibility: "private",
        createdAt: stamp,
        updatedAt: stamp,
      };
      const data = { ...clear, v: 1, chain, seq, prev, [BODY_FIELD]: body };
      changes.push({
        table: LEDGER_TABLE,
        id,
        spaceId,
        actor: OWN_ACTOR,
        origin: "system",
        op: "insert",
        data,
      });
      prev = hashRow({ chain, seq, prev, body });
    }
    this.#open = { changes, last: prev, isPerhapsStored: false };
  }

  /** Sends the rows that are fixed, again where they were sent before. Rows that were refused for certain are forgotten, numbers and all. */
  async send(sync: Pick<SyncClient, "push">, caller: Caller, signal: AbortSignal): Promise<Sent> {
    const open = this.#open;
    if (open === null) return { kind: "stored" };
    const { changes } = open;
    try {
      await sync.push(caller, { app: OWN_APP, record: "row of the ledger", changes }, signal);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      open.isPerhapsStored ||= error.refusal.reason === "write-unknown";
      if (open.isPerhapsStored) return { kind: "unknown" };
      this.#open = null;
      return { kind: "refused", refusal: error.refusal };
    }
    this.#prev = open.last;
    this.#seq += changes.length;
    this.#open = null;
    return { kind: "stored" };
  }
}

interface OpenRows {
  readonly changes: readonly PushChange[];
  /** The hash of the last of them. */
  readonly last: string;
  isPerhapsStored: boolean;
}
