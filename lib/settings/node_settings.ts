// What is set where several gateways serve the same people: the secrets and the store that they share, how many they are, which
// worker this process is. A problem never repeats a secret.
import { hide, type Secret } from "../kit/secret.ts";
import type { SettingReader } from "./setting_reader.ts";

/** Reads the settings of a gateway that is one of several. Without them a gateway is alone. `port` is its main port. */
export function readNodeSettings(read: SettingReader, port: number): NodeSettings {
  const nodeSecrets = readNodeSecrets(read);
  const worker = readWorker(read, port);
  return {
    nodeSecrets,
    valkey: readValkey(read),
    nodes: readNodes(read) * (worker?.count ?? 1),
    metricsPort: readMetricsPort(read, worker, port),
    worker,
  };
}

/** The settings of a gateway that is one of several. */
export interface NodeSettings {
  /** Secrets that the gateways share, newest first; empty where nothing is shared. */
  readonly nodeSecrets: readonly NodeSecret[];
  /** The store that the gateways share; null where there is none. */
  readonly valkey: ValkeySettings | null;
  /** Gateways that share the people: NODES times the workers. Limits are divided by it while the store cannot be asked. */
  readonly nodes: number;
  /** Where `/metrics` is served, beside `/health` and `/ready`; null: on the main port. Each worker has a port of its own. */
  readonly metricsPort: number | null;
  /** Which of the workers on one port this process is; null where it is alone on its port. */
  readonly worker: WorkerPlace | null;
}

/** One secret of NODE_SECRET. */
export interface NodeSecret {
  /** 1 to 8 characters of a-z and 0-9; stands in the clear in what was sealed. */
  readonly kid: string;
  /** At least 32 bytes, in base64url without padding, however it was written. */
  readonly secret: Secret<string>;
}

/** Where the shared store is. */
export interface ValkeySettings {
  /** May hold a user and a password. */
  readonly url: Secret<string>;
  /** `host:port`, for the permission and for reports. */
  readonly host: string;
}

/** Worker `index` of `count`, counted from 1. */
export interface WorkerPlace {
  readonly index: number;
  readonly count: number;
}

/** Secrets that are listed at once: what a rotation needs, and not a history. */
const MAX_NODE_SECRETS = 4;
/** Bytes that a secret has at least: with less, who guesses it can forge what every node takes. */
const MIN_NODE_SECRET_BYTES = 32;
const MAX_NODES = 1_000;
/** More processes than any computer of ours has processors. */
export const MAX_WORKERS = 64;
const VALKEY_PORT = "6379";

function readNodeSecrets(read: SettingReader): readonly NodeSecret[] {
  const found = read.list("NODE_SECRET").map(parseNodeSecret);
  const secrets = found.filter((secret) => secret !== null);
  if (secrets.length < found.length || found.length > MAX_NODE_SECRETS) {
    read.secretProblem(
      "NODE_SECRET",
      `must be a comma list of at most ${MAX_NODE_SECRETS} secrets, each an id of 1 to 8 characters of a-z and 0-9, a colon, ` +
        `and at least ${MIN_NODE_SECRET_BYTES} bytes in base64`,
    );
  }
  const isTwice = ({ kid, secret }: NodeSecret, at: number) =>
    secrets.slice(0, at).some((other) => other.kid === kid || other.secret.equals(secret));
  if (secrets.some(isTwice)) {
    read.secretProblem("NODE_SECRET", "has an id or a secret twice: each secret has an id of its own");
  }
  return secrets;
}

function parseNodeSecret(entry: string): NodeSecret | null {
  const [, kid, text] = /^([a-z0-9]{1,8}):([A-Za-z0-9+/_-]+)={0,2}$/.exec(entry) ?? [];
  const bytes = kid === undefined || text === undefined ? null : decode(text);
  if (kid === undefined || bytes === null || bytes.length < MIN_NODE_SECRET_BYTES) return null;
  return { kid, secret: hide(bytes.toBase64({ alphabet: "base64url", omitPadding: true })) };
}

/** The bytes of base64 or base64url; null for neither. Nodes may be given one secret in either spelling. */
function decode(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text.replaceAll("+", "-").replaceAll("/", "_"), { alphabet: "base64url" });
  } catch {
    return null;
  }
}

function readValkey(read: SettingReader): ValkeySettings | null {
  const text = read.text("VALKEY_URL");
  if (text === null) return null;
  if (read.text("NODE_SECRET") === null) {
    read.secretProblem("VALKEY_URL", "needs NODE_SECRET: the store's keys are made with it");
  }
  const host = valkeyHost(text);
  if (host === null) {
    read.secretProblem(
      "VALKEY_URL",
      "must be rediss://host:port, or redis://host:port on this computer, with a user, a password and a database's number if needed",
    );
    return null;
  }
  return { url: hide(text), host };
}

/** `host:port` of an address that may be used; null for every other. Off this computer a password and what is stored need TLS. */
function valkeyHost(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname, search, hash } = new URL(text);
  const isKnown = protocol === "rediss:" || (protocol === "redis:" && LOOPBACK.test(hostname));
  const isPlain = VALKEY_HOST.test(hostname) && /^(\/\d{0,5})?$/.test(pathname) && !search && !hash;
  return isKnown && isPlain && port !== "0" ? `${hostname}:${port || VALKEY_PORT}` : null;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** A comma or an asterisk would be two hosts, or many, in a list of rights. */
const VALKEY_HOST = /^(?:[a-z0-9._-]+|\[[\da-f:.]+\])$/;

function readNodes(read: SettingReader): number {
  const text = read.text("NODES") ?? "";
  const nodes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (nodes < 1 || nodes > MAX_NODES) read.problem("NODES", `a number from 1 to ${MAX_NODES}`);
  return nodes;
}

/** What one worker made, such as a cursor, comes back to any of them: without a shared secret most would be refused. */
function readWorker(read: SettingReader, port: number): WorkerPlace | null {
  const text = read.text("WORKER");
  if (text === null) return null;
  const [index = 0, count = 0] = /^\d{1,3}\/\d{1,3}$/.test(text) ? text.split("/").map(Number) : [];
  if (index < 1 || index > count || count > MAX_WORKERS) {
    read.problem("WORKER", `a worker and how many there are, such as 2/4, at most ${MAX_WORKERS}`);
    return null;
  }
  if (port === 0) {
    read.secretProblem("PORT", "must be a number other than 0 with WORKER: workers share one port");
  }
  if (count > 1 && read.text("NODE_SECRET") === null) {
    read.secretProblem("WORKER", "needs NODE_SECRET: what one worker made comes back to another");
  }
  return { index, count };
}

/** Workers share the main port; on a shared port `/metrics` would answer for any of them. */
function readMetricsPort(read: SettingReader, worker: WorkerPlace | null, port: number): number | null {
  const text = read.text("METRICS_PORT");
  if (text === null) return null;
  const first = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const last = first + (worker?.count ?? 1) - 1;
  if (first < 1 || last > 65_535) {
    read.problem("METRICS_PORT", "a number from 1 to 65535, one for each worker");
  } else if (port >= first && port <= last) {
    read.problem("METRICS_PORT", "another port than PORT, for each worker");
  }
  return first + (worker?.index ?? 1) - 1;
}
