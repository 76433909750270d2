// The rules by which the argument `space` of a call chooses a space: by its id, or else by its name. Pure. Names are the words of
// whoever made or renamed a space, so a name must never pass for the id of another space.
import { personalSentinel } from "./active_space.ts";
import { chooseSpace, type Directory, type SpaceChoice, usableSpaces } from "./choose_space.ts";

/**
 * Chooses the space that `named` means, under the rules of `chooseSpace`. An id comes before every name. A name counts where it is
 * the same after NFC and `trim`, case and all, and where only one space that the caller may use has it: a client learns nothing
 * of the names of spaces that it was not given. Refuses with `space-unknown`, `space-ambiguous`, or as `chooseSpace`.
 */
export function chooseNamedSpace(
  directory: Directory,
  subject: string,
  named: string,
  granted: ReadonlySet<string> | null,
): SpaceChoice {
  const isId = named === personalSentinel(subject) || directory.spaces.some(({ id }) => id === named);
  if (isId || directory.source === "none") return chooseSpace(directory, subject, named, granted);
  const usable = usableSpaces(directory, subject, granted);
  const wanted = normalise(named);
  const found = wanted === "" || ID_LIKE.test(wanted)
    ? []
    : usable.filter(({ name }) => name !== undefined && normalise(name) === wanted);
  const [only] = found;
  if (only === undefined) return { ok: false, refusal: { reason: "space-unknown", spaces: usable } };
  if (found.length > 1) return { ok: false, refusal: { reason: "space-ambiguous", spaces: found } };
  return chooseSpace(directory, subject, only.id, granted);
}

/**
 * A text that looks like an id is never a name. Else a co-member could give their space the id of a space that the person has
 * left as its name, and whoever still sends that id would write there. Ids of the auth service have 21 characters or more
 * (auth-vault section 4); a space with such a word for a name is chosen by its id.
 */
const ID_LIKE = /^(_personal:.*|[A-Za-z0-9_-]{20,})$/s;

function normalise(name: string): string {
  return name.normalize("NFC").trim();
}
