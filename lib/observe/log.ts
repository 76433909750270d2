import type { Clock } from "../kit/clock.ts";
import type { LogLevel } from "../settings/settings.ts";

/**
 * What a log line may say, and in which form. Fields are listed here, so that a value, a token or an argument has no
 * place to go: what is not listed is left out, what does not have its form is shown as `?`.
 */
const FIELDS = Object.freeze({
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
  /** A fixed route such as `/mcp`, never the path as sent. */
  route: "text",
  url: "text",
  version: "text",
  /** A problem with a setting, in words of ours. */
  problem: "text",
});

type Form = "trace" | "mark" | "word" | "number" | "text";
type Fields = typeof FIELDS;

/** How a field is written. */
interface Place {
  readonly form: Form;
  /** What stands before the value. */
  readonly before: string;
}

const PLACES: ReadonlyMap<string, Place> = new Map(
  Object.entries(FIELDS).map(([name, form]) => [name, { form, before: `,"${name}":` }]),
);

/** The fields of one line, by name; undefined is left out. */
export type LogFields = {
  readonly [Name in keyof Fields]?: (Fields[Name] extends "number" ? number : string) | undefined;
};

/** Writes one JSON line per event. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** Shown for a value that does not have the form of its field. */
const ILL_FORMED = '"?"';
const MAX_TEXT_CHARS = 4_000;
/** Words and marks that are remembered, each. */
const MAX_KNOWN = 5_000;
const FORMS = Object.freeze({
  trace: /^[0-9a-f]{32}$/,
  mark: /^[0-9a-f]{16}$/,
  word: /^[A-Za-z_][A-Za-z0-9._:-]{0,63}$/,
});

/**
 * Creates a log. `write` takes one line without its end; `now` is milliseconds since the epoch.
 * Lines are JSON without control characters, so that no value can forge a second line or steer a terminal (log injection).
 */
export function createLog(deps: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): Log {
  const least = ORDER.indexOf(deps.level);
  let second = NaN;
  let upToSecond = "";
  /** ISO time without its Z; many lines of one second share its text. */
  const timeText = (ms: number): string => {
    const whole = Math.floor(ms / 1000);
    if (whole !== second) {
      second = whole;
      upToSecond = new Date(whole * 1000).toISOString().slice(0, -4);
    }
    return upToSecond + String(Math.floor(ms) - whole * 1000).padStart(3, "0");
  };
  /** Words and marks that were found to be well-formed, as JSON: few are ever new. */
  const known = { word: new Map<string, string>(), mark: new Map<string, string>() };
  /** The value as JSON. Built by hand, since this is most of what a line costs; only `text` can need escaping. */
  const toJson = (form: Form, value: unknown): string => {
    if (form === "number") {
      return typeof value === "number" && Number.isFinite(value) ? String(value) : ILL_FORMED;
    }
    if (typeof value !== "string") return ILL_FORMED;
    if (form === "text") {
      return JSON.stringify(value.slice(0, MAX_TEXT_CHARS).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?"));
    }
    if (form === "trace") return FORMS.trace.test(value) ? `"${value}"` : ILL_FORMED;
    const wellFormed = known[form];
    const written = wellFormed.get(value);
    if (written !== undefined) return written;
    if (!FORMS[form].test(value)) return ILL_FORMED;
    if (wellFormed.size >= MAX_KNOWN) wellFormed.clear();
    const json = `"${value}"`;
    wellFormed.set(value, json);
    return json;
  };
  const at = (level: LogLevel) => {
    const isWritten = ORDER.indexOf(level) >= least;
    const before = `Z","level":"${level}","event":`;
    return (event: string, fields: LogFields = {}) => {
      if (!isWritten) return;
      let line = `{"time":"${timeText(deps.clock.calendar())}${before}${toJson("word", event)}`;
      // Types are gone by now: a spread of something else must not bring its fields along.
      for (const name in fields) {
        const value: unknown = Reflect.get(fields, name);
        const place = value === undefined ? undefined : PLACES.get(name);
        if (place !== undefined) line += place.before + toJson(place.form, value);
      }
      deps.write(`${line}}`);
    };
  };
  return Object.freeze({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") });
}

/** Errors that the log knows by name. */
const ERROR_CLASSES: ReadonlySet<string> = new Set([
  "AggregateError",
  "DOMException",
  "EvalError",
  "NotCapable",
  "PermissionDenied",
  "RangeError",
  "ReferenceError",
  "Refused",
  "SyntaxError",
  "TypeError",
  "URIError",
  "ZodError",
]);

/**
 * Class of whatever was thrown, for the log: `name` and even the class itself can be made of data, so only names that are
 * known beforehand are told.
 */
export function errorClass(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { name } = thrown.constructor;
  return ERROR_CLASSES.has(name) ? name : "Error";
}
