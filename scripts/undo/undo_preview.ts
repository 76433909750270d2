// What the tools of the gateway answer about an undo, as far as a terminal shows it.
import { z } from "zod";

const Text = z.string().nullish().transform((text) => text ?? null);
const Field = z.object({
  name: z.string(),
  before: Text,
  after: Text,
  isSealed: z.boolean().optional(),
});
const Space = z.object({ name: Text, kind: z.string() });
const Row = z.object({
  record: z.string(),
  id: z.string().default(""),
  title: Text,
  op: z.enum(["insert", "update", "delete", "restore"]),
  fields: z.array(Field).default([]),
  fieldCount: z.int().default(0),
  space: Space.optional(),
});
const Conflict = z.object({
  record: z.string(),
  id: z.string().default(""),
  title: Text,
  field: z.string(),
  by: z.string().default(""),
  at: z.iso.datetime(),
});
const Impossible = z.object({ reason: z.string(), count: z.int() });

/** What would be put back, what is left alone, and what cannot be undone. */
export const UndoPreview = z.object({
  plan: z.string(),
  rows: z.array(Row).default([]),
  rowCount: z.int(),
  conflicts: z.array(Conflict).default([]),
  conflictCount: z.int().default(0),
  impossible: z.array(Impossible).default([]),
});
/** What would be put back, what is left alone, and what cannot be undone. */
export type UndoPreview = z.infer<typeof UndoPreview>;

/** What came of an undo. */
export const UndoneUndo = z.object({ status: z.enum(["done", "unknown"]), written: z.int() });

/** What came of a request on the person's page. */
export const ApprovalAnswer = z.object({
  status: z.enum(["open", "done", "declined", "expired", "unknown"]),
  result: z.unknown().optional(),
});
/** What came of a request on the person's page. */
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;
