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
/** Largest answer of the auth service: a thousand spaces take about 300 KB. */
export const AUTH_ANSWER_BYTES = 1024 * 1024;
/** Spaces of one person that are read; the rest of a longer list is passed over. */
export const SPACES_PER_PERSON = 1000;
/** Longest cookie of the auth service; browsers keep no longer cookie either. */
export const AUTH_COOKIE_LENGTH = 4096;
/** A person's token is not handed out any more when less than this is left of it: it has to last for a whole call. */
export const PERSON_TOKEN_MARGIN_MS = 60_000;
/** How long a list of spaces is kept. */
export const SPACES_FRESH_MS = 60_000;
/** Sessions of which a token or a list of spaces is kept. */
export const KEPT_ANSWERS = 10_000;

/**
 * Wrong passwords for one account in {@link LOGIN_WINDOW_MS}: fewer than the {@link LOGIN_FAILURES} that lock it at the auth
 * service, so that nobody can lock a person out there by way of this server. As many for codes of a second factor.
 */
export const REMOTE_FAILURES = LOGIN_FAILURES - 1;
/** Wrong passwords from one network address in {@link LOGIN_WINDOW_MS}: an office's typing errors, not a list of passwords. */
export const REMOTE_FAILURES_PER_ADDRESS = 20;
/** Attempts from one network address in {@link ATTEMPT_WINDOW_MS}; better-auth's own limiter lets as many through. */
export const ATTEMPTS_PER_ADDRESS = 3;
/** Window in which attempts are counted. */
export const ATTEMPT_WINDOW_MS = 10_000;
/** What people wait when the auth service takes no more attempts and does not say for how long. */
export const BUSY_SECONDS = 10;
/** How long a code of a second factor is waited for at most; better-auth forgets the sign-in then. */
export const SECOND_FACTOR_MS = 10 * 60_000;

/** Time between two rounds through the kept sessions. */
export const ROUND_MS = 60_000;
/** A session that was not used for this long is used in the next round: the auth service prolongs it after a day. */
export const SESSION_IDLE_MS = 20 * 3600_000;
/** Sessions of one round, so that a thousand sessions do not ask in the same second. */
export const SESSIONS_PER_ROUND = 50;
/** Time between two tries to use or to end a session at the auth service. */
export const AGAIN_MS = 5 * 60_000;
/** Uses of a session are noted this often at most: each note is a write to the disk. */
export const SESSION_NOTED_MS = 3600_000;
/** A session that is not used ends by itself after a week at the auth service; a day more makes it certain. */
export const SESSION_LIFE_MS = 8 * 24 * 3600_000;

// The gateway, which the pages ask

/** Life of a page token: it is made for one request, which is sent at once. */
export const PAGE_TOKEN_SECONDS = 60;
/** Longest wait for an answer of the gateway, its body included: a little longer than the gateway lets an action run. */
export const GATEWAY_ANSWER_MS = 28_000;
/** Largest answer of the gateway: 50 records of 20 fields, each with 500 characters before and after, escaped. */
export const GATEWAY_ANSWER_BYTES = 8 * 1024 * 1024;
/** Longest wait of the page of apps for the number of requests that wait; later the page does without the number. */
export const WAITING_COUNT_MS = 1500;
/** Longest wait of a page for the person's tags and for how many records a choice shows; later the page does without. */
export const KNOWN_RECORDS_MS = 2000;
/** Counts of one person in {@link COUNT_WINDOW_MS}: more than anybody clicks, and few enough that nobody keeps the gateway busy. */
export const COUNTS_PER_PERSON = 60;
/** Window in which counts are counted. */
export const COUNT_WINDOW_MS = 60_000;

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
/**
 * Longest scope of a grant: the gateway reads no longer claim, and a token has to fit into a header line of 8 KiB, which is what
 * proxies take. Every permission and 50 spaces fit.
 */
export const SCOPE_CHARS = 4096;

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
/** Grants that no app redeemed are kept this long, so that a replayed code is still recognised. */
export const UNUSED_GRANT_MS = 40 * 24 * 3600 * 1000;
/** A connection that ended by itself is shown this long: whoever wonders why an app stopped has looked by then. */
export const ENDED_GRANT_SHOWN_MS = 30 * 24 * 3600 * 1000;
/** Largest Client ID Metadata Document; real ones are under 1 KB. */
export const CLIENT_DOCUMENT_BYTES = 8 * 1024;
/** Longest wait for a Client ID Metadata Document. */
export const CLIENT_DOCUMENT_TIMEOUT_MS = 3000;
/** How long a fetched document is believed before it is read again. */
export const CLIENT_DOCUMENT_FRESH_MS = 3600_000;
/** Documents read at the same time: a handful of apps, not an attack in our name. */
export const CLIENT_DOCUMENTS_AT_ONCE = 4;

// What a person narrows an app by

/** Longest stored choice in characters. The document that is made of it has to stay below the 64 KiB that the gateway reads. */
export const NARROWING_CHARS = 16 * 1024;
/** Tags that can be chosen within a module: a condition of a document takes as many values. */
export const NARROWING_TAGS = 100;
/** Longest tag in characters. */
export const NARROWING_TAG_CHARS = 200;
/** Spaces that can be chosen within a module: a document says them again for each of its tables. */
export const NARROWING_SPACES = 60;
/** Spaces that can be chosen within all modules together, for the same reason. */
export const NARROWING_SPACES_IN_ALL = 200;
/** Largest document in bytes; the gateway reads no larger one. */
export const DOCUMENT_BYTES = 64 * 1024;
/** Most records an hour that a person can let an app open. */
export const READ_BUDGET_MAX = 100_000;
