// What is wrong with an argument, in words for a model. The schema library's own texts change with its releases, name its
// types and quote what was sent, so none of them leaves the gateway.

import { z } from "zod";
import { MAX_PROBLEM_CHARS } from "../kit/limits.ts";

/** Puts a problem into words while arguments are parsed. Words that the author of a tool wrote for it come before these. */
export const argumentWords: z.core.$ZodErrorMap = (issue) => {
  const problem = Problem.safeParse({ ...issue, path: [] });
  if (!problem.success) return UNKNOWN;
  const isMissing = issue.code === "invalid_type" && (issue.input === undefined || issue.input === null);
  return isMissing ? "is missing" : wordsOf(problem.data);
};

/** The problems of parsed arguments, each with its place, bounded in number and length. */
export function problemsOf(issues: readonly Pick<z.core.$ZodIssue, "path" | "message">[]): string[] {
  return issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
    const place = path.map(String).join(".");
    return bounded(place === "" ? message : `${place}: ${message}`);
  });
}

/** The problems in the schema library's own text, which the SDK makes the message of an error; null for any other text. */
export function problemsInText(text: string): string[] | null {
  let issues: unknown;
  try {
    issues = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = z.array(Problem).min(1).safeParse(issues);
  return parsed.success
    ? problemsOf(parsed.data.map((problem) => ({ path: problem.path, message: wordsOf(problem) })))
    : null;
}

/** This many problems of one call are told; more would only repeat. */
const MAX_PROBLEMS = 10;
/** A place in the arguments and what is wrong there. Members that a kind of problem does not have are absent. */
const Problem = z.looseObject({
  code: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
  expected: z.string().optional(),
  origin: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  values: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  keys: z.array(z.string()).optional(),
});
type Problem = z.infer<typeof Problem>;

/** How each type is called. */
const TYPES: Readonly<Record<string, string>> = Object.freeze({
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
});
/** What a length counts. */
const COUNTED: Readonly<Record<string, readonly [one: string, several: string]>> = Object.freeze({
  string: ["character", "characters"],
  array: ["entry", "entries"],
});
const UNKNOWN = "is not of the expected form";

function wordsOf({ code, expected, keys, maximum, minimum, origin = "", values }: Problem): string {
  const counted = (count: number): string => {
    const [one, several] = COUNTED[origin] ?? ["", ""];
    return one === "" ? String(count) : `${count} ${count === 1 ? one : several}`;
  };
  switch (code) {
    case "invalid_type":
      return expected === undefined ? UNKNOWN : `expected ${TYPES[expected] ?? expected}`;
    case "too_small":
      return minimum === undefined ? UNKNOWN : `expected at least ${counted(minimum)}`;
    case "too_big":
      return maximum === undefined ? UNKNOWN : `expected at most ${counted(maximum)}`;
    case "invalid_value":
      return values === undefined
        ? UNKNOWN
        : `expected ${values.length > 1 ? "one of " : ""}${values.join(", ")}`;
    case "unrecognized_keys":
      return keys === undefined
        ? UNKNOWN
        : `unknown argument ${keys.map((key) => JSON.stringify(key)).join(", ")}`;
    default:
      return UNKNOWN;
  }
}

/** A problem can name a member that the caller made up, of 200,000 characters. */
function bounded(problem: string): string {
  return problem.length <= MAX_PROBLEM_CHARS
    ? problem
    : `${problem.slice(0, MAX_PROBLEM_CHARS).toWellFormed()}…`;
}
