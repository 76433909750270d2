// The spaces of a person who looks at a page, as the sign-in server has told them with the page's request: an auth service need not tell
// them to the token of that request. Contract: auth-vault section 13.
import type { ToldSpace } from "../people/principal.ts";
import { type Directory, SPACE_TYPES, type SpaceType } from "./choose_space.ts";

/** The directory of these spaces. A type that is not known is none, so that the space counts as one that may be sealed. */
export function toldDirectory(spaces: readonly ToldSpace[]): Directory {
  return {
    source: "list",
    spaces: spaces.map(({ id, name, type }) => {
      const known = SPACE_TYPES.find((each): each is SpaceType => each === type);
      return {
        id,
        ...(name === undefined ? {} : { name: name.toWellFormed() }),
        ...(known === undefined ? {} : { type: known }),
      };
    }),
  };
}
