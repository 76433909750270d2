// The spaces of a person as the time line names them, and which stored space ids are the person's own. Contract: sync section 6.

import { type ActiveSpace, personalSentinel } from "../spaces/active_space.ts";
import type { Directory } from "../spaces/choose_space.ts";
import { visibleCharacters } from "./visible_characters.ts";

/** A space as a page shows it. */
export interface ToldSpace {
  readonly id: string;
  /** Null where it is not known, and of the personal space without a name. */
  readonly name: string | null;
  readonly kind: "personal" | "shared";
  /** The person is no member any more. */
  readonly isLeft?: true;
}

/** What stored space ids mean for one person. */
export interface ToldSpaces {
  /** Which space records are in: the same for every name of the personal space. */
  spaceOf(storedAs: string): ActiveSpace;
  /** The space in words. */
  tell(storedAs: string): ToldSpace;
}

/** Reads the person's directory of spaces. */
export function createToldSpaces({ source, spaces }: Directory, subject: string): ToldSpaces {
  const sentinel = personalSentinel(subject);
  const byId = new Map(spaces.map((space) => [space.id, space]));
  const personal = spaces.find(({ type }) => type === "personal") ??
    (source === "memberships" && spaces.length === 1 ? spaces[0] : undefined);
  const names = personal === undefined ? ["", sentinel] : ["", sentinel, personal.id];
  const own: ActiveSpace = Object.freeze({
    id: personal?.id ?? sentinel,
    kind: "personal",
    sealed: true,
    storedAs: new Set(names),
  });
  const shared = new Map<string, ActiveSpace>();
  return Object.freeze({
    spaceOf(storedAs: string) {
      if (own.storedAs.has(storedAs)) return own;
      let space = shared.get(storedAs);
      if (space === undefined) {
        space = Object.freeze({
          id: storedAs,
          kind: "shared",
          sealed: false,
          storedAs: new Set([storedAs]),
        });
        shared.set(storedAs, space);
      }
      return space;
    },
    tell(storedAs: string): ToldSpace {
      const isOwn = own.storedAs.has(storedAs);
      const entry = isOwn ? personal : byId.get(storedAs);
      const name = entry?.name === undefined ? null : visibleCharacters(entry.name, MAX_NAME_CHARS);
      const told: ToldSpace = { id: isOwn ? own.id : storedAs, name, kind: isOwn ? "personal" : "shared" };
      // Where nobody tells the spaces, nobody knows whether the person left one.
      return isOwn || entry !== undefined || source === "none" ? told : { ...told, isLeft: true };
    },
  });
}

const MAX_NAME_CHARS = 100;
