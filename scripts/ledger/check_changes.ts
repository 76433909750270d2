// Holds the ledger against the data, both ways: each change that a gateway signed for the person has its entry, and each write that an
// entry says is stored has its change. Looks at one portion of a log at a time, and keeps only what does not fit.
import { claimOf } from "../../lib/authorship/claim.ts";
import type { ChangeVerifier } from "../../lib/authorship/change_verifier.ts";
import type { Change } from "../../lib/changes/change.ts";
import type { LogPortion } from "../../lib/changes/read_log.ts";
import { stampOf } from "../../lib/history/window.ts";
import type { LedgerEntry, WrotePart } from "../../lib/ledger/ledger_body.ts";
import type { Finding } from "./finding.ts";
import { lostEntries } from "./lost_entries.ts";
import type { OpenedChain } from "./open_chains.ts";

/** The comparison. A class, since it gathers over many logs. */
export class ChangeComparison {
  readonly #options: ComparisonOptions;
  readonly #written: ReadonlyMap<string, Written>;
  readonly #start: number;
  /** Calls with a change that no entry names, by their ids. */
  readonly #unnoted = new Map<string, UnnotedCall>();
  readonly #before = new Set<string>();
  #compared = 0;

  constructor(options: ComparisonOptions) {
    this.#options = options;
    this.#written = writtenIn(options.opened, options.since);
    this.#start = Math.max(startOf(options.opened), options.since);
  }

