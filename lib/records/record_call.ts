// One call's work with records: the person and space it is for, what the store lends it, and what it has handed out. What a
// call does not use is not made: most calls open nothing and write nothing.

import { RELAYED } from "../changes/folded/agents.ts";
import { overlaidTable } from "../changes/folded/overlaid_table.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import type { ChangeCache } from "../changes/change_cache.ts";
import type { OrderNumbers } from "../changes/order_numbers.ts";
import type {
  BatchPush,
  ChangedRow,
  ChangePush,
  PushedTable,
  RecordChange,
} from "../changes/push_changes.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import type { Clock } from "../kit/clock.ts";
import type { Cipher } from "../sealing/cipher.ts";
import type { Keyring } from "../sealing/keyring.ts";
import type { Resealing } from "../sealing/resealing.ts";
import { ValueOpener } from "../sealing/value_opener.ts";
import type { CallDisclosure, DisclosedRow, DisclosedTable } from "../spaces/call_disclosure.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import { NarrowedCall } from "./narrowed/narrowed_call.ts";
import type { NarrowedTables } from "./narrowed/narrowed_tables.ts";
import type { OpenedCache } from "./opened_cache.ts";
import type { PageCursors } from "./page_cursor.ts";
import type { PlanClock } from "./together/plan_clock.ts";
import type { RowPlan } from "./together/row_plan.ts";
import type { Turns } from "./together/turns.ts";
import type { UnfinishedWrites } from "./together/unfinished_writes.ts";

/** What the store lends to each call. */
export interface RecordCallDeps {
  readonly changes: Pick<ChangeCache, "read">;
  readonly grants: RecordGrants;
  readonly narrowedTables: NarrowedTables;
  readonly opened: OpenedCache;
  readonly cursors: PageCursors;
  readonly keyring: Keyring;
  readonly cipher: Cipher;
  /** Refuse to read plaintext from a sealed field of a sealed space. */
  readonly requireSealed: boolean;
  readonly push: ChangePush;
  readonly pushBatch: BatchPush;
  readonly turns: Turns;
  readonly unfinished: UnfinishedWrites;
  /** For the one question that folded tables cannot answer: whether an update ever arrived. */
  readonly sync: Pick<SyncClient, "pull">;
  readonly planClock: PlanClock;
  readonly orderNumbers: OrderNumbers;
  readonly resealing: Pick<Resealing, "pushed">;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Told how many fields of a table (`app/table`) were in plaintext where they should be sealed, or could not be read. */
  readonly observe: (kind: "unsealed" | "unreadable", table: string, count: number) => void;
}

/**
 * What stands for the push of a call that must not write yet: notes each change in `rows`, for the person to decide on. Nothing is
 * sent, so nothing has to be confirmed, and nothing is ever half done. The call reads what it would have written.
 */
export function collectingPush(
  { changes }: Pick<RecordCallDeps, "changes">,
  rows: ChangedRow[],
): CollectingPush {
  return {
    changes: {
      async read(reader, app, table) {
        const folded = await changes.read(reader, app, table);
        const own = rows.filter((row) => row.table.app === app && row.table.name === table);
        return own.length === 0 ? folded : overlaidTable(folded, own.map(({ change }) => change));
      },
    },
    push(_author: unknown, table: PushedTable, change: RecordChange) {
      rows.push({ table, change });
      return Promise.resolve();
    },
    pushBatch(_author: unknown, changes: readonly ChangedRow[]) {
      rows.push(...changes);
      return Promise.resolve();
    },
    resealing: { pushed() {} },
    unfinished: { find: () => null, keep() {}, forget() {} },
  };
}

/** The part of what a call is lent that it writes with. */
export type CollectingPush = Pick<
  RecordCallDeps,
  "changes" | "push" | "pushBatch" | "resealing" | "unfinished"
>;

