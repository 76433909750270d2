// The spaces that a person can choose among on a page.
import { type Space, typeOfSpace } from "../../people/people.ts";
import type { OfferedSpace } from "./access_fields.ts";
import { spaceWord } from "../format_values.ts";

/** The person's spaces by name, for a choice among them: all, or those of `named` that are theirs. */
export function offeredSpaces(
  spaces: readonly Space[],
  named: readonly string[],
): readonly OfferedSpace[] {
  return spaces.filter(({ id }) => named.length === 0 || named.includes(id))
    // A personal space is named after the person and would look like the person.
    .map((space) => ({
      id: space.id,
      name: typeOfSpace(space) === "personal" ? `${spaceWord(space)} (personal)` : spaceWord(space),
    }));
}
