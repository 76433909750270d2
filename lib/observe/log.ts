// Writes the log: one line of JSON per event, with the fields of log_fields.ts and no others. Lines hold no control characters,
// so that no value can forge a second line or steer a terminal (log injection).
import type { Clock } from "../kit/clock.ts";
import type { LogLevel } from "../settings/settings.ts";
import { LOG_FIELDS, type LogFields, type LogForm } from "./log_fields.ts";

/** Writes one line per event. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Creates a log that writes lines of `level` and above. `write` takes one line without its end. */
export function createLog(deps: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): Log {
  const least = ORDER.indexOf(deps.level);
  const written: Written = { second: NaN, upToSecond: "", word: new Map(), mark: new Map() };
  const at = (level: LogLevel) => {
    const isWritten = ORDER.indexOf(level) >= least;
    const before = `Z","level":"${level}","event":`;
    return (event: string, fields: LogFields = {}) => {
      if (!isWritten) return;
      let line = `{"time":"${timeText(written, deps.clock.calendar())}${before}${
        toJson(written, "word", event)
      }`;
      // Types are gone by now: a spread of something else must not bring its fields along.
      for (const name in fields) {
        const value: unknown = Reflect.get(fields, name);
        const place = value === undefined ? undefined : PLACES.get(name);
        if (place !== undefined) line += place.before + toJson(written, place.form, value);
      }
      deps.write(`${line}}`);
    };
  };
  return Object.freeze({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") });
}

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** How a field is written. */
interface Place {
  readonly form: LogForm;
  /** What stands before the value. */
  readonly before: string;
}

const PLACES: ReadonlyMap<string, Place> = new Map(
  Object.entries(LOG_FIELDS).map(([name, form]) => [name, { form, before: `,"${name}":` }]),
);

/** What was written before and is likely to be written again. */
interface Written {
  second: number;
  /** The time of that second as text, up to the second; many lines of one second share it. */
  upToSecond: string;
  /** Words and marks that were found to be well-formed, as JSON: few are ever new. */
  readonly word: Map<string, string>;
  readonly mark: Map<string, string>;
}

/** ISO time without its Z. */
function timeText(written: Written, ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== written.second) {
    written.second = second;
    written.upToSecond = new Date(second * 1000).toISOString().slice(0, -4);
  }
  return written.upToSecond + String(Math.floor(ms) - second * 1000).padStart(3, "0");
}

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

/** The value as JSON. Built by hand, since this is most of what a line costs; only `text` can need escaping. */
function toJson(written: Written, form: LogForm, value: unknown): string {
  if (form === "number") {
    return typeof value === "number" && Number.isFinite(value) ? String(value) : ILL_FORMED;
  }
  if (typeof value !== "string") return ILL_FORMED;
  if (form === "text") {
    return JSON.stringify(value.slice(0, MAX_TEXT_CHARS).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?"));
  }
  if (form === "trace") return FORMS.trace.test(value) ? `"${value}"` : ILL_FORMED;
  const wellFormed = written[form];
  const before = wellFormed.get(value);
  if (before !== undefined) return before;
  if (!FORMS[form].test(value)) return ILL_FORMED;
  if (wellFormed.size >= MAX_KNOWN) wellFormed.clear();
  const json = `"${value}"`;
  wellFormed.set(value, json);
  return json;
}
