import type { LogLevel } from "./config.ts";

/** What a log line may say: fields are listed here, so that a value, a token or an argument has no place to go. */
export interface LogFields {
  readonly traceId?: string;
  readonly tool?: string;
  readonly access?: string;
  readonly era?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly rule?: string;
  readonly status?: number;
  readonly method?: string;
  /** A fixed route name such as `/mcp`, never the path as sent. */
  readonly route?: string;
  readonly upstream?: string;
  readonly fault?: string;
  /** Class name of an unexpected error, never its text. */
  readonly error?: string;
  readonly rows?: number;
  readonly unreadable?: number;
  readonly bytes?: number;
  readonly ms?: number;
  readonly url?: string;
  readonly tools?: number;
  readonly version?: string;
  readonly signal?: string;
  readonly inFlight?: number;
  /** A problem with a setting, in words of ours. */
  readonly problem?: string;
}

/** Writes one JSON line per event. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/**
 * Creates a log. `write` takes one line without its end; `now` is milliseconds since the epoch.
 * Lines are JSON, so a newline inside a value cannot forge a second line (log injection).
 */
export function createLog(deps: {
  readonly level: LogLevel;
  readonly now: () => number;
  readonly write: (line: string) => void;
}): Log {
  const least = ORDER.indexOf(deps.level);
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) => {
    if (ORDER.indexOf(level) < least) return;
    deps.write(JSON.stringify({ time: new Date(deps.now()).toISOString(), level, event, ...fields }));
  };
  return Object.freeze({ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") });
}
