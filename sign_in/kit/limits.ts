// Numbers of sign-in, with their units and the reason for each. Nothing here is a setting.

// Requests

/** Largest body of a request: the longest legal one, a recovery wrap, is under 10 KB. */
export const SMALL_BODY_BYTES = 64 * 1024;

// Accounts and logins

/** Life of a session's access token (auth-vault, section 1). */
export const TOKEN_LIFETIME = "15m";
/** How long the signing keys are cached before they are read again. */
export const SIGNING_KEYS_MS = 5 * 60_000;

/** Failed logins that lock an address (auth-vault, section 3). */
export const LOGIN_FAILURES = 5;
/** Window in which the failures are counted. */
export const LOGIN_WINDOW_MS = 15 * 60_000;
/** How long the lock holds. */
export const LOGIN_LOCK_MS = 30 * 60_000;

/** Shortest password, in UTF-16 units (auth-vault, section 3). */
export const PASSWORD_MIN = 8;
/** Longest password, in UTF-16 units: hashing takes time that grows with it. */
export const PASSWORD_MAX = 128;

// People of an auth service elsewhere

/** Longest wait for an answer of the auth service, its body included. */
export const AUTH_ANSWER_MS = 8000;

// Apps: tokens and codes

/** Life of an access token of a connected app: as short as the person's own (RFC 9700, section 2.2.1). */
export const ACCESS_TOKEN_SECONDS = 15 * 60;
/** Life of a token that the gateway got in exchange; it asks again while the grant stands. */
export const EXCHANGED_TOKEN_SECONDS = 5 * 60;
/** Life of a refresh token that is not used; every use starts the time anew. */
export const REFRESH_TOKEN_SECONDS = 30 * 24 * 3600;
/** How long a used refresh token gets its answer again: an app may have two windows, or may have lost the answer. */
export const REFRESH_ANSWER_SECONDS = 60;
/** Time for signing up, reading and choosing before the app has to ask again. */
export const AUTHORIZATION_SECONDS = 30 * 60;
/** Life of an authorization code; RFC 6749, section 4.1.2, allows ten minutes at most. */
export const CODE_MS = 2 * 60_000;
// Apps: registration and documents

/** Registered clients of one network address that nobody has connected yet: an office's experiments, not a flood. */
export const UNUSED_CLIENTS_PER_ADDRESS = 100;
/** Registered clients of all network addresses that nobody has connected yet; a client takes 6 KB at most. */
export const UNUSED_CLIENTS = 1000;
/**
 * Registrations of one network address in {@link REGISTRATION_WINDOW_MS}. With {@link UNUSED_CLIENTS_PER_ADDRESS}, each
 * client has three minutes to be connected before it is forgotten.
 */
export const REGISTRATIONS_PER_ADDRESS = 30;
/** Window in which registrations are counted. */
export const REGISTRATION_WINDOW_MS = 60_000;
/** Longest name that an app gives itself; the consent page has to hold it. */
export const CLIENT_NAME_LENGTH = 60;
/** Redirect addresses of one client. */
export const REDIRECT_URIS = 10;
/** Longest redirect address in characters. */
export const REDIRECT_LENGTH = 512;
/** A grant's last use is written this often at most: the page shows days, and each note is a write to the disk. */
export const USE_NOTED_MS = 10_000;
/** Ended grants are kept this long, so that a replayed code or refresh token is still recognised. */
export const ENDED_GRANT_MS = 40 * 24 * 3600 * 1000;
/** Largest Client ID Metadata Document; real ones are under 1 KB. */
export const CLIENT_DOCUMENT_BYTES = 8 * 1024;
/** Longest wait for a Client ID Metadata Document. */
export const CLIENT_DOCUMENT_TIMEOUT_MS = 3000;
/** How long a fetched document is believed before it is read again. */
export const CLIENT_DOCUMENT_FRESH_MS = 3600_000;
/** Documents read at the same time: a handful of apps, not an attack in our name. */
export const CLIENT_DOCUMENTS_AT_ONCE = 4;
