// What a person chose to narrow an app by, as it is stored with a grant (column `narrowing`): the choice in the words of the page,
// never the document, which records_document.ts makes of it at each introspection. So a later list of modules is right at once, and the
// choice can be offered again. Contract: auth-vault section 12.
import { z } from "zod";
import {
  NARROWING_CHARS,
  NARROWING_SPACES,
  NARROWING_SPACES_IN_ALL,
  NARROWING_TAG_CHARS,
  NARROWING_TAGS,
} from "../../kit/limits.ts";
import { moduleOf, type Permission, SPACE_ID } from "./scopes.ts";

/**
 * The choice of a grant. `undefined`: nothing is narrowed, the scopes alone rule. `"unreadable"`: there is a choice that this version
 * does not understand, since a newer one wrote it or it is broken. Whoever reads that must close, never open.
 */
export type StoredNarrowing = Narrowing | "unreadable" | undefined;

/** Reads the column. */
export function readNarrowing(text: string | null): StoredNarrowing {
  if (text === null) return undefined;
  return parseNarrowing(jsonOf(text)) ?? "unreadable";
}

/**
 * The text of the column; null where nothing is narrowed.
 *
 * @throws {TypeError} for a choice that {@link parseNarrowing} would not take
 */
export function writeNarrowing(narrowing: StoredNarrowing): string | null {
  if (narrowing === undefined) return null;
  if (narrowing === "unreadable") return JSON.stringify({ v: 0 });
  const kept = Object.entries(narrowing.modules).filter(([, choice]) => Object.keys(choice).length > 0);
  if (kept.length === 0) return null;
  const text = JSON.stringify({ v: 1, modules: Object.fromEntries(kept) });
  if (parseNarrowing(jsonOf(text)) === undefined) {
    throw new TypeError("Cannot store what the app is narrowed by: it has another form, or is too long");
  }
  return text;
}

/** Checks a choice. `undefined` for any other form, and for more than is stored (kit/limits.ts). */
export function parseNarrowing(value: unknown): Narrowing | undefined {
  const parsed = Narrowing.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The choice without the modules of which nothing is allowed any more, and without "may add, not read" where adding is not. Who allows
 * such a module again later chooses anew.
 */
export function narrowingWithin(
  narrowing: StoredNarrowing,
  permissions: readonly Permission[],
): StoredNarrowing {
  if (narrowing === undefined || narrowing === "unreadable") return narrowing;
  const allowed = new Set(permissions.map(moduleOf));
  const modules = Object.entries(narrowing.modules).filter(([name]) => allowed.has(name))
    .map((
      [name, { blind, ...choice }],
    ): [string, ModuleChoice] => [
      name,
      blind && permissions.includes(`${name}:write`) ? { ...choice, blind } : choice,
    ])
    .filter(([, choice]) => Object.keys(choice).length > 0);
  return modules.length === 0 ? undefined : { v: 1, modules: Object.fromEntries(modules) };
}

const ModuleChoice = z.strictObject({
  /** Since when: back from today (`P30D`), or a day. */
  since: z.union([z.string().regex(/^P[1-9]\d{0,3}[DWMY]$/), z.iso.date()]).optional(),
  /** Words, or ids of tags: at least one of them. */
  tags: z.array(z.string().min(1).max(NARROWING_TAG_CHARS)).min(1).max(NARROWING_TAGS).readonly().optional(),
  /** Ids of spaces. */
  spaces: z.array(z.string().regex(SPACE_ID)).min(1).max(NARROWING_SPACES).readonly().optional(),
  /** The name of a choice of fields of the module (sign_in/modules.json). */
  fields: z.string().regex(/^[a-z]{1,20}$/).optional(),
  /** May add records that it may not see. */
  blind: z.literal(true).optional(),
});
/** What narrows a module. Every member that is there narrows further, but `blind`, which lets adding through. */
export type ModuleChoice = z.infer<typeof ModuleChoice>;

/** Closed: a member of a newer version may be the member that closes. */
const Narrowing = z.strictObject({
  v: z.literal(1),
  modules: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/), ModuleChoice).readonly(),
}).refine((value) => JSON.stringify(value).length <= NARROWING_CHARS)
  .refine(({ modules }) =>
    Object.values(modules).reduce((sum, { spaces = [] }) => sum + spaces.length, 0) <= NARROWING_SPACES_IN_ALL
  );
/** A choice: the modules that are narrowed, and by what. A module that is not named is ruled by the scopes alone. */
export type Narrowing = z.infer<typeof Narrowing>;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
