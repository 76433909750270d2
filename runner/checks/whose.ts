// Whose records a list shows. Texts of personas end with a sign-off (behaviours/sign_off.ts), so a record that somebody else signed is known
// without any memory. A text without a sign-off proves nothing: the account may have been opened in the app.
import { signersOf } from "../behaviours/sign_off.ts";
import type { Violation } from "../brain/brain.ts";
import { readCatalogue } from "../catalogue/read_catalogue.ts";
import { membersOf, type Seen, violation } from "./seen.ts";

/** Looks at what an answer shows of others. */
export function checkWhose(seen: Seen): readonly Violation[] {
  const { day, wish, outcome, isReading } = seen;
  if (!isReading || outcome.result !== "ok") return [];
  const others = signersOf(outcome.structured).filter((name) => name !== day.persona.name && NAMES.has(name));
  return wish.space === undefined ? inOwnSpace(seen, others) : inSharedSpace(seen, others, wish.space);
}

const NAMES: ReadonlySet<string> = new Set(readCatalogue().map(({ name }) => name));

/** Nobody else writes in a personal space, and its records can be read. */
function inOwnSpace(seen: Seen, others: readonly string[]): readonly Violation[] {
  const found: Violation[] = [];
  if (others.length > 0) {
    found.push(violation(seen, "own-list", "the personal space shows what another persona wrote"));
  }
  const { unreadable } = membersOf(seen.outcome.structured);
  if (typeof unreadable === "number" && unreadable > 0) {
    found.push(violation(seen, "own-list", "the personal space has records that cannot be read"));
  }
  return found;
}

/** Only members write in a shared space, and what they wrote is marked as another's. */
function inSharedSpace(seen: Seen, others: readonly string[], id: string): readonly Violation[] {
  const members = seen.day.sharedSpaces.find((space) => space.id === id)?.members ?? [];
  const found: Violation[] = [];
  if (others.some((name) => !members.includes(name))) {
    found.push(violation(seen, "own-list", "the shared space shows what somebody who is no member wrote"));
  }
  if (others.length > 0 && !isMarked(seen.outcome.structured)) {
    found.push(violation(seen, "marked", "what another member wrote is not marked as another's"));
  }
  return found;
}

/** The gateway's remark stands in the result itself, where every client hands it to its model. */
function isMarked(structured: unknown): boolean {
  const { remarks } = membersOf(structured);
  return Array.isArray(remarks) &&
    remarks.some((remark) => /written by (?:another|other) members? of the space/.test(remark));
}
