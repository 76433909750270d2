// What introspection tells of a grant that narrows the grant. A member that is there and cannot be read narrows the most, so that no
// fault between two servers opens what a person closed. Contract: auth-vault section 12.
import { isJsonObject } from "../kit/json.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import type { ConnectedClient } from "./principal.ts";

/** The members of a {@link ConnectedClient} that narrow it, of an answer of introspection; each absent where the answer has none. */
export function narrowingMembers(
  { authorization_details: details, read_budget: budget, ledger }: {
    readonly authorization_details?: unknown;
    readonly read_budget?: unknown;
    readonly ledger?: unknown;
  },
): Pick<ConnectedClient, "recordsDocument" | "readBudget" | "ledger"> {
  return {
    ...(details === undefined ? {} : { recordsDocument: recordsDocument(details) }),
    ...(isAbsent(budget) ? {} : { readBudget: readBudget(budget) }),
    ...(isAbsent(ledger) ? {} : { ledger: "strict" as const }),
  };
}

/** The type of the one entry that the gateway understands (RFC 9396 section 2). */
export const RECORDS_ENTRY_TYPE = "mana_records";

/** Bytes of a document as JSON in UTF-8. */
const MAX_DOCUMENT_BYTES = 64 * 1024;

/**
 * The one `mana_records` entry as JSON text. Empty for anything else: an entry of another type may be a limit too, which this gateway
 * would not keep.
 */
function recordsDocument(details: unknown): string {
  if (!Array.isArray(details) || details.length !== 1) return "";
  const entry: unknown = details[0];
  if (!isJsonObject(entry) || entry.type !== RECORDS_ENTRY_TYPE) return "";
  const text = JSON.stringify(entry);
  return utf8Bytes(text) > MAX_DOCUMENT_BYTES ? "" : text;
}

/** Records an hour. None for anything that is no such number: the usual budget may be more than the person chose. */
function readBudget(budget: unknown): number {
  return typeof budget === "number" && Number.isSafeInteger(budget) && budget >= 0 ? budget : 0;
}

function isAbsent(member: unknown): boolean {
  return member === undefined || member === null;
}
