// What the gateway answers the pages, parsed: nothing of an answer reaches a page but what stands here. All texts are the words of
// people and apps: pages escape them. Times are ISO 8601 in UTC. Contract: auth-vault, section 13.
import { z } from "zod";

/** A space, as the person knows it. */
export type Space = z.infer<typeof Space>;
/** A space, as the person knows it. */
export const Space = z.object({
  id: z.string(),
  name: z.string().nullable(),
  kind: z.enum(["personal", "shared"]),
  /** The person is no member any more. */
  isLeft: z.boolean().optional(),
});

const operation = z.enum(["insert", "update", "delete", "restore"]);

/** One record, and what would become of its fields or has become of them. */
export type Row = z.infer<typeof Row>;
/** One record, and what would become of its fields or has become of them. */
export const Row = z.object({
  app: z.string(),
  table: z.string(),
  id: z.string(),
  /** What a person calls such a record: "note". */
  record: z.string(),
  title: z.string().nullable(),
  op: operation,
  fields: z.array(z.object({
    name: z.string(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    /** The field is there and cannot be opened here. */
    isSealed: z.boolean().optional(),
  })),
  /** Of all fields, the listed ones among them. */
  fieldCount: z.number(),
});

/** What an app asks for, and what became of it. */
export type Approval = z.infer<typeof Approval>;
/** What an app asks for, and what became of it. */
export const Approval = z.object({
  id: z.string(),
  status: z.enum(["open", "done", "declined", "expired", "changed", "unknown"]),
  /** Empty: asked for with the person's own token. */
  grantId: z.string(),
  clientName: z.string(),
  tool: z.string(),
  toolTitle: z.string(),
  module: z.string(),
  moduleLabel: z.string(),
  access: z.string(),
  space: Space,
  sentence: z.string(),
  made: z.iso.datetime(),
  until: z.iso.datetime(),
  rows: z.array(Row),
  rowCount: z.number(),
  /** Names what is shown: a decision is about this and nothing else. */
  diff: z.string().regex(/^[0-9a-f]+$/),
  /** Whether the records have changed since it was asked for. */
  hasChanged: z.boolean(),
  decidedAt: z.iso.datetime().nullable(),
});

/** One call of an app that has changed something. */
export type Call = z.infer<typeof Call>;
/** One call of an app that has changed something. */
export const Call = z.object({
  id: z.string(),
  /** The app, of those that the request named; null for none of them. */
  app: z.string().nullable(),
  writer: z.enum(["app", "own", "undo", "unverified"]),
  name: z.string(),
  tool: z.string().nullable(),
  toolTitle: z.string().nullable(),
  module: z.string(),
  moduleLabel: z.string(),
  space: Space,
  at: z.iso.datetime(),
  rows: z.array(
    Row.pick({ app: true, table: true, id: true, record: true, title: true, op: true }).extend({
      fields: z.array(z.string()),
      /** The title is sealed and cannot be opened here. */
      isSealed: z.boolean().optional(),
    }),
  ),
  rowCount: z.number(),
  /** The call that has undone it. */
  undoneBy: z.string().nullable(),
});

/** What was read may lack a part. */
export type Partly = z.infer<typeof Partly>;
/** What was read may lack a part. */
export const Partly = z.object({
  /** Names of the modules of which not everything could be read. */
  missing: z.array(z.string()).default([]),
});

/** What an undo would do. */
export type Preview = z.infer<typeof Preview>;
/** What an undo would do. */
export const Preview = z.object({
  plan: z.string(),
  at: z.iso.datetime(),
  rows: z.array(Row.extend({ space: Space })),
  rowCount: z.number(),
  collections: z.array(z.object({ record: z.string(), count: z.number() })),
  conflicts: z.array(z.object({
    record: z.string(),
    title: z.string().nullable(),
    id: z.string(),
    field: z.string(),
    by: z.string(),
    at: z.iso.datetime(),
  })),
  conflictCount: z.number(),
  impossible: z.array(z.object({
    reason: z.enum(["hard-deleted", "space-left", "not-in-log", "unverified-only"]),
    count: z.number(),
  })),
});

/** How many records there are, and how many of them a document shows. */
export type RecordCounts = z.infer<typeof RecordCounts>;
/** How many records there are, and how many of them a document shows. */
export const RecordCounts = z.object({
  counts: z.array(z.object({
    /** As `app/table`. */
    collection: z.string(),
    shown: z.int().nonnegative(),
    all: z.int().nonnegative(),
  })),
  /** Collections that could not be counted. */
  missing: z.array(z.string()),
});

/** The person's tags, and the words that stand as tags in their records. */
export type PersonTags = z.infer<typeof PersonTags>;
/** The person's tags, and the words that stand as tags in their records. */
export const PersonTags = z.object({
  /** In the person's order. The name is null where no key opens it. */
  tags: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  /** By collection, the most used first. */
  words: z.record(z.string(), z.array(z.string())),
  /** Collections that could not be read. */
  missing: z.array(z.string()),
});
