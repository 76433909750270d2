// Every limit of the gateway, by the room of lib/ that keeps it: the unit is in the name, the reason in the comment. Limits of
// what a person may write (a title, a note) stand in tools/, in the input of the tool.

// observe: what is told about a request

/** Log lines are gathered for this long and written together; only a kill can lose as much. */
export const LOG_GATHER_MS = 5;

// services: the way out

/** One upstream request may take this long; the call as a whole is bounded by {@link CALL_TIMEOUT_MS}. */
export const UPSTREAM_TIMEOUT_MS = 10_000;
/** An upstream's JSON answer may be this large: one page of 1,000 changes of long notes. */
export const MAX_UPSTREAM_BYTES = 64 * 1024 * 1024;
/** A stream of the sync service sends its headers with its first event, at the latest a heartbeat (sync section 4). */
export const STREAM_HEADERS_MS = 45_000;
/** An answer of `/ready` is given again for this long. */
export const READINESS_CACHE_MS = 2_000;

// http: bytes and headers of a request

/** A request body above this is 413. A note may hold 200,000 characters of up to 4 bytes, escaped twice over. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A body that trickles in slower than this is cut (slow-body attack). */
export const BODY_TIMEOUT_MS = 30_000;
/** JSON nested deeper than this is refused: no tool needs more, and recursion costs stack. */
export const MAX_JSON_DEPTH = 64;
/** A bearer token longer than this is no JWT of ours; checked before any parsing. */
export const MAX_TOKEN_CHARS = 8_192;
/** Requests that may be in work at the same time; more are told to come back. */
export const MAX_REQUESTS_IN_FLIGHT = 1_000;
/**
 * Requests of one person that may be in work at the same time: several apps with several windows and their streams, and a
 * tenth of what there is for all.
 */
export const MAX_REQUESTS_PER_PERSON = 100;
/** Requests that are worked on at the same time, as long as they need the processor; others wait for their turn. */
export const WORK_AT_ONCE = 32;
/** So many of one person's requests begin before another person's turn comes: the parallel calls of a usual client. */
export const WORK_OF_A_TURN = 8;
/** So often is looked whether those in work wait for services, so that more can begin. */
export const WORK_TICK_MS = 2;
/** So many begin at each look then. */
export const WORK_WHEN_IDLE = 8;
/** When a refused request may come back. */
export const OVERLOAD_RETRY_SECONDS = 1;
/** Bodies of one person that are waited for: they come with their headers unless they are large or the line is slow. */
export const MAX_ARRIVING_PER_PERSON = 32;
/** Memory of one person's bodies on their way: eight of the largest at the same time. */
export const MAX_ARRIVING_BYTES_PER_PERSON = 8 * MAX_BODY_BYTES;
/** Memory of all people's bodies on their way. */
export const MAX_ARRIVING_BYTES = 256 * 1024 * 1024;
/**
 * Requests of one address whose tokens are being looked at. A proxy is one address for everybody behind it, and while the
 * auth service is slow their requests wait here: half of what may be in work.
 */
export const MAX_UNKNOWN_PER_ADDRESS = 500;

// people: who calls

/** How far this host's clock may be behind the auth service's; the end of a token is not moved by it. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** A key set is asked for again after this long, so that a withdrawn key stops working. */
export const JWKS_MAX_AGE_MS = 5 * 60_000;
/** An unknown key id makes us ask for the key set at most this often (flood of made-up key ids). */
export const JWKS_COOLDOWN_MS = 10_000;
/** An old key set is still believed for this long while the auth service is down: the life of a token. */
export const JWKS_STALE_MS = 15 * 60_000;
/** A verified token is not verified again for this long, and never past its expiry. */
export const TOKEN_CACHE_MS = 60_000;
/** Verified tokens kept at once. */
export const TOKEN_CACHE_ENTRIES = 10_000;
/** Exchanged tokens kept at once. */
export const EXCHANGED_TOKEN_ENTRIES = 10_000;
/** An exchanged token is renewed this long before it ends, so that none ends on its way. */
export const EXCHANGED_TOKEN_MARGIN_MS = 30_000;
/** Longest life of a page token, from `iat` to `exp`: the sign-in server makes each for the request that it is about to send. */
export const PAGE_TOKEN_SECONDS = 60;
/** Whether a grant still stands is believed for this long. */
export const INTROSPECTION_CACHE_MS = 2_000;
/**
 * After news of a person's apps, what was found of them longer ago than this is asked for again. Not at once: so a flood of news, true or
 * not, costs four questions a second for each token that is in use, and no more.
 */
