// Reads the requests that the fast path answers: only the very form that clients send. What is accepted here must be accepted by
// the SDK in the same sense; tests/mcp/fast_path_test.ts sends every form down both paths and compares.
import { isJsonObject, type JsonObject } from "../../kit/json.ts";
import type { Era } from "../inbound.ts";
import { CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY } from "../sdk.ts";

/** A request of the usual form for one of the methods that most requests are for. */
export interface FastRequest {
  readonly era: Era;
  /** The protocol revision that the header names. */
  readonly revision: string;
  readonly method: "tools/list" | "tools/call" | "server/discover";
  readonly id: string | number;
  /** Of `tools/call`; empty otherwise. */
  readonly name: string;
  /** Of `tools/call`, absent where the message has none. */
  readonly args: JsonObject | undefined;
  /** The client's name as told by this request; absent in the legacy era, where `initialize` told it. */
  readonly clientName: string | undefined;
  /** `_meta.traceparent`, whatever it is. */
  readonly traceparent: unknown;
}

/** The revision that carries everything in each request. */
export const MODERN_REVISION = "2026-07-28";

/** Older revisions whose answers look alike on both paths. */
const LEGACY_REVISIONS: ReadonlySet<string> = new Set(["2025-11-25", "2025-06-18"]);
/** Plain ASCII, so that header and body have one spelling for it. */
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/**
 * Reads a request of exactly the form that clients send: header and body agree, and every member is a usual member with a
 * usual value. Undefined for everything else, right or wrong: the SDK has the last word on that. In the legacy era the caller
 * checks which session the request belongs to, and that the session has this revision.
 */
export function readFastRequest(headers: Headers, message: JsonObject): FastRequest | undefined {
  const revision = headers.get("mcp-protocol-version");
  const { jsonrpc, id, method, params = NONE } = message;
  if (method !== "tools/list" && method !== "tools/call" && method !== "server/discover") return undefined;
  if (revision === null || jsonrpc !== "2.0" || !isJsonObject(params)) return undefined;
  if (typeof id !== "string" && !(typeof id === "number" && Number.isSafeInteger(id))) return undefined;
  const { _meta: meta = NONE, name, arguments: args } = params;
  if (!isJsonObject(meta)) return undefined;
  // What is counted is known, so that equal counts leave no member unread.
  if (countKeys(message) !== (message["params"] === undefined ? 3 : 4)) return undefined;

  const isModern = revision === MODERN_REVISION;
  let clientName: string | undefined;
  if (isModern) {
    clientName = headers.get("mcp-method") === method ? readClientName(meta) : undefined;
    if (clientName === undefined) return undefined;
  } else if (method === "server/discover" || !LEGACY_REVISIONS.has(revision)) return undefined;
  if (!isUsualMeta(meta, isModern ? MODERN_META_KEYS : 0)) return undefined;

  const { traceparent } = meta;
  const era = isModern ? "modern" : "legacy";
  const metaKeys = params["_meta"] === undefined ? 0 : 1;
  if (method !== "tools/call") {
    if (countKeys(params) !== metaKeys) return undefined;
    return { era, revision, method, id, name: "", args: undefined, clientName, traceparent };
  }
  if (typeof name !== "string" || !NAME.test(name)) return undefined;
  if (isModern && headers.get("mcp-name") !== name) return undefined;
  if (args !== undefined && !isJsonObject(args)) return undefined;
  if (countKeys(params) !== metaKeys + (args === undefined ? 1 : 2)) return undefined;
  return { era, revision, method, id, name, args, clientName, traceparent };
}

const NONE: JsonObject = Object.freeze({});

/** The members of a modern `_meta` that {@link readClientName} reads: revision, client and capabilities. */
const MODERN_META_KEYS = 3;

/** The client's name, where a modern `_meta` has the usual three members; undefined where one is missing or unusual. */
function readClientName(meta: JsonObject): string | undefined {
  const client = meta[CLIENT_INFO_META_KEY];
  if (meta[PROTOCOL_VERSION_META_KEY] !== MODERN_REVISION || !isJsonObject(client)) return undefined;
  if (!areUsualCapabilities(meta[CLIENT_CAPABILITIES_META_KEY])) return undefined;
  const { name, version, title } = client;
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  if (title !== undefined && typeof title !== "string") return undefined;
  return countKeys(client) === (title === undefined ? 2 : 3) ? name : undefined;
}

/** Whether `_meta` has nothing but `others` members, a progress token and a trace context (SEP-414). */
function isUsualMeta(meta: JsonObject, others: number): boolean {
  const { progressToken, traceparent, tracestate, baggage } = meta;
  let known = others;
  if (progressToken !== undefined) {
    if (typeof progressToken !== "string" && !Number.isSafeInteger(progressToken)) return false;
    known++;
  }
  if (traceparent !== undefined) {
    if (typeof traceparent !== "string") return false;
    known++;
  }
  if (tracestate !== undefined) {
    if (typeof tracestate !== "string") return false;
    known++;
  }
  if (baggage !== undefined) {
    if (typeof baggage !== "string") return false;
    known++;
  }
  return countKeys(meta) === known;
}

function areUsualCapabilities(capabilities: unknown): boolean {
  if (!isJsonObject(capabilities)) return false;
  for (const key in capabilities) {
    const value = capabilities[key];
    if (!isJsonObject(value)) return false;
    for (const member in value) {
      const content = value[member];
      const isUsual = key === "elicitation"
        ? (member === "form" || member === "url") && isJsonObject(content) && countKeys(content) === 0
        : key === "roots" && member === "listChanged" && typeof content === "boolean";
      if (!isUsual) return false;
    }
    if (key !== "elicitation" && key !== "roots" && key !== "sampling") return false;
  }
  return true;
}

function countKeys(object: JsonObject): number {
  let count = 0;
  for (const _key in object) count++;
  return count;
}