/** A class, since one is made per call. */
export class RecordCall {
  readonly deps: RecordCallDeps;
  readonly scope: CallScope;
  /** What a document lets this caller meet; null where scopes alone rule. */
  readonly narrowed: NarrowedCall | null;
  /** The rows that are being planned, while the callback of `writeTogether` runs. */
  plan: RowPlan | null = null;
  /** `writeTogether` was called: a call writes together once. */
  hasPlanned = false;
  #cipher: Cipher | null = null;
  /** Records by others that were handed out, as `app/table/id`. */
  #byOthers: Set<string> | null = null;

  constructor(deps: RecordCallDeps, scope: CallScope) {
    this.deps = deps;
    this.scope = scope;
    const { principal } = scope.caller;
    const grant = principal.client?.recordsDocument === undefined ? null : deps.grants.of(principal);
    this.narrowed = grant === null ? null : new NarrowedCall(this, grant);
  }

  /** A cipher whose work counts as time of the call. */
  get cipher(): Cipher {
    const { cipher } = this.deps;
    const { tally } = this.scope.caller;
    return this.#cipher ??= Object.freeze({
      seal: (key: CryptoKey, value: unknown) => tally.crypto(() => cipher.seal(key, value)),
      open: (key: CryptoKey, sealed: string) => tally.crypto(() => cipher.open(key, sealed)),
    });
  }

  /** The table as of now. Take from it what is needed before the next await. Throws as `ChangeCache.read`. */
  async readTable({ app, name }: { readonly app: string; readonly name: string }): Promise<FoldedTable> {
    const { changes } = this.deps;
    const reading = changes.read(this.plan?.reader ?? this.scope, app, name);
    return await (this.narrowed === null ? reading : this.narrowed.read(reading, { app, name }));
  }

  /** The same, where sealed fields are opened next: the key is asked for while the table is read. */
  readTableToOpen(table: {
    readonly app: string;
    readonly name: string;
    readonly encrypted: readonly string[];
  }): Promise<FoldedTable> {
    const { caller, space } = this.scope;
    if (space.sealed && table.encrypted.length > 0) this.deps.keyring.prepare(caller);
    return this.readTable(table);
  }

  /** Opens single values of a table with the caller's key. */
  createValueOpener({ plainTextsOccur }: { readonly plainTextsOccur: boolean }): ValueOpener {
    const { keyring, requireSealed } = this.deps;
    const { cipher, scope } = this;
    return new ValueOpener({ keyring, cipher, requireSealed, plainTextsOccur, scope });
  }

  /**
   * Where it is told what is opened; null where nobody keeps account. To be read for a table with sealed fields alone: a call that
   * opens nothing begins no account.
   */
  get disclosure(): CallDisclosure | null {
    return this.scope.disclosure ?? null;
  }

  /** Notes that a record that somebody else wrote goes to the tool. */
  handOutByOther({ app, name }: { readonly app: string; readonly name: string }, id: string): void {
    const byOthers = this.#byOthers ??= new Set();
    byOthers.add(`${app}/${name}/${id}`);
    this.scope.onWrittenByOthers?.(byOthers.size);
  }

  /**
   * Notes that a row of a table without sealed fields goes to the tool, where an app with texts of others wrote into it. Which app wrote
   * it is not asked: to tell the caller's own from others takes the person's key, which such a call must not wait for.
   */
  handOutPlain(table: DisclosedTable, { row, agents }: DisclosedRow): void {
    if (agents?.includes(RELAYED) === true) this.disclosure?.handOutRelayed(table, row.id);
  }

  /** Counts what was met while fields were opened. */
  observeOpening(
    { app, name }: { readonly app: string; readonly name: string },
    { unsealed, unreadable }: { readonly unsealed: number; readonly unreadable: number },
  ): void {
    const { observe } = this.deps;
    if (unsealed > 0) observe("unsealed", `${app}/${name}`, unsealed);
    if (unreadable === 0) return;
    observe("unreadable", `${app}/${name}`, unreadable);
    this.scope.caller.tally.addUnreadable(unreadable);
  }
}

/** Frozen with its methods and without a prototype, so that a tool gets the methods and can reach and change nothing else. */
export function reachingNothing<T extends object>(methods: T): T {
  for (const method of Object.values(methods)) Object.freeze(method);
  Object.setPrototypeOf(methods, null);
  return Object.freeze(methods);
}
