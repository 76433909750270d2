// The newest rows of a person's other chains: what this gateway's rows tell of them makes it evident when such a chain is cut later on,
// and what they count of apps' budgets holds here too. Reads what was stored lately, never the whole table.
import { parseInstant } from "../changes/instant.ts";
import { readLog } from "../changes/read_log.ts";
import { toStamp } from "../changes/stamp.ts";
import type { SyncClient } from "../changes/sync_client.ts";
import type { Clock } from "../kit/clock.ts";
import { LEDGER_HEADS_MS, MAX_LEDGER_HEADS } from "../kit/limits.ts";
import { openText } from "../own_records/envelope.ts";
import { OWN_APP } from "../own_records/own_pull.ts";
import type { Caller } from "../people/principal.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import { type GrantWindow, parseBody } from "./ledger_body.ts";
import { BODY_FIELD, hashRow, LEDGER_TABLE, type LedgerRow, ledgerRowOf, rowId } from "./ledger_row.ts";

/** The newest row of a chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
  /** When it was written, by its writer's clock. */
  readonly at: number;
  /** By grant. */
  readonly window: ReadonlyMap<string, GrantWindow>;
}

/** Dependencies of {@link ChainHeads}. */
export interface ChainHeadsDeps {
  readonly sync: Pick<SyncClient, "pull">;
  readonly clock: Clock;
  /** The key that opens rows. */
  readonly sealing: (masterKey: CryptoKey) => Promise<CryptoKey>;
}

/** The heads of one person's chains, those aside that `isOwn` knows. A class, since one is made per person. */
export class ChainHeads {
  readonly #deps: ChainHeadsDeps;
  readonly #isOwn: (chain: string) => boolean;
  readonly #heads = new Map<string, ChainHead>();
  #readAt: number | null = null;
  #reading: Promise<void> | null = null;

  constructor(deps: ChainHeadsDeps, isOwn: (chain: string) => boolean) {
    this.#deps = deps;
    this.#isOwn = isOwn;
  }

  /** By chain, as of the last {@link refresh}. */
  get all(): ReadonlyMap<string, ChainHead> {
    return this.#heads;
  }

  /** When {@link refresh} last began that came to its end, milliseconds since 1970; null before the first. */
  get readAt(): number | null {
    return this.#readAt;
  }

  /** Reads what was stored since the last time. Throws what `SyncClient.pull` throws. */
  refresh(caller: Caller, masterKey: CryptoKey, signal: AbortSignal): Promise<void> {
    return this.#reading ??= this.#read(caller, masterKey, signal).finally(() => this.#reading = null);
  }

  async #read(caller: Caller, masterKey: CryptoKey, signal: AbortSignal): Promise<void> {
    const { clock, sync } = this.#deps;
    const now = clock.calendar();
    const oldest = now - LEDGER_HEADS_MS;
    const from = this.#readAt === null ? oldest : Math.max(oldest, this.#readAt - OVERLAP_MS);
    const since = parseInstant(toStamp(Math.max(0, from)));
    if (since === null) return;
    const sentinel = personalSentinel(caller.principal.subject);
    const rows = new Map<string, LedgerRow[]>();
    const target = { caller, app: OWN_APP, table: LEDGER_TABLE, signal };
    for await (const change of readLog(sync, target, since)) {
      const row = change.spaceId === sentinel ? ledgerRowOf(change) : null;
      if (row !== null && !this.#isOwn(row.chain)) keepNewest(rows, row);
    }
    const key = await this.#deps.sealing(masterKey);
    const { subject } = caller.principal;
    for (const [chain, newest] of rows) {
      const known = this.#heads.get(chain);
      const head = await openNewest(key, subject, newest, known?.seq ?? -1);
      if (head !== null) this.#heads.set(chain, head);
    }
    this.#readAt = now;
    const kept = [...this.#heads].filter(([, { at }]) => at >= oldest)
      .sort(([, a], [, b]) => b.at - a.at).slice(0, MAX_LEDGER_HEADS);
    this.#heads.clear();
    for (const [chain, head] of kept) this.#heads.set(chain, head);
  }
}

/** A row that the service stored late is found again. */
const OVERLAP_MS = 60_000;
/** Rows of one chain that are tried, newest first: a made-up row must not hide the real ones. */
const MAX_TRIED = 8;
/** Chains that are looked at: whoever can write rows could make up many. */
const MAX_CHAINS = 500;

/** Keeps the rows with the highest numbers, highest first. */
function keepNewest(rows: Map<string, LedgerRow[]>, row: LedgerRow): void {
  if (!rows.has(row.chain) && rows.size >= MAX_CHAINS) return;
  const newest = rows.getOrInsertComputed(row.chain, () => []);
  if (newest.length === MAX_TRIED && row.seq < (newest.at(-1)?.seq ?? 0)) return;
  const place = newest.findIndex(({ seq }) => seq <= row.seq);
  newest.splice(place === -1 ? newest.length : place, 0, row);
  newest.splice(MAX_TRIED);
}

/** The newest row after `known` whose body opens. */
async function openNewest(
  key: CryptoKey,
  subject: string,
  rows: readonly LedgerRow[],
  known: number,
): Promise<ChainHead | null> {
  for (const row of rows) {
    if (row.seq <= known) return null;
    const place = { subject, table: LEDGER_TABLE, recordId: rowId(row.chain, row.seq), field: BODY_FIELD };
    const text = await openText(key, place, row.body);
    const body = text === null ? null : parseBody(text);
    if (body === null) continue;
    const { at, window } = body;
    return { seq: row.seq, hash: hashRow(row), at, window: new Map(Object.entries(window)) };
  }
  return null;
}
