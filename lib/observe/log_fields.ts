// Every field a log line can have. A new field is one entry here; docs/observability.md says what the fields mean. Fields are
// listed so that a value, a token or an argument has no place to go.

/** The fields by name, each with its form. A field that is not listed is left out; a value without its form is shown as `?`. */
export const LOG_FIELDS = Object.freeze({
  /** Ties the lines of one request together, and with them its spans. */
  traceId: "trace",
  /** Pseudonyms, see `lib/observe/pseudonyms.ts`. */
  person: "mark",
  agent: "mark",
  space: "mark",
  /** Keyed digest of the arguments. */
  args: "mark",
  tool: "word",
  access: "word",
  era: "word",
  outcome: "word",
  reason: "word",
  rule: "word",
  method: "word",
  upstream: "word",
  fault: "word",
  /** Class name of an unexpected error, never its text. */
  error: "word",
  signal: "word",
  status: "number",
  /** Records that the tool was given or has changed, and how many of their fields could not be read. */
  rows: "number",
  unreadable: "number",
  /** Texts of the result in which halves of surrogate pairs were replaced; absent for none. */
  mended: "number",
  /** Characters of the result's text. */
  bytes: "number",
  /** Time with a request to a service under way, time with a value being sealed or opened, time in all. */
  upstreamMs: "number",
  cryptoMs: "number",
  ms: "number",
  tools: "number",
  /** How often the listener has failed since the last such line. */
  failures: "number",
  /** A fixed route such as `/mcp`, never the path as sent. */
  route: "text",
  url: "text",
  version: "text",
  /** A problem with a setting, in words of ours. */
  problem: "text",
});

/**
 * The forms of values. `trace`: a trace id. `mark`: a pseudonym or digest. `word`: a fixed word of ours. `text`: a sentence of
 * ours, or an address from the settings, cut and without control characters.
 */
export type LogForm = "trace" | "mark" | "word" | "number" | "text";

/** The fields of one line, by name; undefined is left out. */
export type LogFields = {
  readonly [Name in keyof typeof LOG_FIELDS]?:
    | ((typeof LOG_FIELDS)[Name] extends "number" ? number : string)
    | undefined;
};
