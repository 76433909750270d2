// A call that waits to be noted in a row: what it was handed and what it wrote, by ids and names alone. Neither its arguments nor any
// text of a record is held.
import type { ChangedRow } from "../changes/push_changes.ts";
import type { PushField } from "../changes/sync_messages.ts";
import type { ConnectedClient } from "../people/principal.ts";
import type { NotedRead } from "./packed_reads.ts";
import type { LedgerEntry, LookedPart, WrotePart } from "./ledger_body.ts";

/** What the ledger is told of a call that is over. */
export interface CallNote {
  /** When the call began, milliseconds since 1970. */
  readonly at: number;
  /** Canonical name of the tool. */
  readonly tool: string;
  /** 32 hex digits; "" for a call that only reads, which then gets an id of its own. */
  readonly callId: string;
  readonly args: unknown;
  /** What the tool was handed. */
  readonly read: readonly NotedRead[];
  readonly looked: readonly LookedPart[];
  readonly outcome: Exclude<LedgerEntry["outcome"], "unknown">;
}

/** A class, since one is made per call. */
export class WaitingCall {
  readonly at: number;
  readonly tool: string;
  readonly callId: string;
  /** Null for the person's own token. */
  readonly client: ConnectedClient | null;
  readonly scopes: ReadonlySet<string> | null;
  /** "" for the person's own token. */
  readonly appKey: string;
  args = "";
  read: readonly NotedRead[] = [];
  looked: readonly LookedPart[] = [];
  readonly wrote: WrotePart[] = [];
  outcome: LedgerEntry["outcome"] = "done";
  /** `taken`: on its way into a row. */
  state: "waiting" | "taken" | "stored" | "lost" = "waiting";
  /** Resolves when the call waits, where it first needed a key. */
  entering: Promise<void> | null = null;
  /** The {@link weight} that was counted last. */
  weighed = 0;

  constructor(of: CallFacts) {
    this.at = of.at;
    this.tool = of.tool;
    this.callId = of.callId;
    this.client = of.client;
    this.scopes = of.scopes;
    this.appKey = of.appKey;
  }

  /** How many ids it holds, for the bound of all that wait. */
  get weight(): number {
    let weight = 1 + this.wrote.length;
    for (const { ids } of this.read) weight += ids.length;
    return weight;
  }
}

/** Whose call it is. */
export interface CallFacts extends Pick<CallNote, "at" | "tool" | "callId"> {
  readonly client: ConnectedClient | null;
  readonly scopes: ReadonlySet<string> | null;
  readonly appKey: string;
}

/** What a change that was pushed is told as. */
export function wrotePart({ table: { app, name }, change }: ChangedRow): WrotePart {
  const { id, op } = change;
  return { at: stampOf(change), c: `${app}/${name}`, id, op };
}

/** The newest stamp of a change; "" where it has none, as a hard delete. */
function stampOf({ op, data, fields, deletedAt }: ChangedRow["change"]): string {
  if (op === "delete") return deletedAt ?? "";
  if (op === "insert") return typeof data?.updatedAt === "string" ? data.updatedAt : "";
  return Object.values(fields ?? {}).reduce(newer, "");
}

function newer(newest: string, { at }: PushField): string {
  return at > newest ? at : newest;
}
