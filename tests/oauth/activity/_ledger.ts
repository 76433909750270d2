// What a gateway tells of the ledger, made up, for tests of the pages.
import type {
  Allowed,
  HandedRecords,
  LedgerEntry,
  LedgerPage,
} from "../../../sign_in/gateway/ledger_answers.ts";

/** A page of the ledger. */
export function ledgerPage(entries: readonly LedgerEntry[], changes: Partial<LedgerPage> = {}): LedgerPage {
  return {
    entries: [...entries],
    hasMore: false,
    oldest: entries.at(-1)?.at ?? null,
    documents: { [ALLOWED]: allowed() },
    gaps: 0,
    unreadable: 0,
    broken: 0,
    head: null,
    state: "kept",
    ...changes,
  };
}

/** Names what the app of {@link handed} was allowed. */
export const ALLOWED = "a".repeat(64);

/** A call; `id` is repeated to 32 digits in the call's own id. */
export function handed(id: string, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id: `${id.padEnd(32, "0")}-00000000.0`,
    at: "2026-05-01T11:58:00.000Z",
    app: null,
    isOwn: false,
    call: id.padEnd(32, "0"),
    tool: "notes.list",
    toolTitle: "List notes",
    module: "notes",
    moduleLabel: "Notes",
    outcome: "done",
    read: [records()],
    looked: [],
    wrote: 0,
    allowed: ALLOWED,
    ...changes,
  };
}

/** Records that a call was handed. */
export function records(changes: Partial<HandedRecords> = {}): HandedRecords {
  return {
    collection: "notes/notes",
    record: "note",
    space: { id: "space-1", name: "Anna", kind: "personal" },
    fields: ["title", "content"],
    count: 2,
    ids: ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"],
    ...changes,
  };
}

/** What an app was allowed. */
export function allowed(changes: Partial<Allowed> = {}): Allowed {
  return { scopes: ["notes:read", "notes:write"], rules: null, isUnreadable: false, until: null, ...changes };
}
