// The rules by which the space of a call is chosen, and whether its texts are sealed. Pure. Contract: auth-vault section 4.
import type { Refusal } from "../kit/errors.ts";
import type { NamedSpace } from "../kit/refusals/space_words.ts";
import { type ActiveSpace, personalSentinel } from "./active_space.ts";

/** The kinds of space that the auth service knows (contract: auth-vault section 4). */
export const SPACE_TYPES = ["personal", "brand", "club", "family", "team", "practice"] as const;
/** One of {@link SPACE_TYPES}. */
export type SpaceType = typeof SPACE_TYPES[number];

/** One space of a person, as far as the auth service told. */
export interface SpaceEntry {
  readonly id: string;
  readonly name?: string;
  readonly slug?: string;
  readonly type?: SpaceType;
  readonly role?: string;
}

/**
 * What is known of a person's spaces: `list` with names and types, `memberships` with ids and roles only, `none` when
 * the auth service tells nothing but the person.
 */
export interface Directory {
  readonly source: "list" | "memberships" | "none";
  readonly spaces: readonly SpaceEntry[];
}

/** A chosen space or why there is none. */
export type SpaceChoice =
  | { readonly ok: true; readonly space: ActiveSpace }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Chooses the space of one call. Pure: no I/O, no clock. `requested` is an id, such as the `X-Mana-Space` header, or null;
 * choose_named_space.ts has the same for a text that may be a name. `granted` are the spaces that the token is restricted to, null for no restriction. The rules are those of auth-vault section 4: sealed
 * whenever the type is not known to be shared, refused whenever membership is not known.
 */
export function chooseSpace(
  directory: Directory,
  subject: string,
  requested: string | null,
  granted: ReadonlySet<string> | null = null,
): SpaceChoice {
  if (directory.source === "none") return refuse({ reason: "spaces-untold" });
  const choice = chooseAmongAll(directory, subject, requested);
  if (granted === null) return choice;
  if (requested !== null && !choice.ok) return choice;
  const space = choice.ok ? withinGrant(choice.space, subject, granted) : null;
  if (space !== null) return { ok: true, space };
  return requested === null
    ? chooseAmongGranted(directory, subject, granted)
    : refuse({ reason: "space-not-granted" });
}

/**
 * The space when the call names none and the personal space was not granted: the only one of the grant that the person is
 * still a member of. A client that cannot name a space could otherwise never work with such a grant.
 */
function chooseAmongGranted(
  directory: Directory,
  subject: string,
  granted: ReadonlySet<string>,
): SpaceChoice {
  const usable = usableAmongGranted(directory, subject, granted);
  const [first] = usable.values();
  if (first === undefined) return refuse({ reason: "space-grant-over" });
  if (usable.size === 1) return { ok: true, space: first };
  return refuse({ reason: "space-choice-needed", spaces: usableSpaces(directory, subject, granted) });
}

/** The spaces that a call can choose, each with its name where it is told. */
export function usableSpaces(
  directory: Directory,
  subject: string,
  granted: ReadonlySet<string> | null,
): readonly NamedSpace[] {
  const { spaces } = directory;
  if (granted === null) return spaces.map(withName);
  return [...usableAmongGranted(directory, subject, granted).keys()].map((id) =>
    withName(spaces.find((space) => space.id === id) ?? { id })
  );
}

function usableAmongGranted(
  directory: Directory,
  subject: string,
  granted: ReadonlySet<string>,
): ReadonlyMap<string, ActiveSpace> {
  const usable = new Map<string, ActiveSpace>();
  for (const id of granted) {
    const choice = chooseAmongAll(directory, subject, id);
    const space = choice.ok ? withinGrant(choice.space, subject, granted) : null;
    if (space !== null) usable.set(space.id, space);
  }
  return usable;
}

function withName({ id, name }: SpaceEntry): NamedSpace {
  return name === undefined ? { id } : { id, name };
}

/**
 * The space as far as a grant opens it, or null. The personal space is granted by any of its names. Any other space only
 * by its id: one of unknown type also reads rows under the personal names, and a grant of those must not open it, nor a
 * grant of it open them.
 */
function withinGrant(
  space: ActiveSpace,
  subject: string,
  granted: ReadonlySet<string>,
): ActiveSpace | null {
  const names = space.kind === "personal" ? [...space.storedAs, space.id] : [space.id];
  if (!names.some((name) => granted.has(name))) return null;
  if (space.kind !== "unknown" || granted.has(personalSentinel(subject))) return space;
  return Object.freeze({ ...space, storedAs: new Set([space.id]) });
}

function chooseAmongAll(directory: Directory, subject: string, requested: string | null): SpaceChoice {
  const sentinel = personalSentinel(subject);
  // An account has exactly one personal space and cannot delete it, so a single membership must be that one.
  const [first] = directory.spaces;
  const personal = directory.source === "memberships"
    ? (directory.spaces.length === 1 ? first : undefined)
    : directory.spaces.find((space) => space.type === "personal");
  if (requested === null || requested === sentinel) {
    // Several memberships, and nobody says which is the personal space. A list under the made-up name would lack the rows under
    // the real id, and look like the truth. Rows under the made-up name are read with each of the spaces.
    if (directory.source === "memberships" && directory.spaces.length > 1) {
      return refuse({ reason: "space-choice-needed", spaces: usableSpaces(directory, subject, null) });
    }
    return personalSpace(sentinel, personal?.id);
  }
  if (requested === personal?.id) return personalSpace(sentinel, personal.id);
  const entry = directory.spaces.find((space) => space.id === requested);
  if (entry === undefined) return refuse({ reason: "space-not-member" });
  const shared = entry.type !== undefined && entry.type !== "personal";
  return {
    ok: true,
    space: Object.freeze({
      id: entry.id,
      kind: shared ? "shared" : "unknown",
      sealed: !shared,
      storedAs: new Set(shared ? [entry.id] : [entry.id, sentinel, ""]),
    }),
  };
}

function personalSpace(sentinel: string, id: string | undefined): SpaceChoice {
  return {
    ok: true,
    space: Object.freeze({
      id: id ?? sentinel,
      kind: "personal",
      sealed: true,
      storedAs: new Set(id === undefined ? [sentinel, ""] : [id, sentinel, ""]),
    }),
  };
}

function refuse(refusal: Refusal): SpaceChoice {
  return { ok: false, refusal };
}
