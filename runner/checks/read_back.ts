// What was written is read back: the record by its id, in the list, by a search for its title; what was changed has its new value; and
// completing what is done changes nothing.
import type { RecordKind } from "../behaviours/record_kinds.ts";
import type { Violation } from "../brain/brain.ts";
import { differing } from "./compare.ts";
import { findInList, readRecord } from "./find_record.ts";
import { isPlain, membersOf, type Seen, violation } from "./seen.ts";

/** Looks again at what a write says that it did. */
export async function checkReadBack(seen: Seen): Promise<readonly Violation[]> {
  const { kind, wish, isReading } = seen;
  if (kind === null || isReading || !isPlain(seen)) return [];
  if (wish.tool === kind.create) return await checkCreated(seen, kind);
  const written = changeOf(seen);
  if (written === null || typeof wish.args.id !== "string") return [];
  const found = await checkChanged(seen, kind, wish.args.id, written);
  return wish.tool === "todo_complete" && found.length === 0 ? await checkIdempotent(seen) : found;
}

const NAME = "read-back";

async function checkCreated(seen: Seen, kind: RecordKind): Promise<readonly Violation[]> {
  const answer = membersOf(seen.outcome.structured);
  const { id } = kind.created === null ? answer : membersOf(answer[kind.created]);
  if (typeof id !== "string") return [violation(seen, NAME, "the answer names no record")];
  const { args } = seen.wish;
  const found = [...await checkChanged(seen, kind, id, { equal: args })];
  const range = kind.day === null ? {} : { from: dayOf(args[kind.day]), to: dayOf(args[kind.day]) };
  const page = await findInList(seen, kind, id, { ...kind.all, ...range });
  if (page.kind === "absent") found.push(violation(seen, NAME, "a new record is not in the list"));
  const words = kind.title === null ? "" : wordsOf(args[kind.title]);
  if (words !== "" && seen.offers(kind.list, "query")) {
    const search = await findInList(seen, kind, id, { ...kind.all, ...range, query: words });
    if (search.kind === "absent") found.push(violation(seen, NAME, "a new record is not found by its title"));
  }
  return found;
}

/** What a change wrote: members that are equal then, and how a text ends. */
interface Change {
  readonly equal: Readonly<Record<string, unknown>>;
  readonly ending?: string;
}

/** Null for a tool of which the checks do not know what it changes. */
function changeOf({ kind, wish: { tool, args } }: Seen): Change | null {
  const { id: _id, ...values } = args;
  if (tool === kind?.update) return { equal: values };
  switch (tool) {
    case "todo_complete":
      return { equal: { isCompleted: args.reopen !== true } };
    case "habits_archive":
      return { equal: { isArchived: args.archived !== false } };
    case "library_set_status":
      return { equal: { status: args.status } };
    case "notes_append":
      return { equal: {}, ...(typeof args.content === "string" ? { ending: args.content } : {}) };
    default:
      return null;
  }
}

async function checkChanged(
  seen: Seen,
  kind: RecordKind,
  id: string,
  { equal, ending }: Change,
): Promise<readonly Violation[]> {
  const found = await readRecord(seen, kind, id);
  if (found.kind === "absent") return [violation(seen, NAME, "what was written is not there")];
  if (found.kind === "unknown") return [];
  const { row } = found;
  const other = differing(equal, row);
  // A long text is read in pages, whose first does not show its end.
  const isOther = ending !== undefined && row.clipped === undefined && !String(row.content).endsWith(ending);
  const names = isOther ? [...other, "content"] : other;
  return names.length === 0
    ? []
    : [violation(seen, NAME, `what was written has another value: ${names.join(", ")}`)];
}

async function checkIdempotent(seen: Seen): Promise<readonly Violation[]> {
  const { tool, args } = seen.wish;
  const again = await seen.look({ tool, args });
  if (again.result !== "ok") return [];
  return membersOf(again.structured).changed === false
    ? []
    : [violation(seen, "idempotent", "completing what is done changed something")];
}

function dayOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 10) : "";
}

/** Words of a title by which it is searched for; the sign-off is none. */
function wordsOf(title: unknown): string {
  if (typeof title !== "string") return "";
  const words = title.replace(/~[a-z]+$/, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, 5).join(" ").slice(0, 200);
}
