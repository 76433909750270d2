// What a call asks the person for: exactly the changes that it would make, and who asks. It is written once and never changed, so
// that a decision can name it by its hash. Parsed when it is read again: another version of the gateway may have written it.
import { z } from "zod";
import type { ChangedRow } from "../changes/push_changes.ts";
import { withSortedMembers } from "../kit/json.ts";
import { hashText } from "./hash_text.ts";

/** A call that asks. */
export const Ask = z.object({
  v: z.literal(1),
  /** Canonical name of the tool. */
  tool: z.string(),
  /** {@link callHash} of the call: the same call again is told by it. The arguments themselves are in the changes, as far as they count. */
  call: z.string(),
  space: z.string(),
  /** Empty for the person's own token. */
  grantId: z.string(),
  /** Empty for the person's own token. */
  appKey: z.string(),
  clientName: z.string(),
  callId: z.string(),
  /** Whether the app had been handed texts of others when it asked: the changes say so when they are stored. */
  isRelaying: z.boolean().default(false),
  /**
   * What the grant showed the app when it asked, as `RecordGrant.key` names it: the question and the output below hold what could be
   * read by that. Empty for a grant without a document, and for the person's own token.
   */
  shownBy: z.string().default(""),
  /** The question, as the gateway words it for this app: it names nothing that the app may not read. */
  sentence: z.string(),
  /** In the order in which they are stored. Sealed values are sealed already. */
  changes: z.array(z.object({
    app: z.string(),
    table: z.string(),
    record: z.string(),
    change: z.object({
      id: z.string(),
      op: z.enum(["insert", "update", "delete"]),
      spaceId: z.string().optional(),
      data: z.record(z.string(), z.unknown()).optional(),
      fields: z.record(
        z.string(),
        z.object({ value: z.unknown(), at: z.string(), updatedAt: z.string() }),
      ).optional(),
      deletedAt: z.string().optional(),
    }),
  })).min(1),
  /** The state of each changed record when the call asked, in the order of `changes`. */
  fingerprints: z.array(z.string()),
  /** What the call was handed until it asked: what the question and the output tell later is counted by it. */
  handed: z.array(z.object({
    app: z.string(),
    table: z.string(),
    record: z.string(),
    fields: z.array(z.string()).readonly(),
    texts: z.number(),
    isByOther: z.boolean(),
    agents: z.array(z.string()).readonly(),
    records: z.array(z.tuple([z.string(), z.number()]).readonly()).readonly(),
  })).default([]),
  /** What the tool answers once the changes are stored. */
  output: z.record(z.string(), z.unknown()),
  /** Milliseconds since 1970. */
  made: z.number(),
  until: z.number(),
});
/** A call that asks. */
export type Ask = z.infer<typeof Ask>;

/** The answer to an ask, by the hash of what it answers: an answer that was moved here from another ask is none. */
export const No = z.object({ ask: z.string(), at: z.number() });
/** A yes, with all that the stamps of the changes are made of: each gateway stores the same bytes for it. */
export const Yes = z.object({
  ask: z.string(),
  /** The hash of what the person was shown. */
  diff: z.string(),
  /** When the page that was clicked was made. Milliseconds since 1970. */
  shownAt: z.number(),
  /** The stamps that the written paths had then, in the order of `changes`. */
  stamps: z.array(z.record(z.string(), z.string())),
});
/** A yes. */
export type Yes = z.infer<typeof Yes>;
/** What came of it. */
export const Outcome = z.object({ ask: z.string(), status: z.literal("done"), at: z.number() });

/** The rows that the changes are stored as. */
export function rowsOf(ask: Ask): ChangedRow[] {
  return ask.changes.map(({ app, table, record, change: { spaceId, data, fields, deletedAt, id, op } }) => ({
    table: { app, name: table, record },
    change: {
      id,
      op,
      ...(spaceId === undefined ? {} : { spaceId }),
      ...(data === undefined ? {} : { data }),
      ...(fields === undefined ? {} : { fields }),
      ...(deletedAt === undefined ? {} : { deletedAt }),
    },
  }));
}

/** Tells one call from another: tool, arguments and space. */
export function callHash(tool: string, args: unknown, space: string): Promise<string> {
  // Without its arguments a call has none: `{}` and nothing are the same.
  return hashText(JSON.stringify([tool, space, withSortedMembers(args ?? {})]));
}
