// What a person narrowed an app to, in words: "the last 7 days; titles, not the texts; tags “work” and “trip”".
import type { GrantableNarrowing } from "../../oauth/grants/grantable_modules.ts";
import type { ModuleChoice } from "../../oauth/grants/narrowing.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";

/** The choices of time, the widest first. Whoever chose none of them is shown all of it. */
export const SINCE_CHOICES = [
  { since: "P7D", words: "the last 7 days" },
  { since: "P30D", words: "the last 30 days" },
  { since: "P1Y", words: "the last year" },
] as const;

/** What is known of what a choice names. */
export interface KnownNames {
  /** Names of tags by id; a tag without one is called by its id. */
  readonly tags: ReadonlyMap<string, string>;
  readonly spaces: ReadonlyMap<string, string>;
}

/** The words of a choice, to come after "only"; empty where nothing is narrowed. */
export function narrowingWords(
  { since, tags, spaces, fields, blind }: ModuleChoice,
  narrowing: GrantableNarrowing,
  names: KnownNames,
): string {
  const field = narrowing.fieldChoices.find(({ name }) => name === fields);
  const parts = [
    since === undefined ? "" : sinceWords(since, narrowing),
    fields === undefined ? "" : field?.label ?? LOST_FIELDS,
    tags === undefined ? "" : tagWords(tags, narrowing, names),
    spaces === undefined ? "" : `in ${listWords(spaces.map((id) => names.spaces.get(id) ?? LEFT_SPACE))}`,
    blind ? "it may add what it may not see" : "",
  ];
  return parts.filter(Boolean).join("; ");
}

/** Tags by name; only how many where none of the names is known. */
function tagWords(tags: readonly string[], { tags: place }: GrantableNarrowing, names: KnownNames): string {
  const word = tags.length === 1 ? "tag" : "tags";
  if (place?.kind === "words") return `${word} ${listWords(tags)}`;
  if (!tags.some((tag) => names.tags.has(tag))) return `with ${tags.length} ${word}`;
  return `${word} ${listWords(tags.map((tag) => names.tags.get(tag) ?? tag))}`;
}

/** The words of the fold of a module. */
export function onlyWords(
  choice: ModuleChoice | undefined,
  narrowing: GrantableNarrowing,
  names: KnownNames,
): string {
  const words = choice === undefined ? "" : narrowingWords(choice, narrowing, names);
  return words === "" ? "only …" : `only ${words}`;
}

/** A choice of fields that no module has any more. */
export const LOST_FIELDS = "what cannot be shown any more";

/** A space that is no longer among the person's. */
export const LEFT_SPACE = "a space you have left";

/** The words of a choice of time. A module whose records have no day of their own goes by when they were changed. */
export function sinceWords(since: string, { since: place }: Pick<GrantableNarrowing, "since">): string {
  const known = SINCE_CHOICES.find((choice) => choice.since === since);
  const words = known?.words ?? periodWords(since);
  return place === undefined ? `changed ${known === undefined ? "" : "in "}${words}` : words;
}

/** A period or a day that another version of these pages has offered. */
function periodWords(since: string): string {
  const [, count = "", unit = ""] = /^P(\d{1,4})([DWMY])$/.exec(since) ?? [];
  const word = UNITS[unit];
  return word === undefined ? `since ${since}` : `within ${count} ${word}`;
}

const UNITS: Readonly<Record<string, string>> = { D: "days", W: "weeks", M: "months", Y: "years" };

/** At most three names, each in quotation marks. */
function listWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map((name) => `“${plainName(name, CLIENT_NAME_LENGTH) || "?"}”`);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

const SHOWN_NAMES = 3;
