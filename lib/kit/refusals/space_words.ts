// The words of refusals that come from the choice of a space.
import { shownText } from "../shown_text.ts";
import { firstOf } from "./named_words.ts";

/** A space to choose, as a refusal tells it. The name is the word of whoever made the space; absent where nobody told it. */
export interface NamedSpace {
  readonly id: string;
  readonly name?: string;
}

/** A module that does not belong in the space that was chosen. */
export interface ModuleNotInSpace {
  readonly reason: "module-not-in-space";
  /** What a person calls the module. */
  readonly module: string;
  readonly spaceType: string;
  /** Where the module belongs. */
  readonly spaceTypes: readonly string[];
  readonly personalSpace: string;
  /** Whether the caller's token is good for the personal space. */
  readonly hasPersonal: boolean;
}

/** How to choose, and out of what. Names come from whoever made the spaces, so they stand between quotes, beside the ids. */
export function choiceOf(spaces: readonly NamedSpace[]): string {
  const options = firstOf(spaces, ({ id, name = "" }) => {
    const shown = shownText(name, MAX_NAME_CHARS);
    return shown === "" ? id : `${id} ("${shown}")`;
  });
  return `Give one of these ids as the argument \`space\` or in the X-Mana-Space header: ${options}.`;
}

/** Characters of the name of a space in a refusal. */
const MAX_NAME_CHARS = 40;

/** Why nothing was stored, and which space to take. */
export function moduleNotInSpace(
  { module, spaceType, spaceTypes, personalSpace, hasPersonal }: ModuleNotInSpace,
): string {
  const readers = spaceType === "personal" ? "" : ", and all members could read it";
  const why =
    `Nothing was stored. ${module} cannot be added to a space of type ${spaceType}: the Mana apps do not ` +
    `show it there${readers}.`;
  if (!spaceTypes.includes("personal")) return `${why} Use a space of type ${spaceTypes.join(" or ")}.`;
  return hasPersonal
    ? `${why} Use the personal space: give ${personalSpace} as \`space\`.`
    : `${why} It belongs in the personal space, which this client was not given: connect again and allow it.`;
}
