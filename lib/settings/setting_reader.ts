// Reads single variables and gathers what is wrong with them, so that an operator hears of every problem at once. What each
// variable may be is said by settings.ts.
import { SETTINGS } from "./settings_table.ts";

/** Reads variables by name. A value that is not as expected is a problem; something usable is returned all the same. */
export interface SettingReader {
  /** Every problem so far: name of the variable, what was expected, what was found. */
  readonly problems: readonly string[];
  /** Notes that the variable is not `expected`, and repeats its value. */
  problem(name: string, expected: string): void;
  /** Notes a problem with a variable whose value is a secret: it is not repeated. */
  secretProblem(name: string, what: string): void;
  /** The value without white space around it, or the default; null where neither is there. */
  text(name: string): string | null;
  /** One of the words that are allowed; the first one where the value is none of them. */
  oneOf<Word extends string>(name: string, allowed: readonly [Word, ...Word[]]): Word;
  /** A comma list without empty parts. */
  list(name: string): readonly string[];
  /** An http or https URL without user, query, fragment and trailing slash; `fallback` where it is not set or none. */
  url(name: string, fallback: string): string;
  /** A whole number from 0 to `most`. */
  count(name: string, most: number): number;
}

/** Creates a reader of `env`. An empty value counts as not set. */
export function createSettingReader(env: Readonly<Record<string, string | undefined>>): SettingReader {
  const problems: string[] = [];
  const text = (name: string): string | null =>
    env[name]?.trim() || (SETTINGS.find((setting) => setting.name === name)?.fallback ?? null);
  const problem = (name: string, expected: string): void => {
    problems.push(`${name} is ${JSON.stringify(text(name))}: expected ${expected}`);
  };
  return Object.freeze({
    problems,
    problem,
    secretProblem: (name: string, what: string) => void problems.push(`${name} ${what}`),
    text,
    oneOf<Word extends string>(name: string, allowed: readonly [Word, ...Word[]]): Word {
      const value = text(name);
      const found = allowed.find((word) => word === value);
      if (found === undefined) problem(name, allowed.join(", "));
      return found ?? allowed[0];
    },
    list: (name: string) =>
      (text(name) ?? "").split(",").map((part) => part.trim()).filter((part) => part !== ""),
    url(name: string, fallback: string): string {
      const value = text(name) ?? fallback;
      if (!isPlainUrl(value)) {
        problem(name, "an http or https URL without user, query or fragment");
        return fallback;
      }
      let end = value.length;
      while (value.charAt(end - 1) === "/") end--;
      return value.slice(0, end);
    },
    count(name: string, most: number): number {
      const found = text(name) ?? "";
      if (!/^\d{1,9}$/.test(found) || Number(found) > most) problem(name, `a number from 0 to ${most}`);
      return Number(found);
    },
  });
}

/**
 * Whether a text is an http or https URL without user, query and fragment. A host with a comma or an asterisk, which URLs allow,
 * is none: in a list of rights it would be two hosts, or many.
 */
export function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  return ["http:", "https:"].includes(protocol) && HOST.test(hostname) &&
    !(username || password || search || hash);
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])$/;
