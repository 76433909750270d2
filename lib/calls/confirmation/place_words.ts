// The space of a question to the person. The gateway says it, so that no author of a tool can forget to.
import { shownText } from "../../kit/shown_text.ts";
import type { ResolvedSpace } from "../../spaces/spaces.ts";

/**
 * Where a call works, as the beginning of its question: before the words of the tool, out of which a record's own text could push it.
 * Empty for the personal space of a person of whom the caller knows no other. A name that another space has as well comes
 * with the id.
 */
export function placeWords({ choice, directory: { spaces } }: ResolvedSpace): string {
  if (!choice.ok) return "";
  const { id, kind } = choice.space;
  if (kind === "personal") return spaces.length > 1 ? "In your personal space: " : "";
  const nameOf = ({ name = "" }: { readonly name?: string }): string => shownText(name, MAX_NAME_CHARS);
  const name = nameOf(spaces.find((space) => space.id === id) ?? {});
  if (name === "") return `In the space with the id "${shownText(id, MAX_ID_CHARS)}": `;
  const isShared = spaces.some((space) => space.id !== id && nameOf(space) === name);
  return isShared ? `In the space "${name}" (${shownText(id, MAX_ID_CHARS)}): ` : `In the space "${name}": `;
}

/** Characters of a name that a question shows. */
const MAX_NAME_CHARS = 60;
/** An id is shown whole: part of an id tells nothing. */
const MAX_ID_CHARS = 256;
