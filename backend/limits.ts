/** Numbers of the embedded backend, with their units and the reason for each. */

/** Largest body of a push: what the reference sync service takes (sync-protocol, section 2). */
export const PUSH_BODY_BYTES = 10 * 1024 * 1024;
/** Largest body of any other request: the longest legal one, a recovery wrap, is under 10 KB. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** Deepest nesting of a pushed value, so that no document can exhaust the call stack. */
export const JSON_DEPTH = 512;

/** Changes on one page of a pull or of one stream event (sync-protocol, section 3). */
export const PAGE_CHANGES = 1000;
/** Changes in the answer to a push (sync-protocol, section 2). */
export const DELTA_CHANGES = 5000;

/** Time between two heartbeats of a stream (sync-protocol, section 4). */
export const HEARTBEAT_MS = 30_000;
/** What may wait for one stream's reader; a full buffer at the next heartbeat ends the stream. */
export const STREAM_BUFFER_BYTES = 1024 * 1024;
/** Tables that one stream watches; table names are free strings, so somebody could invent them forever. */
export const STREAM_TABLES = 256;
/** Open streams of one person: a browser, a phone and a few agents, not a flood. */
export const STREAMS_PER_PERSON = 64;

/** Life of an access token (auth-vault, section 1). */
export const TOKEN_LIFETIME = "15m";
/** How long the signing keys are kept in memory before they are read again. */
export const SIGNING_KEYS_MS = 5 * 60_000;

/** Failed logins that lock an address (auth-vault, section 3). */
export const LOGIN_FAILURES = 5;
/** The time in which they must fall. */
export const LOGIN_WINDOW_MS = 15 * 60_000;
/** How long the lock holds. */
export const LOGIN_LOCK_MS = 30 * 60_000;

/** Shortest password, in UTF-16 units (auth-vault, section 3). */
export const PASSWORD_MIN = 8;
/** Longest password, in UTF-16 units: hashing takes time that grows with it. */
export const PASSWORD_MAX = 128;

/** Bytes of a master key and of the key that wraps it: AES-256. */
export const KEY_BYTES = 32;
/** Longest recovery member in base64 characters; a real wrap takes 64. */
export const RECOVERY_TEXT = 4096;
