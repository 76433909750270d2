// Records as an app sees them that a document narrows, over the made-up services of tests/records, and the tables that the tests use.
import { defineAppTable } from "../../lib/tool/tables/app_table.ts";
import type { Caller } from "../../lib/people/principal.ts";
import type { CallScope } from "../../lib/spaces/call_scope.ts";
import { recordsEntry } from "../_support/narrowed.ts";
import { callerOf, type Harness } from "../records/_harness.ts";

export const notes = defineAppTable("notes/notes", {
  record: "note",
  fields: ["title", "content", "color", "isPinned", "isArchived"],
});
export const noteTags = defineAppTable("notes/noteTags", {
  record: "tag of a note",
  fields: ["noteId", "tagId"],
  isPart: true,
});
export const journal = defineAppTable("journal/journalEntries", {
  record: "entry",
  fields: ["title", "content", "entryDate", "mood", "tags"],
});
export const tasks = defineAppTable("todo/tasks", {
  record: "task",
  fields: ["title", "description", "isCompleted", "order", "scheduledBlockId"],
});
export const blocks = defineAppTable("timeblocks/timeBlocks", {
  record: "time block",
  fields: ["startDate", "sourceModule", "sourceId", "title"],
  isPart: true,
});
export const dayLogs = defineAppTable("period/periodDayLogs", {
  record: "day of a cycle",
  fields: ["logDate", "periodId", "flow"],
  isPart: true,
});

/** Every access. */
export const ALL = ["read", "write", "destructive"];

/** A caller of an app with this text as its document. */
export function callerWith(document: string, subject = "anna"): Caller {
  const caller = callerOf(subject);
  const client = { id: "c", name: "App", appKey: "a", tokenId: "t", grantId: "g", recordsDocument: document };
  return { ...caller, principal: { ...caller.principal, scopes: new Set(["mana:read"]), client } };
}

/** Records for an app with these rules; they may be read, changed and deleted as far as the rules let them. */
export function recordsWith(
  harness: Harness,
  rules: readonly Record<string, unknown>[],
  given: Partial<CallScope> & { readonly tz?: string; readonly until?: number } = {},
) {
  const { tz = "Europe/Berlin", until = null, ...scope } = given;
  return harness.write({ ...scope, caller: callerWith(JSON.stringify(recordsEntry({ tz, until, rules }))) });
}
