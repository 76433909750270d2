// Looks a record up as a person would: by reading it, and in the list.
import type { RecordKind } from "../behaviours/record_kinds.ts";
import type { Outcome } from "../mana/outcome.ts";
import { membersOf, rowsOf, type Seen } from "./seen.ts";

/** The record by its id. */
export async function readRecord(
  { look, offers }: Pick<Seen, "look" | "offers">,
  kind: RecordKind,
  id: string,
): Promise<Found> {
  if (kind.read !== null && offers(kind.read.tool)) {
    const outcome = await look({ tool: kind.read.tool, args: { id } });
    if (outcome.result !== "ok") return isAbsent(outcome) ? ABSENT : UNKNOWN;
    const answer = membersOf(outcome.structured);
    const isPart = answer.nextOffset !== undefined;
    return {
      kind: "found",
      row: { ...membersOf(answer[kind.read.row]), ...(isPart ? { clipped: TEXTS } : {}) },
    };
  }
  return await findInList({ look, offers }, kind, id, kind.all);
}

/** The record in the list with these arguments, page by page. A list of more pages than that does not tell that a record is absent. */
export async function findInList(
  { look, offers }: Pick<Seen, "look" | "offers">,
  kind: RecordKind,
  id: string,
  args: Readonly<Record<string, unknown>>,
): Promise<Found> {
  if (!offers(kind.list)) return UNKNOWN;
  let asked = args;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { result, structured } = await look({ tool: kind.list, args: asked });
    if (result !== "ok") return UNKNOWN;
    const row = rowsOf(kind, structured).find((row) => row.id === id);
    if (row !== undefined) return { kind: "found", row };
    const { hasMore, nextCursor } = membersOf(structured);
    if (hasMore !== true) return ABSENT;
    if (typeof nextCursor !== "string") return UNKNOWN;
    asked = { ...args, cursor: nextCursor };
  }
  return UNKNOWN;
}

/** What a persona writes in a year and more; each page is a row of the tick, which has room for 500. */
const MAX_PAGES = 5;

/** What a look tells. `unknown`: it was refused for a reason of its own, or shows not all. */
export type Found =
  | { readonly kind: "found"; readonly row: Readonly<Record<string, unknown>> }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

const UNKNOWN: Found = { kind: "unknown" };
const ABSENT: Found = { kind: "absent" };
/** Texts of which an answer may show the beginning only. */
const TEXTS = ["content", "description"];

function isAbsent({ result, code }: Outcome): boolean {
  return result === "refused" && code === "record-not-found";
}
