// What a person narrowed an app by, in words that complete "the app sees …": for the pages, which ask for it and list it.
import type { GrantableModule } from "./grantable_modules.ts";
import type { ModuleChoice } from "./narrowing.ts";

/** "only the last 30 days, tagged work or home, titles and days, not the texts". Empty where the choice narrows nothing. */
export function narrowingWords(
  { narrowing: by }: Pick<GrantableModule, "narrowing">,
  { since, tags, spaces, fields, blind }: ModuleChoice,
  names: NarrowingNames,
): string {
  const only = [
    ...(since === undefined ? [] : [sinceWords(since, by?.since === undefined)]),
    ...(tags === undefined
      ? []
      : [`tagged ${orWords(tags.map(by?.tags?.kind === "tags" ? names.tag : same))}`]),
    ...(spaces === undefined ? [] : [`in ${orWords(spaces.map(names.space))}`]),
    ...(fields === undefined ? [] : [by?.fieldChoices.find(({ name }) => name === fields)?.label ?? UNKNOWN]),
  ].join(", ");
  const adding = blind === true ? ["may add what it does not see"] : [];
  return [...(only === "" ? [] : [`only ${only}`]), ...adding].join("; ");
}

/** How the page calls what is stored as an id. */
export interface NarrowingNames {
  readonly tag: (id: string) => string;
  readonly space: (id: string) => string;
}

/** A choice of fields that the module no longer has: the gateway shows the app nothing. */
const UNKNOWN = "nothing, since the choice is not known any more";

/** @param isOfChange whether the records have no day of their own */
function sinceWords(since: string, isOfChange: boolean): string {
  const [, count = "", unit = ""] = /^P(\d+)([DWMY])$/.exec(since) ?? [];
  if (count === "") return `${isOfChange ? "changed " : ""}since ${since}`;
  const word = UNITS.get(unit) ?? "";
  const span = Number(count) === 1 ? `the last ${word}` : `the last ${count} ${word}s`;
  return isOfChange ? `changed in ${span}` : span;
}

const UNITS: ReadonlyMap<string, string> = new Map([["D", "day"], ["W", "week"], ["M", "month"], [
  "Y",
  "year",
]]);

function orWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

function same(word: string): string {
  return word;
}
