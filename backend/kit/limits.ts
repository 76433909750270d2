// Numbers of vault and sync, with their units and the reason for each. Nothing here is a setting; sign-in's numbers are
// sign_in/kit/limits.ts.

// Bodies and JSON

/** Largest body of a push: what the reference sync service takes (sync-protocol, section 2). */
export const PUSH_BODY_BYTES = 10 * 1024 * 1024;
/** Deepest nesting of a pushed value, so that no document can exhaust the call stack. */
export const JSON_DEPTH = 512;

// Sync

/** Changes in one portion of a pull or in one stream event (sync-protocol, section 3). */
export const PORTION_CHANGES = 1000;
/** Changes in the answer to a push (sync-protocol, section 2). */
export const DELTA_CHANGES = 5000;

/** Time between two heartbeats of a stream (sync-protocol, section 4). */
export const HEARTBEAT_MS = 30_000;
/** Bytes that may wait for a stream's reader. A buffer that is full at the next heartbeat ends the stream. */
export const STREAM_BUFFER_BYTES = 1024 * 1024;
/** Tables that a stream watches: table names are free strings, and a client could invent them forever. */
export const STREAM_TABLES = 256;
/** Open streams of a person: a browser, a phone and a few agents, not a flood. */
export const STREAMS_PER_PERSON = 64;

// The vault

/** Bytes of a master key and of its wrapping key: AES-256. */
export const KEY_BYTES = 32;
/** Longest part of a recovery wrap in base64 characters; a real wrap takes 64. */
export const RECOVERY_TEXT = 4096;
