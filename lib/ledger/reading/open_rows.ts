// Reads rows of a person's ledger portion by portion, and opens them with the person's key. Nothing is kept. Whoever can write into the
// log, but has no key, can make rows that look like rows: such a row has no body here.
import type { Change } from "../../changes/change.ts";
import { type LogPortion, readPortions } from "../../changes/read_log.ts";
import type { SyncClient } from "../../changes/sync_client.ts";
import { openText } from "../../own_records/envelope.ts";
import { OWN_APP } from "../../own_records/own_pull.ts";
import type { Caller } from "../../people/principal.ts";
import type { Keyring } from "../../sealing/keyring.ts";
import type { MasterKeys } from "../../sealing/master_key.ts";
import { type LedgerBody, parseBody } from "../ledger_body.ts";
import { BODY_FIELD, LEDGER_TABLE, type LedgerRow, ledgerRowOf, rowId } from "../ledger_row.ts";

/** What a ledger is read with. */
export interface LedgerReadingDeps {
  /** Of the gateway's own tables: `createOwnPull` leaves out what lies in another space. */
  readonly ownPull: Pick<SyncClient, "pull">;
  readonly keyring: Pick<Keyring, "key" | "renew">;
  readonly masterKeys: Pick<MasterKeys, "sealingKey">;
}

/** A change of the ledger's table, as far as it is a row and opens. */
export interface ReadRow {
  readonly change: Change;
  /** Null: the change is no row of a ledger. */
  readonly row: LedgerRow | null;
  /** Null: the row does not open, or what is in it is no body. */
  readonly body: LedgerBody | null;
}

/** A portion of a ledger. */
export interface LedgerPortion extends Pick<LogPortion, "after" | "until"> {
  readonly rows: readonly ReadRow[];
}

/** Whose ledger is read, from where on, and what is done with it. */
export interface LedgerReading {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** A comparable instant (changes/instant.ts) of the service's clock. */
  readonly since: string;
  readonly look: (portion: LedgerPortion) => "enough" | void;
  /** As `readPortions` has it. */
  readonly around?: <Value>(read: () => Promise<Value>) => Promise<Value>;
}

/** Reads it. Throws what `Keyring.key` and `SyncClient.pull` throw. Without a key nothing is pulled. */
export async function readLedger(deps: LedgerReadingDeps, reading: LedgerReading): Promise<void> {
  const { caller, signal, since, look, around } = reading;
  const open = await createRowOpener(deps, caller, signal);
  const target = { caller, app: OWN_APP, table: LEDGER_TABLE, signal };
  await readPortions(deps.ownPull, target, since, async ({ changes, after, until }) => {
    return look({ rows: await open(changes), after, until });
  }, around);
}

/**
 * Opens the rows of one person. A row that stays closed is tried once more with the key that the vault has now. Throws what
 * `Keyring.key` throws.
 */
export async function createRowOpener(
  { keyring, masterKeys }: LedgerReadingDeps,
  caller: Caller,
  signal: AbortSignal,
): Promise<(changes: readonly Change[]) => Promise<ReadRow[]>> {
  const { subject } = caller.principal;
  let master = await keyring.key(caller, signal);
  const texts = async (rows: readonly LedgerRow[]): Promise<(string | null)[]> => {
    const key = await masterKeys.sealingKey(master, `mana-mcp/${LEDGER_TABLE}/v1`);
    return await Promise.all(rows.map(({ chain, seq, body }) => {
      const place = { subject, table: LEDGER_TABLE, recordId: rowId(chain, seq), field: BODY_FIELD };
      return openText(key, place, body);
    }));
  };
  return async (changes) => {
    const read = changes.map((change) => ({ change, row: ledgerRowOf(change) }));
    const opened = new Map<LedgerRow, string>();
    const tryAll = async (rows: readonly LedgerRow[]): Promise<LedgerRow[]> => {
      const found = await texts(rows);
      return rows.filter((row, index) => {
        const text = found[index] ?? null;
        if (text !== null) opened.set(row, text);
        return text === null;
      });
    };
    const closed = await tryAll(read.flatMap(({ row }) => row === null ? [] : [row]));
    if (closed.length > 0) {
      const other = await keyring.renew(caller, master, closed.map(({ body }) => body), signal);
      if (other !== null) {
        master = other;
        await tryAll(closed);
      }
    }
    return read.map(({ change, row }) => {
      const text = row === null ? undefined : opened.get(row);
      return { change, row, body: text === undefined ? null : parseBody(text) };
    });
  };
}
