// The spaces that a person can choose among on a page.
import type { Memberships } from "../auth/spaces/memberships.ts";
import { spaceType } from "../auth/spaces/space_rules.ts";
import type { OfferedSpace } from "./access_fields.ts";
import { spaceWord } from "./format_values.ts";

/** The person's spaces by name, for a choice among them: all, or those of `named` that are theirs. */
export async function offeredSpaces(
  memberships: Memberships,
  userId: string,
  named: readonly string[],
): Promise<readonly OfferedSpace[]> {
  const spaces = await memberships.spacesOf(userId);
  return spaces.filter(({ id }) => named.length === 0 || named.includes(id))
    // A personal space is named after the person and would look like the person.
    .map((space) => ({
      id: space.id,
      name: spaceType(space.metadata) === "personal" ? `${spaceWord(space)} (personal)` : spaceWord(space),
    }));
}
