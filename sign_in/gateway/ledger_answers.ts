// What the gateway tells a page of the ledger, parsed: which call of which app was handed what, and what the app could have read then.
// Times are ISO 8601 in UTC. Contract: auth-vault, section 13.
import { z } from "zod";
import { Space } from "./answers.ts";

/** Records of one table that a call was handed. */
export type HandedRecords = z.infer<typeof HandedRecords>;
const HandedRecords = z.object({
  /** `app/table` */
  collection: z.string(),
  /** What a person calls such a record: "note". */
  record: z.string(),
  space: Space,
  /** In words. */
  fields: z.array(z.string()),
  count: z.number(),
  /** The first ones. */
  ids: z.array(z.string()),
});

/** One call, as the ledger has it. */
export type LedgerEntry = z.infer<typeof LedgerEntry>;
/** One call, as the ledger has it. */
export const LedgerEntry = z.object({
  /** Names the entry on the page. */
  id: z.string(),
  at: z.iso.datetime(),
  /** The app, of those that the request named; null for none of them. */
  app: z.string().nullable(),
  /** The call came with the person's own token. */
  isOwn: z.boolean(),
  /** Names the call in all that it wrote. */
  call: z.string(),
  tool: z.string(),
  toolTitle: z.string().nullable(),
  module: z.string(),
  moduleLabel: z.string(),
  outcome: z.enum(["done", "refused", "failed", "unknown"]),
  read: z.array(HandedRecords),
  /** Opened for a search or a sum, and not handed out. */
  looked: z.array(HandedRecords.pick({ collection: true, record: true, count: true })),
  /** Records that the call wrote. */
  wrote: z.number(),
  /** Names what the app could have read, among the `documents` of the answer; null for the person's own token. */
  allowed: z.string().nullable(),
});

/** What a document of a grant lets through of one table, or of every table that no other rule names (`*`). */
export type AllowedRule = z.infer<typeof AllowedRule>;
const AllowedRule = z.object({
  collection: z.string(),
  record: z.string(),
  access: z.array(z.string()),
  /** May add records that it may not read. */
  isBlind: z.boolean(),
  /** Null: all that the grant has. */
  spaces: z.array(Space).nullable(),
  /** Each condition in words. */
  where: z.array(z.string()),
  /** In words; null: all. */
  fields: z.array(z.string()).nullable(),
});

/** What an app was allowed when it called. */
export type Allowed = z.infer<typeof Allowed>;
/** What an app was allowed when it called. */
export const Allowed = z.object({
  scopes: z.array(z.string()),
  /** Null: the scopes alone rule. */
  rules: z.array(AllowedRule).nullable(),
  /** The document could not be read, so the app was shown nothing. */
  isUnreadable: z.boolean(),
  until: z.iso.datetime().nullable(),
});

/** A page of the ledger. */
export type LedgerPage = z.infer<typeof LedgerPage>;
/** A page of the ledger. */
export const LedgerPage = z.object({
  /** Newest first. */
  entries: z.array(LedgerEntry),
  hasMore: z.boolean(),
  oldest: z.iso.datetime().nullable(),
  documents: z.record(z.string(), Allowed),
  /** Calls of these days that could not be noted. */
  gaps: z.number(),
  /** Rows of these days that do not open, or are no rows of a ledger: nothing of them is shown. */
  unreadable: z.number(),
  /** Places in which something was taken out or altered. */
  broken: z.number(),
  /** The newest row that opens, by its place and hash; null where an older window was read, or nothing. */
  head: z.object({ chain: z.string(), seq: z.number(), hash: z.string() }).nullable(),
  /** `off`: the gateway notes nothing now, but of people who want it. `no-key`: it has no key of the person's. */
  state: z.enum(["kept", "off", "no-key"]),
});

/** A piece of the whole ledger. */
export const LedgerLines = z.object({
  /** JSON texts, oldest first. */
  lines: z.array(z.string()),
  /** Where the next piece begins; null: there is none. */
  next: z.string().nullable(),
});
