// A page of a person's ledger: the newest calls of a window, what they were allowed, and what is missing. Reads the window once, from
// its start, and keeps nothing.
import type { Change } from "../../changes/change.ts";
import { EPOCH, parseInstant } from "../../changes/instant.ts";
import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";
import type { Caller } from "../../people/principal.ts";
import { type Allowed, type AllowedPart, joinAllowed } from "../allowed.ts";
import { hashRow } from "../ledger_row.ts";
import { ChainMarks } from "./chain_marks.ts";
import { NewestCalls, type SeenCall, type SeenWindow } from "./newest_calls.ts";
import { type LedgerPortion, type LedgerReadingDeps, readLedger } from "./open_rows.ts";

/** A page. */
export interface ReadPage {
  /** Newest first. */
  readonly calls: readonly SeenCall[];
  /** Whether the window has older calls. */
  readonly hasMore: boolean;
  /** By hash; what could not be found is missing. */
  readonly allowed: ReadonlyMap<string, Allowed>;
  /** Calls of the window that could not be noted. */
  readonly gaps: number;
  /** Rows of the window that do not open, or are no rows. */
  readonly unreadable: number;
  /** Places in which a chain does not hold. */
  readonly broken: number;
  /** The last row of the log; null where the window has none, and where its log was not read to the end. */
  readonly head: LedgerHead | null;
}

/** Names a row, and by its hash all rows of its chain before it. */
export interface LedgerHead {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** Reads it. Throws what `readLedger` throws. */
export async function readLedgerPage(
  deps: LedgerReadingDeps & { readonly clock: Pick<Clock, "after"> },
  window: SeenWindow,
  caller: Caller,
  signal: AbortSignal,
): Promise<ReadPage> {
  const start = instantOf(window.since - ODD_CLOCK_MS);
  const noted = new Noted(window);
  await readLedger(deps, { caller, signal, since: start, look: (portion) => noted.look(portion) });
  const { calls, hasMore } = noted.calls.page();
  const wanted = new Set(calls.flatMap(({ entries }) => entries.map(({ allowed }) => allowed)));
  wanted.delete("");
  const allowed = noted.told.among(wanted);
  if (allowed.size < wanted.size && start > EPOCH) {
    await lookBack(deps, { caller, signal, until: start, wanted, told: noted.told });
  }
  const { gaps, unreadable, broken, head } = noted;
  return { calls, hasMore, allowed: noted.told.among(wanted), gaps, unreadable, broken, head };
}

/** How far a gateway's clock may be from the service's, and how late a row may be stored. */
const ODD_CLOCK_MS = 24 * 60 * 60_000;

function instantOf(ms: number): string {
  return parseInstant(new Date(Math.max(0, ms)).toISOString()) ?? EPOCH;
}

/** What the rows of a window say. */
class Noted {
  readonly calls: NewestCalls;
  readonly told = new ToldAllowed();
  readonly #marks = new ChainMarks();
  readonly #window: SeenWindow;
  gaps = 0;
  unreadable = 0;
  broken = 0;
  head: LedgerHead | null = null;

  constructor(window: SeenWindow) {
    this.#window = window;
    this.calls = new NewestCalls(window);
  }

  look({ rows, after, until }: LedgerPortion): "enough" | void {
    if (Date.parse(after) > this.#window.until + ODD_CLOCK_MS) {
      this.head = null;
      return "enough";
    }
    for (const { change, row, body } of rows) {
      const place = row === null ? "broken" : this.#marks.note(row);
      // The same row once more: it was counted.
      if (place === "again") continue;
      if (row !== null && place === "broken") this.broken += 1;
      if (row === null || body === null) {
        if (this.#isOfWindow(change, { after, until })) this.unreadable += 1;
        continue;
      }
      this.head = { chain: row.chain, seq: row.seq, hash: hashRow(row) };
      this.told.add(body.grants);
      if (this.#has(body.at)) this.gaps += body.gap ?? 0;
      for (const [index, entry] of body.entries.entries()) this.calls.add(`${change.id}.${index}`, entry);
    }
  }

  #has(at: number): boolean {
    return at >= this.#window.since && at < this.#window.until;
  }

  /** By the stored time where the service can have stored the row then. A row of another time was planted, and is told on every page. */
  #isOfWindow({ data }: Change, { after, until }: Pick<LedgerPortion, "after" | "until">): boolean {
    const at = typeof data?.createdAt === "string" ? Date.parse(data.createdAt) : NaN;
    const isOdd = !(at >= Date.parse(after) - ODD_CLOCK_MS && at <= Date.parse(until) + ODD_CLOCK_MS);
    return isOdd || this.#has(at);
  }
}

/** What rows say of what was allowed, each thing once. */
class ToldAllowed {
  readonly #parts = new Map<string, AllowedPart[]>();

  add(grants: Readonly<Record<string, AllowedPart>>): void {
    for (const [hash, part] of Object.entries(grants)) {
      const parts = this.#parts.get(hash);
      if (parts === undefined) this.#parts.set(hash, [part]);
      else if (!parts.some((other) => isSamePart(other, part))) parts.push(part);
    }
  }

  /** Those of the hashes that are known whole. */
  among(hashes: ReadonlySet<string>): Map<string, Allowed> {
    const known = new Map<string, Allowed>();
    for (const hash of hashes) {
      const allowed = joinAllowed(hash, this.#parts.get(hash) ?? []);
      if (allowed !== null) known.set(hash, allowed);
    }
    return known;
  }
}

function isSamePart(one: AllowedPart, other: AllowedPart): boolean {
  return ("part" in one ? one.part : null) === ("part" in other ? other.part : null);
}

/** What is looked for before a window, and where it is put. */
interface LookBack {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly until: string;
  readonly wanted: ReadonlySet<string>;
  readonly told: ToldAllowed;
}

/**
 * Looks for what was allowed in the rows before a window: a chain tells it once, perhaps months ago. It was told first when the app
 * first called, so the log is read from its start, for a while only: without it the page still says everything but this.
 */
async function lookBack(
  deps: LedgerReadingDeps & { readonly clock: Pick<Clock, "after"> },
  { caller, signal, until, wanted, told }: LookBack,
): Promise<void> {
  const late = new AbortController();
  const cancel = deps.clock.after(LOOK_BACK_MS, () => late.abort());
  try {
    await readLedger(deps, {
      caller,
      signal: AbortSignal.any([signal, late.signal]),
      since: EPOCH,
      look({ rows, after }) {
        for (const { body } of rows) if (body !== null) told.add(body.grants);
        return after > until || told.among(wanted).size === wanted.size ? "enough" : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof Refused) || signal.aborted) throw error;
  } finally {
    cancel();
  }
}

/** So long may be looked for what was allowed. */
const LOOK_BACK_MS = 5_000;
