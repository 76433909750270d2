// A person's whole ledger as lines of JSON, piece by piece, in the form that `deno task ledger verify` takes (scripts/ledger/): each row
// as it is stored, and what is in it, opened. One portion of the log is in memory at a time, and where a piece ends stands in its answer alone.
import type { Change } from "../../changes/change.ts";
import { EPOCH, parseInstant, stepBack } from "../../changes/instant.ts";
import { Refused } from "../../kit/errors.ts";
import { OWN_APP } from "../../own_records/own_pull.ts";
import type { Caller } from "../../people/principal.ts";
import { unpackIds } from "../id_list.ts";
import { LEDGER_TABLE } from "../ledger_row.ts";
import { createRowOpener, type LedgerReadingDeps, type ReadRow } from "./open_rows.ts";

/** Rows of one piece. */
const MOST_ROWS = 200;
/** Characters of one piece, far below what the sign-in server takes as an answer. A single line may have more. */
const MOST_CHARS = 2_000_000;

/** A piece. */
export interface LedgerPiece {
  /** Oldest first, without line ends. */
  readonly lines: readonly string[];
  /** Where the next piece begins; null: there is none. */
  readonly next: string | null;
}

/**
 * The piece that begins at `place`; null for the first. Throws what `Keyring.key` and `SyncClient.pull` throw, and Refused
 * `input-invalid` for a place that no piece has named.
 */
export async function readLedgerLines(
  deps: LedgerReadingDeps,
  place: string | null,
  caller: Caller,
  signal: AbortSignal,
): Promise<LedgerPiece> {
  const { position, last } = parsePlace(place);
  const open = await createRowOpener(deps, caller, signal);
  const portion = await deps.ownPull.pull(caller, OWN_APP, LEDGER_TABLE, position, signal);
  // Rows that share the time of a boundary come again with the next portion, the last one of the piece before among them.
  const rest = portion.changes.slice(portion.changes.findIndex((change) => nameOf(change) === last) + 1);
  const lines: string[] = place === null ? [headLine(caller)] : [];
  let chars = 0;
  let used = 0;
  for (const read of await open(rest.slice(0, MOST_ROWS))) {
    const line = lineOf(read);
    if (used > 0 && chars + line.length > MOST_CHARS) break;
    lines.push(line);
    chars += line.length;
    used += 1;
  }
  const end = rest[used - 1];
  const name = end === undefined ? last : nameOf(end);
  if (used < rest.length) return { lines, next: `${position} ${name}` };
  if (!portion.hasMore) return { lines, next: null };
  const next = stepBack(portion.syncedUntil, { micros: 1 });
  if (next <= position) {
    throw new Refused({ reason: "upstream-failed", upstream: "sync", fault: "malformed" });
  }
  return { lines, next: `${next} ${name}` };
}

/** What names a change in its log: the service gives each a name of its own. */
function nameOf({ eventId, id }: Change): string {
  return eventId ?? id;
}

function parsePlace(place: string | null): { readonly position: string; readonly last: string | null } {
  if (place === null) return { position: EPOCH, last: null };
  const [, instant = "", last = ""] = /^(\S+) ([^]*)$/.exec(place) ?? [];
  const position = parseInstant(instant);
  if (position === null) throw new Refused({ reason: "input-invalid", problems: ["after"] });
  return { position, last };
}

/** Whose ledger it is, in front of its changes. A gateway may reach the sync service by an address that is nobody else's business. */
function headLine({ principal }: Caller): string {
  return JSON.stringify({ ledger: 1, person: principal.subject, sync: "as the gateway reads it" });
}

/**
 * A change as the service gives it, by which a chain is verified without a key, and beside it what is in the row: null for what does not
 * open. Ids are written out.
 */
function lineOf({ change: { eventId: _, fields, ...change }, body }: ReadRow): string {
  return JSON.stringify({
    table: LEDGER_TABLE,
    ...change,
    fields: fields === null
      ? null
      : Object.fromEntries(fields.map(({ name, value, stamp }) => [name, { value, at: stamp }])),
    opened: body === null ? null : {
      ...body,
      entries: body.entries.map((entry) => ({
        ...entry,
        read: entry.read.map((part) => ({ c: part.c, s: part.s, f: part.f, ids: unpackIds(part) })),
      })),
    },
  });
}