export const ACCESS_NEWS_MS = 250;
/** Grants that are believed at once. */
export const INTROSPECTION_ENTRIES = 10_000;
/** Whether the auth service signs apps in is believed for this long: anyone may ask, and it changes with its version. */
export const AUTHORIZATION_SERVER_CACHE_MS = 60_000;
/** The first request that asks waits no longer than this for a slow auth service. */
export const AUTHORIZATION_SERVER_WAIT_MS = 2_000;

// spaces: which space

/** Memberships are believed for this long. */
export const MEMBERSHIP_CACHE_MS = 60_000;
/** A call in the last part of that time has them looked up anew meanwhile, so that nobody who keeps calling waits. */
export const MEMBERSHIP_RENEWAL_MS = 15_000;
/** A space that is not in the known list makes us ask again, at most this often per person (just joined a space). */
export const MEMBERSHIP_COOLDOWN_MS = 5_000;
/**
 * The sync service believes memberships for 5 minutes, counted from an answer that it waits 5 s for (sync section 6): after this
 * long, it knows of a space that the auth service has named.
 */
export const MEMBERSHIP_SETTLE_MS = 6 * 60_000;
/** People whose memberships are kept at once. */
export const MEMBERSHIP_CACHE_ENTRIES = 10_000;

// changes: the change log

/** Folded tables of the gateway's own records, beside those of people (settings/memory_shares.ts), in bytes over all people: sealed texts only. */
export const MAX_OWN_FOLDED_BYTES = 64 * 1024 * 1024;
/** Portions of one pull: 10 million changes; more means the service never says the end. */
export const MAX_PULL_PORTIONS = 10_000;
/** The position steps back by this much: the server's clock is transaction time, not commit order (sync section 11.4). */
export const PULL_OVERLAP_MS = 10_000;
/**
 * While a table is read, whether the log still has the newest known change is asked this often: it may be an older backup.
 */
export const LOG_ANCHOR_MS = 15_000;
/** Attempts for one push: identical ids and stamps make a repeat harmless (contract: sync section 2). */
export const PUSH_ATTEMPTS = 4;
/** First pause between two attempts; doubled each time, with full jitter. */
export const PUSH_RETRY_BASE_MS = 200;
/** A push stays below the sync service's 10 MiB body limit. */
export const MAX_PUSH_BYTES = 8 * 1024 * 1024;
/** Highest place in a list: above it adding one changes nothing (IEEE 754), so records there share the last place. */
export const MAX_ORDER = Number.MAX_SAFE_INTEGER;
/** While a stream would tell of news, what was pulled within this time is shown again without asking. */
export const FRESH_MS = 250;
/** Streams of hints over all people, one per person and app: half of the usual 1,024 descriptors of a process. */
export const MAX_HINT_STREAMS = 500;
/** A person who has read nothing for this long gets no hints any more: each stream holds a connection. */
export const HINT_IDLE_MS = 3 * 60_000;
/** A stream that was needed within this time makes no room for another, or a crowd would only open and close them. */
export const HINT_KEEP_MS = 15_000;
/** A stream that was silent for this long is believed no more: a heartbeat comes every 30 s (sync section 4). */
export const STREAM_SILENCE_MS = 45_000;
/** First pause before a broken stream is opened again; doubled each time, with full jitter. */
export const HINT_RETRY_BASE_MS = 1_000;
/** Longest pause before a broken stream is opened again. */
export const HINT_RETRY_MAX_MS = 60_000;
/** Streams are looked through this often for idle, silent and expired ones. */
export const HINT_SWEEP_MS = 10_000;

// sealing: keys and ciphertext

/** A master key is kept for this long (contract: auth-vault section 5, each fetch is an audit row). */
export const KEY_CACHE_MS = 5 * 60_000;
/** Master keys kept at once. */
export const KEY_CACHE_ENTRIES = 5_000;
/**
 * A key that seals was given by the vault within this time, one that opens was allowed within it: so long can a key that was
 * replaced be sealed with, and zero-knowledge go unnoticed. Each look at the key is an audit row, a look at the status is none.
 */
export const VAULT_BELIEF_MS = 15_000;
/** The vault is asked this long before that time is over, so that nobody who keeps working waits for its answer. */
export const VAULT_RENEWAL_MS = 3_000;
/** Sealed values that were stored and wait for their key to be confirmed, in characters over all people. */
export const MAX_UNCONFIRMED_CHARS = 16 * 1024 * 1024;

// records: what a tool is given

