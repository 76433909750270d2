// Why the store cannot be asked, in words for the operator. What the store or the network say of it is only compared with words that
// are known here: it may hold the address with its password.

/** What is wrong with the store. */
export type StoreFault = keyof typeof FAULTS;

/** Each in words of ours, for the log and for `deno task doctor`. */
const FAULTS = {
  refused: "nobody listens at the address of VALKEY_URL",
  unreachable: "the host of VALKEY_URL cannot be found or reached",
  certificate: "the certificate is not trusted: with a private authority, DENO_CERT names its file",
  password: "the user or the password in VALKEY_URL is wrong or missing",
  forbidden: "the user in VALKEY_URL may not do it: give it the keys mm1:*, the channels mm1:* and scripts",
  silent: "it does not answer in time",
  closed: "the connection was lost",
  loading: "it is still loading its data",
  "read-only": "it is a replica, which takes no writes: VALKEY_URL has to lead to the primary",
  cluster: "it is a node of a cluster, which is not supported: a single primary is needed",
  full: "its memory is full, and nothing in it may be forgotten",
  "no-writes": "it takes no writes at the moment; its own log says why",
  busy: "it takes no commands at the moment",
  answer: "it answers something else than a Valkey or Redis server of version 6 or later does",
} as const;

/** The fault in words. */
export function describeFault(fault: StoreFault): string {
  return FAULTS[fault];
}

/**
 * Whether the server refuses to be told anything. It may read all the same, and what it reads then is not what gateways would have told it:
 * that an app has read nothing, for one.
 */
export function refusesWrites(fault: StoreFault): boolean {
  return fault === "read-only" || fault === "full" || fault === "no-writes";
}

/** Which fault an error of the client is. */
export function faultOf(error: unknown): StoreFault {
  if (!(error instanceof Error)) return "answer";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (/CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/.test(code)) return "certificate";
  return BY_CODE[code] ?? BY_NAME[error.constructor.name] ??
    BY_REPLY[/^[A-Z]+/.exec(error.message)?.[0] ?? ""] ??
    "answer";
}

/** Codes of the network. */
const BY_CODE: Readonly<Record<string, StoreFault>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "closed",
  EPIPE: "closed",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "silent",
};

/** Errors of the client. */
const BY_NAME: Readonly<Record<string, StoreFault>> = {
  ConnectionTimeoutError: "silent",
  DisconnectsClientError: "silent",
  SocketClosedUnexpectedlyError: "closed",
  ClientClosedError: "closed",
  ClientOfflineError: "closed",
};

/** First words of the server's error replies. */
const BY_REPLY: Readonly<Record<string, StoreFault>> = {
  WRONGPASS: "password",
  NOAUTH: "password",
  NOPERM: "forbidden",
  LOADING: "loading",
  READONLY: "read-only",
  MASTERDOWN: "read-only",
  MOVED: "cluster",
  ASK: "cluster",
  CLUSTERDOWN: "cluster",
  CROSSSLOT: "cluster",
  OOM: "full",
  MISCONF: "no-writes",
  BUSY: "busy",
  NOREPLICAS: "no-writes",
  TRYAGAIN: "busy",
};
