// What a call was handed, and what it could have read, in a person's words. Names of spaces and words of conditions are other
// people's texts: the page escapes them.
import type { AllowedRule, HandedRecords, LedgerEntry } from "../../../gateway/ledger_answers.ts";
import type { PersonApp } from "../../../oauth/grants/person_apps.ts";
import { sharedSpaceWord } from "../../format_values.ts";
import { countWord } from "../call_words.ts";

/** Who called, as the heading above its calls. The ledger is sealed with the person's key: only a gateway writes who it was. */
export function callerOf({ app, isOwn }: LedgerEntry, apps: readonly PersonApp[]): Caller {
  if (isOwn) return { key: "own", name: "An agent with your own token" };
  const known = apps.find(({ key }) => key === app);
  return {
    key: `app ${app ?? ""}`,
    name: known === undefined ? "An app that is not known here" : `“${known.name}”`,
  };
}

/** Who called. */
export interface Caller {
  /** The same for calls that stand under one heading. */
  readonly key: string;
  readonly name: string;
}

/** What a call was handed, in one line: `was handed 12 notes and 3 tags`. */
export function handedWord({ read, looked, wrote, outcome }: LedgerEntry): string {
  const parts = [
    read.length > 0 ? `was handed ${listWord(countsOf(read))}` : "",
    looked.length > 0 && read.length === 0 ? `looked through ${listWord(countsOf(looked))}` : "",
    wrote > 0 ? `wrote ${countWord(wrote, "record")}` : "",
  ].filter(Boolean);
  return [parts.length === 0 ? "was handed nothing" : listWord(parts), ENDS[outcome]].filter(Boolean).join(
    ", ",
  );
}

/** How a call ended, where that is worth a word. */
const ENDS: Readonly<Record<LedgerEntry["outcome"], string>> = {
  done: "",
  refused: "and was refused",
  failed: "and failed",
  unknown: "and nobody knows whether its changes were stored",
};

/** Some records of a kind: `12 notes`, `1 journal entry`. */
export function recordsWord(record: string, count: number): string {
  return countWord(count, record, pluralOf(record));
}

/** Records of one table in several spaces count together. */
function countsOf(read: readonly Pick<HandedRecords, "record" | "count">[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { record, count } of read) counts.set(record, (counts.get(record) ?? 0) + count);
  return [...counts].map(([record, count]) => recordsWord(record, count));
}

/** `a`, `a and b`, `a, b and c`. */
export function listWord(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** `notes`, `journal entries`, `tags of a note`. */
function pluralOf(record: string): string {
  const of = record.indexOf(" of ");
  if (of > 0) return `${pluralOf(record.slice(0, of))}${record.slice(of)}`;
  if (/[^aeiou]y$/.test(record)) return `${record.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(record) ? `${record}es` : `${record}s`;
}

/** A rule of a document: `notes: see · only title, updated at · updated at: 7 days back, or later`. */
export function ruleWord(rule: AllowedRule): string {
  const { collection, record, access, isBlind, spaces, where, fields } = rule;
  const what = collection === "*" ? "everything else" : pluralOf(record);
  const may = access.map((one) => ACCESSES[one] ?? one);
  return [
    `${what}: ${may.length === 0 ? "nothing" : may.join(", ")}`,
    isBlind ? "may add without reading" : "",
    spaces === null ? "" : `only in ${spaces.length === 0 ? "no space" : listWord(spaces.map(spaceOf))}`,
    ...where.map((condition) => `only where ${condition}`),
    fields === null
      ? ""
      : `only ${fields.length === 0 ? "the days of making and changing" : fields.join(", ")}`,
  ].filter(Boolean).join(" · ");
}

const ACCESSES: Readonly<Record<string, string>> = {
  read: "see",
  write: "add and change",
  destructive: "delete",
};

/** A space, in the middle of a sentence. */
export function spaceOf(space: HandedRecords["space"]): string {
  return space.kind === "personal" ? "your own space" : sharedSpaceWord(space);
}
