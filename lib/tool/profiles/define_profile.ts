// A profile: a choice of tools that one connection is shown. A profile only narrows what is listed: scopes still decide, and
// whatever is granted can be called by name.

/** Checks a profile. Throws TypeError for a name that no address could carry plainly. */
export function defineProfile(definition: Profile): Profile {
  const { name } = definition;
  if (!NAME.test(name)) throw new TypeError(`Cannot define profile ${JSON.stringify(name)}: expected a word`);
  return Object.freeze({ ...definition });
}

/** One profile as tools/profiles.ts lists it. */
export interface Profile {
  /** What an address names it by: `/mcp?profile=daily`. */
  readonly name: string;
  /** What it is for, for people who choose. */
  readonly about: string;
  /** The group whose modules it holds; absent for a profile across groups. */
  readonly group?: string;
  /** More tools, `module.verb` each, or `module.*` for all of a module. A name that is no tool here holds nothing. */
  readonly tools: readonly string[];
  /** Tools of the group's modules that it leaves out, where the group has more than a client takes. They can be called all the same. */
  readonly without?: readonly string[];
}

/** The profile of a caller for whom nothing was chosen, and of the person's own token. */
export const START_PROFILE = "start";
/** The profile that reaches every module with a few general tools; listed with {@link START_PROFILE} where all is too much. */
export const COMPACT_PROFILE = "compact";

const NAME = /^[a-z]{1,20}$/;