/** A search looks at this much of a text; no tool writes longer ones, but other writers may, to keep us busy. */
export const MAX_SEARCHED_CHARS = 250_000;
/** Text around the first match of a search hit: enough to tell hits apart. */
export const SNIPPET_CHARS = 160;
/** One field in a listing is cut to this and named in `clipped`. */
export const MAX_LISTED_FIELD_CHARS = 20_000;
/** A long text is given in portions of this size as JSON, to be read on from there. The other fields fit beside it. */
export const MAX_PORTION_BYTES = 26_000;
/** A cursor is a few sort values and an id: longer is none of ours, and is not even decoded. */
export const MAX_CURSOR_CHARS = 4_096;

// tool: days and series

/** Periods of a rule with COUNT that are looked at, from the start on: five years of days, at most 40 ms. */
export const MAX_SERIES_PERIODS = 2_000;
/** Days that are looked at within these periods: a year of a yearly rule has up to 366. */
export const MAX_SERIES_CANDIDATES = 20_000;
/** Expanded months of series kept at once, each with up to 31 days: a month of 2,000 series. About 5 MB. */
export const SERIES_MONTH_ENTRIES = 2_000;

// tool: skills

/** A file of a skill in UTF-8: a host loads it into the context of its model, where it takes about 1,300 model tokens. */
export const MAX_SKILL_FILE_BYTES = 5 * 1024;

// nodes: what several gateways share

/** A decision of the shared store is waited for so long, in time that the loop is free: a call must not hang on a store that hangs. */
export const STORE_WAIT_MS = 30;
/** That time is counted in steps, of which a step that ends late was no waiting: the process itself was busy. */
export const STORE_TICK_MS = 5;
/** So many steps a decision is waited for however busy the process is. */
export const MAX_STORE_TICKS = 14;
/** So many decisions missed in a row, and the store counts as away. */
export const STORE_MISSES = 3;
/** The store is tried again after this long. */
export const STORE_PAUSE_MS = 1_000;
/** Connecting and signing in may take this long. */
export const STORE_CONNECT_MS = 1_000;
/** A store of which nobody has asked anything for this long is tried, so that `/ready` and news do not rest on a dead connection. */
export const STORE_WATCH_MS = 5_000;
/** That the store is away is logged this often. */
export const STORE_LOG_MS = 60_000;

// calls: one tool call and its result

/** One tool call may take this long, below the 60 s at which most clients give up. */
export const CALL_TIMEOUT_MS = 45_000;
/**
 * The whole text of one result in UTF-8, remarks, names and escapes included. Above 40,000 characters, its own frame of 41
 * among them, Gemini CLI writes a result in the clear to a file in the person's home and shows the model its ends; above
 * 50,000 characters Claude Code does, above 51,200 bytes opencode. Characters are never more than bytes.
 */
export const MAX_RESULT_BYTES = 39_900;
/** What the records of a result may take as JSON. The rest is for cursor, remarks and member names. */
export const MAX_ROWS_BYTES = 35_000;
/** The same in model tokens, by an estimate on the high side: clients refuse more than about 25,000 tokens. */
export const MAX_ROWS_TOKENS = 20_000;
/** One problem of an argument in words. It can quote the caller's own text, which can be of any length. */
export const MAX_PROBLEM_CHARS = 300;
/** Uses of connected clients are gathered for this long before they are reported. */
export const USE_REPORT_DELAY_MS = 5_000;
/** Kinds of use gathered at once. */
export const USE_REPORT_ENTRIES = 10_000;
/** Answered questions kept until they expire, so that no answer counts twice. */
export const MAX_USED_CONFIRMATIONS = 10_000;

// policy: may it run

/** The policy's rolling window. */
export const RATE_WINDOW_MS = 60_000;
/** Counters kept by the rate limiter, so that a flood of new identities stays bounded. */
export const RATE_ENTRIES = 50_000;
/** Calls of one person that may run at the same time: a client's parallel calls, not a flood. */
export const MAX_CALLS_PER_PERSON = 16;

// approvals: calls that wait for the person's word

/** The person may decide for this long after a call has asked. */
export const APPROVAL_MS = 10 * 60_000;
/** Open approvals of one app: more than a person looks through with care. */
export const MAX_OPEN_APPROVALS = 5;
/** Approvals that one app may ask for within an hour: an agent that keeps asking must not wear the person out. */
export const MAX_APPROVALS_PER_HOUR = 20;
/** An approval is shown for this long, with what came of it; then it is cleared away at the person's next visit. */
export const APPROVAL_KEPT_MS = 24 * 60 * 60_000;
/** Approvals that are cleared away at one visit: each costs a request. */
export const MAX_CLEARED_APPROVALS = 20;
/** What an approval may hold as JSON, sealed values included: a page cannot show more, and every listing reads it. */
export const MAX_ASK_CHARS = 2_000_000;
/** What all kept approvals of one app may hold together: an app that nobody answers must not fill the person's space. */
export const MAX_KEPT_ASK_CHARS = 4_000_000;