  /** The collections that entries name, as `app/table`: a tool of another version may have written others than today's tools. */
  get collections(): ReadonlySet<string> {
    return new Set([...this.#written.values()].map(({ wrote }) => wrote.c));
  }

  /** How many changes of assistants were compared. */
  get compared(): number {
    return this.#compared;
  }

  /** Compares the changes of a portion of a table's log. */
  look(app: string, table: string, { changes, until }: LogPortion): void {
    const { verifier } = this.#options;
    for (const change of changes) {
      const claim = claimOf(change);
      if (claim === null || claim.callId === null) continue;
      const writer = verifier.writerOf(app, table, change);
      const isProved = writer.kind !== "unverified" && writer.kind !== "person";
      const key = keyOf(claim.callId, wroteIn(`${app}/${table}`, change));
      const written = this.#written.get(key);
      if (written !== undefined) {
        const now = isProved ? "proved" : claim.signed === null ? "unsigned" : "altered";
        if (isProved || written.found !== "proved") written.found = now;
        written.isDoubled ||= !isProved;
        this.#compared += 1;
      } else if (isProved) {
        const stored = Math.ceil(Date.parse(until));
        this.#addUnnoted(key, claim.callId, claim.tool ?? "", Math.min(stampOf(change) ?? stored, stored));
      }
    }
  }

  /** Whether a call was found that no entry names. */
  get hasUnnoted(): boolean {
    return this.#unnoted.size > 0;
  }

  /** Takes calls for noted that a later look at the ledger names. */
  addLater(opened: readonly OpenedChain[]): void {
    const later = writtenIn(opened, 0);
    for (const [call, { keys }] of this.#unnoted) {
      for (const key of keys) if (later.has(key)) keys.delete(key);
      if (keys.size === 0) this.#unnoted.delete(call);
    }
  }

  /** What does not fit. `unread`: collections that could not be read. */
  findings(unread: ReadonlySet<string>): readonly Finding[] {
    const findings: Finding[] = [...unread].sort().map((c) => ({
      kind: "table-unread",
      chain: null,
      seq: null,
      at: null,
      more: c,
    }));
    let absent = 0;
    for (const written of this.#written.values()) {
      if (!written.isAsked || unread.has(written.wrote.c)) continue;
      // On equal stamps the later arrival wins: the other one may be what people see.
      if (written.found === "proved" && !written.isDoubled) continue;
      if (written.found === null && !written.isDone) absent += 1;
      else findings.push(this.#lostChange(written));
    }
    if (absent > 0) findings.push(told("unknown-outcome", absent));
    if (this.#before.size > 0) findings.push(told("before-ledger", this.#before.size));
    const unnoted = [...this.#unnoted.values()];
    const lost = lostEntries(this.#options.opened, unnoted);
    for (const call of unnoted) findings.push(unnotedCall(call, lost.has(call)));
    return findings;
  }

  #addUnnoted(key: string, call: string, tool: string, at: number): void {
    if (at < this.#start) {
      // With `--since`, what is older was not asked about.
      if (at >= this.#options.since) this.#before.add(key);
      return;
    }
    const known = this.#unnoted.get(call);
    if (known === undefined) this.#unnoted.set(call, { call, tool, at, keys: new Set([key]) });
    else {
      known.keys.add(key);
      known.at = Math.min(known.at, at);
    }
  }

  #lostChange({ wrote, chain, seq, at, call, tool, found }: Written): Finding {
    const more = `${tool}, ${wrote.op} in ${wrote.c}, call ${call}.`;
    const place = { chain, seq, at, more };
    if (found === null) return { kind: "change-missing", ...place };
    if (found === "proved") return { kind: "change-doubled", ...place };
    // Signed with the key before, and noted with the new one: the rows of the older key are there to see.
    return found === "altered" && !this.#options.hasOlderKey
      ? { kind: "change-altered", ...place }
      : { kind: "change-unproved", ...place };
  }
}

/** What is compared. */
export interface ComparisonOptions {
  readonly opened: readonly OpenedChain[];
  readonly verifier: ChangeVerifier;
  /** Nothing older is compared, in milliseconds since 1970; 0 for everything. */
  readonly since: number;
  /** Whether the ledger has rows that an older key sealed. */
  readonly hasOlderKey: boolean;
}

/** A write that entries name. */
interface Written extends Pick<LedgerEntry, "call" | "tool"> {
  readonly wrote: WrotePart;
  readonly chain: string;
  readonly seq: number;
  readonly at: number;
  /** False where it is older than what is compared. */
  readonly isAsked: boolean;
  /** Whether some entry says that it is stored. */
  isDone: boolean;
  /** `unsigned`, `altered`: a change that says the same, and nothing proves it. */
  found: "proved" | "altered" | "unsigned" | null;
  /** Whether there is one of these besides, or alone. */
  isDoubled: boolean;
}

interface UnnotedCall {
  readonly call: string;
  readonly tool: string;
  readonly keys: Set<string>;
  at: number;
}

function writtenIn(opened: readonly OpenedChain[], since: number): ReadonlyMap<string, Written> {
  const all = new Map<string, Written>();
  for (const { id, open } of opened) {
    for (const { seq, said } of open) {
      for (const { call, tool, at, wrote: list, outcome } of said?.entries ?? []) {
        for (const wrote of list) {
          const key = keyOf(call, wrote);
          const known = all.get(key);
          // What is older than asked for is known by its entry all the same: a stamp may be ahead of the clock.
          const isAsked = at >= since;
          const isDone = outcome === "done" && isAsked;
          if (known !== undefined) known.isDone ||= isDone;
          else {
            const place = { chain: id, seq, at };
            all.set(key, { call, tool, wrote, ...place, isAsked, isDone, found: null, isDoubled: false });
          }
        }
      }
    }
  }
  return all;
}

/** Since when there is a ledger: changes before it have no entries. Infinity where nothing of it opens. */
function startOf(opened: readonly OpenedChain[]): number {
  let start = Infinity;
  for (const { open } of opened) {
    for (const { said } of open) {
      for (const at of [said?.at ?? Infinity, ...(said?.entries ?? []).map((entry) => entry.at)]) {
        start = Math.min(start, at);
      }
    }
  }
  return start;
}

function unnotedCall(call: UnnotedCall, mayBeLost: boolean): Finding {
  const { at, tool, keys } = call;
  const more = `${tool}, ${keys.size === 1 ? "1 change" : `${keys.size} changes`}, call ${call.call}.`;
  return { kind: mayBeLost ? "entry-lost" : "entry-missing", chain: null, seq: null, at, more };
}

/** What a change did, as an entry names it. */
function wroteIn(c: string, { id, op, data, fields, deletedAt }: Change): WrotePart {
  if (op === "delete") return { c, id, op, at: deletedAt ?? "" };
  if (op === "insert") {
    return { c, id, op, at: typeof data?.updatedAt === "string" ? data.updatedAt : "" };
  }
  let at = "";
  for (const { stamp } of fields ?? []) if (stamp > at) at = stamp;
  return { c, id, op, at };
}

function keyOf(call: string, { c, id, op, at }: WrotePart): string {
  return JSON.stringify([call, c, id, op, at]);
}

function told(kind: Finding["kind"], count: number): Finding {
  return { kind, chain: null, seq: null, at: null, more: count === 1 ? "1 change." : `${count} changes.` };
}
