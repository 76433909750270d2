// Reads the gateway's own records of one table and opens them. What does not open is left out and counted, never handed on as stored.

import type { ChangeCache } from "../changes/change_cache.ts";
import { fieldNamesOf, type FoldedTable } from "../changes/folded/folded_table.ts";
import { CLOSED } from "../changes/folded/writable_fields.ts";
import { liveRecords } from "../changes/live_records.ts";
import { Refused } from "../kit/errors.ts";
import type { Caller } from "../people/principal.ts";
import { looksSealed } from "../sealing/cipher.ts";
import { personalSentinel } from "../spaces/active_space.ts";
import { isEnvelope, openText } from "./envelope.ts";
import { OWN_APP } from "./own_pull.ts";
import { isPieceField, wholeText } from "./pieces.ts";
import type { OwnField, OwnRecord, OwnRecordsDeps, OwnTable } from "./own_records.ts";

/** `OwnRecords.list`. */
export async function listOwnRecords(
  deps: OwnRecordsDeps & { readonly changes: Pick<ChangeCache, "read"> },
  caller: Caller,
  table: OwnTable,
  signal: AbortSignal,
): Promise<OwnRecord[]> {
  // The key first: a person without a key has no records, and nothing is pulled for them.
  const master = await deps.keyring.key(caller, signal);
  const reader = { caller, membershipVersion: NO_MEMBERSHIPS, signal, isStrict: true };
  const folded = await deps.changes.read(reader, OWN_APP, table);
  const { subject } = caller.principal;
  const found = sealedRecords(folded, subject);
  const closed = await openFields(deps, master, subject, table, found.sealed);
  const unread = closed.length === 0 ? closed : await openAnew(deps, caller, master, table, closed, signal);
  if (signal.aborted) throw new Refused({ reason: "cancelled" });
  const broken = found.open.reduce((sum, fields) => sum + joinPieces(fields), 0);
  const counts = {
    malformed: found.malformed,
    unsealed: found.unsealed,
    unreadable: unread.length + found.odd + broken,
  };
  for (const kind of ["malformed", "unsealed", "unreadable"] as const) {
    if (counts[kind] > 0) deps.observe(kind, `${OWN_APP}/${table}`, counts[kind]);
  }
  return found.records;
}

/** The rows are the person's own whatever they are a member of, so that no change of memberships needs another pull. */
const NO_MEMBERSHIPS = "";

/** A field that is still closed, with the place in which it is put once it is open. */
interface SealedField {
  readonly recordId: string;
  readonly field: string;
  readonly sealed: string;
  readonly stamp: string;
  readonly fields: Map<string, OwnField>;
}

/** Takes what is needed from the live table before anything is awaited. */
function sealedRecords(folded: FoldedTable, subject: string) {
  const id = personalSentinel(subject);
  const space = { id, kind: "personal", sealed: true, storedAs: new Set([id]) } as const;
  const records: OwnRecord[] = [];
  const sealed: SealedField[] = [];
  const open: Map<string, OwnField>[] = [];
  const counts = { malformed: 0, unsealed: 0, odd: 0 };
  for (const record of liveRecords(folded, space)) {
    if (record.createdAt === null) {
      counts.malformed += 1;
      continue;
    }
    const fields = new Map<string, OwnField>();
    open.push(fields);
    records.push({ id: record.id, createdAt: Date.parse(record.createdAt), fields });
    for (const field of fieldNamesOf(folded, record.id)) {
      if (CLOSED.has(field)) continue;
      const { value, stamp = "" } = record.cell(field) ?? {};
      if (isEnvelope(value)) sealed.push({ recordId: record.id, field, sealed: value, stamp, fields });
      else if (looksSealed(value)) counts.odd += 1;
      else counts.unsealed += 1;
    }
  }
  return { records, sealed, open, ...counts };
}

/** Puts texts in pieces together. Returns how many fields could not be. */
function joinPieces(fields: Map<string, OwnField>): number {
  let broken = 0;
  for (const [field, { text, stamp }] of [...fields]) {
    if (isPieceField(field)) continue;
    const whole = wholeText(field, text, (piece) => fields.get(piece)?.text);
    if (whole === text) continue;
    if (whole === null) {
      broken += 1;
      fields.delete(field);
    } else {
      fields.set(field, { text: whole, stamp });
    }
  }
  for (const field of [...fields.keys()]) if (isPieceField(field)) fields.delete(field);
  return broken;
}

/** Opens what opens, and returns the rest. */
async function openFields(
  { masterKeys }: Pick<OwnRecordsDeps, "masterKeys">,
  master: CryptoKey,
  subject: string,
  table: OwnTable,
  all: readonly SealedField[],
): Promise<readonly SealedField[]> {
  const key = await masterKeys.sealingKey(master, `mana-mcp/${table}/v1`);
  const texts = await Promise.all(
    all.map(({ recordId, field, sealed }) => openText(key, { subject, table, recordId, field }, sealed)),
  );
  return all.filter(({ field, stamp, fields }, index) => {
    const text = texts[index] ?? null;
    if (text !== null) fields.set(field, { text, stamp });
    return text === null;
  });
}

/** Tries the key that the vault has now, where it is another one. Returns what stays closed. */
async function openAnew(
  deps: Pick<OwnRecordsDeps, "masterKeys" | "keyring">,
  caller: Caller,
  refused: CryptoKey,
  table: OwnTable,
  closed: readonly SealedField[],
  signal: AbortSignal,
): Promise<readonly SealedField[]> {
  const key = await deps.keyring.renew(caller, refused, closed.map(({ sealed }) => sealed), signal);
  return key === null ? closed : await openFields(deps, key, caller.principal.subject, table, closed);
}