// ledger: what apps were handed and wrote

/** Calls of a person are gathered for this long, or up to so many, before they go into a row of the ledger: a row costs a request. */
export const LEDGER_GATHER_MS = 250;
/** See {@link LEDGER_GATHER_MS}. */
export const LEDGER_GATHER_CALLS = 50;
/**
 * Calls that go into the rows of one push, and about how many ids: a person who calls without a pause has more of them waiting than
 * {@link LEDGER_GATHER_CALLS} when the push before is over.
 */
export const MAX_LEDGER_BATCH_CALLS = 500;
/** See {@link MAX_LEDGER_BATCH_CALLS}: 1 MB of rows. */
export const MAX_LEDGER_BATCH_IDS = 25_000;
/** A strict call waits so long for its row: a client waits a minute, and the call has its own time before. */
export const LEDGER_WAIT_MS = 10_000;
/** The first write of a person's chain waits so long for the chain's first row. */
export const LEDGER_OPENING_MS = 2_000;
/** A row of which nobody knows whether it is stored is sent again after this long, and each time after twice as long. */
export const LEDGER_RETRY_MS = 1_000;
/** See {@link LEDGER_RETRY_MS}: at most. */
export const MAX_LEDGER_RETRY_MS = 30_000;
/** A chain without a call for this long is ended. */
export const LEDGER_IDLE_MS = 30 * 60_000;
/** A chain is ended so long before the token ends that it is written with. */
export const LEDGER_END_MARGIN_MS = 20_000;
/** Ids of records in calls that wait for their row, over all people: 10 MB. */
export const MAX_LEDGER_WAITING_IDS = 200_000;
/** People whose chains are known at once. */
export const LEDGER_PEOPLE = 5_000;
/** The heads of other chains are read back so far, and told so often. */
export const LEDGER_HEADS_MS = 25 * 60 * 60_000;
/** See {@link LEDGER_HEADS_MS}. */
export const LEDGER_SEEN_MS = 5 * 60_000;
/** Heads that a person's newest row tells of, and that are kept in memory. */
export const MAX_LEDGER_HEADS = 50;
/** Rows of people whose chains are ended at the same time when the gateway stops. */
export const LEDGER_ENDS_AT_ONCE = 20;
/** How long a stop waits for the last rows of the ledger. */
export const STOP_LEDGER_MS = 2_000;

// resources: records as MCP resources

/** Values of one completion (MCP 2026-07-28, completion: at most 100). */
export const MAX_COMPLETIONS = 100;
/** Titles, days or weeks that are offered for an argument of a prompt: as many as a person looks through. */
export const MAX_OFFERED_TITLES = 10;
/** Characters that have to be typed before titles are looked for: one letter would have most of them opened. */
export const MIN_TITLE_CHARS = 2;
/** The longest beginning of a title that is looked for. */
export const MAX_TITLE_CHARS = 200;
/** Calls of one person in a rolling minute that open titles: clients ask for each key. */
export const TITLE_CALLS_PER_MINUTE = 60;
/** Spaces of which the collections are on one page of `resources/list`. */
export const RESOURCE_PAGE_SPACES = 50;
/** Streams with subscriptions of one person: a few hosts with a few windows each. */
export const MAX_SUBSCRIBED_STREAMS_PER_PERSON = 10;
/** Streams with subscriptions over all people: each costs a pull per table now and then. */
export const MAX_SUBSCRIBED_STREAMS = 500;
/** Addresses that one stream is subscribed to. */
export const MAX_SUBSCRIPTIONS_PER_STREAM = 100;
/** A resource is told about at most this often, and a table pulled for its subscribers at most this often. */
export const NOTIFY_MS = 250;
/** A table with subscribers is pulled this often without a hint: writes of co-members need not wake the stream. */
export const SUBSCRIBED_POLL_MS = 20_000;

// mcp: the protocol

/**
 * A stream that answers a call begins when it has something to say, or after this long: a service that refuses the caller's
 * token says so at once, and the answer is then 401 and no stream.
 */
