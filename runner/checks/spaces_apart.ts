// What is written in one space is in no other: a new record of a shared space is not in the personal one, and the other way round.
import type { RecordKind } from "../behaviours/record_kinds.ts";
import type { Violation } from "../brain/brain.ts";
import type { Look } from "./check.ts";
import { readRecord } from "./find_record.ts";
import { isPlain, membersOf, type Seen, violation } from "./seen.ts";

/** Looks for a new record in the other space. */
export async function checkSpacesApart(seen: Seen): Promise<readonly Violation[]> {
  const { kind, wish, outcome } = seen;
  if (kind === null || kind.read === null || wish.tool !== kind.create || !isPlain(seen)) return [];
  const answer = membersOf(outcome.structured);
  const { id } = kind.created === null ? answer : membersOf(answer[kind.created]);
  const other = otherSpace(seen, kind);
  if (typeof id !== "string" || other === null) return [];
  const found = await readRecord({ ...seen, look: other.look }, kind, id);
  return found.kind === "found" ? [violation(seen, "spaces-apart", other.words)] : [];
}

function otherSpace(
  { wish, day, lookIn }: Seen,
  kind: RecordKind,
): { readonly look: Look; readonly words: string } | null {
  if (wish.space !== undefined) {
    return { look: lookIn(undefined), words: "a record of a shared space is in the personal one" };
  }
  const shared = day.sharedSpaces.find((space) => kind.spaces.includes(space.kind));
  if (shared === undefined) return null;
  return { look: lookIn(shared.id), words: "a record of the personal space is in a shared one" };
}
