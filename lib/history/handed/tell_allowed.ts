// What an app could have read, by what it was allowed when it called: its scopes, and its document in words. The document is parsed as
// the gateway parses it for a call, so that the page never says more than a call could have had.
import type { GrantCondition, GrantDocument, GrantRule, Scalar } from "../../grants/grant_document.ts";
import type { Allowed } from "../../ledger/allowed.ts";
import { fieldWords, type TableNames } from "../table_names.ts";
import type { ToldSpace, ToldSpaces } from "../told_spaces.ts";
import { visibleCharacters } from "../visible_characters.ts";
import { recordWord } from "./tell_seen_call.ts";

/** What was allowed. */
export interface ToldAllowed {
  readonly scopes: readonly string[];
  /** Null: the scopes alone ruled. */
  readonly rules: readonly ToldRule[] | null;
  /** There was a document that the gateway does not understand: the app was shown nothing. */
  readonly isUnreadable: boolean;
  readonly until: string | null;
}

/** What a document said of one table, or of every table without a rule of its own (`*`). */
export interface ToldRule {
  readonly collection: string;
  /** What one record is called; empty for `*`. */
  readonly record: string;
  readonly access: readonly string[];
  readonly isBlind: boolean;
  /** Null: every space of the grant. */
  readonly spaces: readonly ToldSpace[] | null;
  /** Each condition in words. */
  readonly where: readonly string[];
  /** In words; null: every field. */
  readonly fields: readonly string[] | null;
}

/** What the words are made by. */
export interface AllowedWords {
  readonly names: TableNames;
  readonly spaces: ToldSpaces;
  /** Null for a document that this gateway does not understand. */
  readonly parse: (document: string) => GrantDocument | null;
}

/** Tells it. */
export function tellAllowed(words: AllowedWords, { scope, document }: Allowed): ToldAllowed {
  const scopes = scope.split(" ").filter((one) => one !== "");
  if (document === null) return { scopes, rules: null, isUnreadable: false, until: null };
  const parsed = words.parse(document);
  if (parsed === null) return { scopes, rules: null, isUnreadable: true, until: null };
  const { rules, until } = parsed;
  return {
    scopes,
    rules: rules.map((rule) => tellRule(words, rule)),
    isUnreadable: false,
    until: until === null || until * 1000 > LAST_MS ? null : new Date(until * 1000).toISOString(),
  };
}

/** The last time that a calendar has (ECMA-262, section 21.4.1.1). */
const LAST_MS = 8.64e15;

function tellRule({ names, spaces }: AllowedWords, rule: GrantRule): ToldRule {
  const { collection, access, blind, where = [], fields } = rule;
  return {
    collection,
    record: collection === "*" ? "" : recordWord(names, collection),
    access,
    isBlind: blind === true,
    // `personal` stands for the person's own space, which records name by an empty text.
    spaces: rule.spaces?.map((id) => spaces.tell(id === "personal" ? "" : id)) ?? null,
    where: where.map((condition) => conditionWords(names, condition)),
    fields: fields?.map(fieldWords) ?? null,
  };
}

/** A condition: `tags: one of work, home`, `tag of a note: one of 2 chosen ones`, `time block, start date: before 2026-05-01`. */
function conditionWords(names: TableNames, condition: GrantCondition): string {
  const field = fieldWords(condition.field);
  if (!("via" in condition)) return `${field}: ${testWords(condition)}`;
  const linked = recordWord(names, condition.via);
  return `${linked}${field.endsWith(" id") ? "" : `, ${field}`}: ${testWords(condition)}`;
}

function testWords(test: GrantCondition): string {
  switch (test.op) {
    case "eq":
      return `is ${valuesWords([test.value])}`;
    case "in":
    case "any":
      return test.value.length === 0 ? "nothing" : `one of ${valuesWords(test.value)}`;
    case "none":
      return test.value.length === 0 ? "anything" : `none of ${valuesWords(test.value)}`;
    case "gte":
      return `from ${boundWords(test.value)} on`;
    case "lt":
      return `before ${boundWords(test.value)}`;
  }
}

/** Ids of records say nothing to a person, and what the records are called is sealed: they are counted. */
function valuesWords(values: readonly Scalar[]): string {
  const texts = values.map(String);
  if (texts.some((text) => ID.test(text))) {
    return texts.length === 1 ? "1 chosen one" : `${texts.length} chosen ones`;
  }
  const shown = texts.slice(0, SHOWN_VALUES).map((text) => visibleCharacters(text, MAX_VALUE_CHARS)).join(
    ", ",
  );
  return texts.length > SHOWN_VALUES ? `${shown} and ${texts.length - SHOWN_VALUES} more` : shown;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
const SHOWN_VALUES = 20;
const MAX_VALUE_CHARS = 100;

function boundWords(value: string | number): string {
  const [, count, unit] = typeof value === "string" ? /^-P(\d+)([DWMY])$/.exec(value) ?? [] : [];
  if (count !== undefined && unit !== undefined) {
    return `${count} ${UNITS[unit] ?? ""}${count === "1" ? "" : "s"} before the day of the call`;
  }
  return value === "P0D" ? "the day of the call" : visibleCharacters(String(value), MAX_VALUE_CHARS);
}

const UNITS: Readonly<Record<string, string>> = { D: "day", W: "week", M: "month", Y: "year" };