export const REFUSAL_WAIT_MS = 1_000;
/** Tools that one list holds at most, where nobody chose a larger one: several clients take no more, and drop the rest unseen. */
export const MAX_LISTED_TOOLS = 40;
/** Estimated model tokens of such a list, schemas included: it is read in every conversation. */
export const MAX_LISTED_TOKENS = 25_000;
/** Legacy sessions of one person. */
export const MAX_SESSIONS_PER_PERSON = 20;
/** Legacy sessions in total. */
export const MAX_SESSIONS = 10_000;
/** A legacy session without a request for this long is closed. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** A legacy session whose id tells of it ends after this long, however it is used. */
export const SESSION_LIFE_MS = 12 * 3_600_000;
/** Characters of a session id that tells of its session; proxies take headers of 4 kB (nginx: 4 or 8 kB for all of an answer). */
export const MAX_SESSION_ID_CHARS = 2_048;
/** Ids whose clients ended their session: each is remembered by what names it, in about 200 bytes. */
export const MAX_ENDED_SESSIONS = 10_000;
/** Milliseconds that the calendars of two nodes may be apart. */
export const NODE_SKEW_MS = 30_000;

// disclosure: how much of a person's records a connected app is handed

/** Different records an hour, where the person chose no other number: an ordinary day of one person takes a fraction. */
export const DEFAULT_READ_BUDGET = 500;
/** So many times the hour's records, fields and bytes may be handed out within 24 hours. */
export const READ_BUDGET_DAY_FACTOR = 6;
/** Fields with text, for each record of the budget: no table has more. */
export const READ_BUDGET_FIELDS = 20;
/** Bytes of text, for each record of the budget: the average of a note is a tenth of it. */
export const READ_BUDGET_BYTES = 16 * 1024;
/** Searches and filters by opened texts in an hour: each tells something even where nothing is found. */
export const MAX_SEARCHES_PER_HOUR = 200;
/** Records that may be looked at for sums in an hour, for each record of the budget. */
export const LOOKED_FACTOR = 20;
/** The hour and the day move on in steps of this length, so that few numbers have to be kept. */
export const DISCLOSURE_SLOT_MS = 5 * 60_000;
/** Records that are remembered as counted, over all grants, at about 120 bytes each; above that a record counts again. */
export const MAX_COUNTED_RECORDS = 100_000;
/** Grants whose use is remembered. */
export const MAX_COUNTED_GRANTS = 5_000;
/** So long a grant counts as having read what it was handed: about as long as a conversation goes on about it. */
export const TAINT_MS = 30 * 60_000;
/** Rows of a result whose writers are told one by one: a result has about 50 rows, and the rest is told by number. */
export const MAX_LABELLED_ROWS = 100;

// undo: taking back what an app did

/** Records of one undo: more than a day's work of the busiest app, and about 3 kB of memory each. */
export const MAX_UNDO_RECORDS = 20_000;
/** Changes of one push, as many as the web app sends (sync section 10): a push that fails is repeated as a whole. */
export const UNDO_BATCH_CHANGES = 200;
/** Tables whose logs one undo reads at the same time. */
export const UNDO_TABLES_AT_ONCE = 8;
/** An app may take back its own writes of this long by itself; for everything else it asks the person. */
export const OWN_UNDO_MS = 60 * 60_000;
/** A plan can be carried out, and completed, for this long; then what it would do is looked at again. */
export const UNDO_PLAN_MS = 60 * 60_000;
/** Records and conflicts that are shown of a plan; all are counted. */
export const MAX_SHOWN_UNDO_ROWS = 50;

// person_page: what the sign-in server's pages ask

/** A body of the sign-in server's pages: a thousand spaces with their names take 250 kB, ids of 200 calls 7 kB, texts never come this way. */
export const MAX_PERSON_BODY_BYTES = 512 * 1024;
/** An action of a page may take this long: a browser still waits then, and the sign-in server waits a little longer. */
export const PERSON_ACTION_TIMEOUT_MS = 25_000;
/** Collections that one question of a page counts or lists: each is a table that is pulled. The Mana apps have 43 modules. */
export const COLLECTIONS_PER_QUESTION = 60;
/** Tags that a page is told: the names of all of them are opened. */
export const TAGS_ON_PAGE = 1_000;
/** Words of one table that a page is told, the most used first. */
export const TAG_WORDS_PER_TABLE = 200;

// entry: streams that stay open, and the stop

/** A stream asks this often whether its grant still stands; with what is believed, revoking bites within 5 s. */
export const STREAM_WATCH_MS = 2_500;
/** How long a stop waits for calls in flight. */
export const STOP_GRACE_MS = 10_000;
/** How long a stop waits for calls that it has ended to say so. */
export const STOP_ABORT_MS = 1_000;
/** How long a stop waits for answers to leave once no call is running. */
export const STOP_FLUSH_MS = 250;
