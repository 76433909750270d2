import { isJsonObject, type JsonObject } from "../../http/strict_json.ts";
import { CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY } from "../sdk.ts";

/** A request of the usual form for one of the methods that most requests are for. */
export interface FastMessage {
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

/**
 * Reads a request of 2026-07-28 that is of exactly the form that clients send: header and body agree, the envelope is whole
 * and has nothing unusual in it. Undefined for everything else, right or wrong: the SDK has the last word on that. So
 * whatever is accepted here must be accepted there in the same sense (the differential test holds both to it).
 */
export function readModern(headers: Headers, message: JsonObject): FastMessage | undefined {
  if (headers.get("mcp-protocol-version") !== MODERN_REVISION) return undefined;
  const request = readRequest(message);
  if (request === undefined || headers.get("mcp-method") !== request.method) return undefined;
  const { params, meta } = request;
  if (params === undefined || meta === undefined) return undefined;
  if (meta[PROTOCOL_VERSION_META_KEY] !== MODERN_REVISION) return undefined;
  const client = meta[CLIENT_INFO_META_KEY];
  if (!isUsualClient(client) || !areUsualCapabilities(meta[CLIENT_CAPABILITIES_META_KEY])) return undefined;
  if (!hasOnly(meta, isModernMeta)) return undefined;
  if (request.method === "tools/call" && headers.get("mcp-name") !== params["name"]) return undefined;
  return readParams(request, client.name);
}

/**
 * The same for a request of the 2025 revisions. `server/discover` is unknown to them. Which session it belongs to and which
 * revision was agreed on is the caller's to check.
 */
export function readLegacy(message: JsonObject): FastMessage | undefined {
  const request = readRequest(message);
  if (request === undefined || request.method === "server/discover") return undefined;
  if (request.meta !== undefined && !hasOnly(request.meta, isPlainMeta)) return undefined;
  return readParams(request, undefined);
}

interface Request {
  readonly method: FastMessage["method"];
  readonly id: string | number;
  readonly params: JsonObject | undefined;
  readonly meta: JsonObject | undefined;
}

function readRequest(message: JsonObject): Request | undefined {
  const { jsonrpc, id, method, params } = message;
  if (method !== "tools/list" && method !== "tools/call" && method !== "server/discover") return undefined;
  if (jsonrpc !== "2.0" || !hasOnly(message, isTop)) return undefined;
  if (typeof id !== "string" && !(typeof id === "number" && Number.isSafeInteger(id))) return undefined;
  if (params === undefined) return { method, id, params, meta: undefined };
  if (!isJsonObject(params)) return undefined;
  const meta = params["_meta"];
  if (meta !== undefined && !isJsonObject(meta)) return undefined;
  return { method, id, params, meta };
}

function readParams(request: Request, clientName: string | undefined): FastMessage | undefined {
  const { method, id, params = NONE, meta = NONE } = request;
  const traceparent = meta["traceparent"];
  if (method !== "tools/call") {
    return hasOnly(params, isMeta)
      ? { method, id, name: "", args: undefined, clientName, traceparent }
      : undefined;
  }
  const { name, arguments: args } = params;
  // Plain ASCII, so that header and body have one spelling for it.
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,128}$/.test(name)) return undefined;
  if (args !== undefined && !isJsonObject(args)) return undefined;
  if (!hasOnly(params, isCallParam)) return undefined;
  return { method, id, name, args, clientName, traceparent };
}

const NONE: JsonObject = Object.freeze({});

type Member = (key: string, value: unknown) => boolean;

function hasOnly(object: JsonObject, isKnown: Member): boolean {
  for (const key in object) if (!isKnown(key, object[key])) return false;
  return true;
}

const isTop: Member = (key) => key === "jsonrpc" || key === "id" || key === "method" || key === "params";
const isMeta: Member = (key) => key === "_meta";
const isCallParam: Member = (key) => key === "name" || key === "arguments" || key === "_meta";

const isPlainMeta: Member = (key, value) =>
  key === "progressToken"
    ? typeof value === "string" || Number.isSafeInteger(value)
    : (key === "traceparent" || key === "tracestate" || key === "baggage") && typeof value === "string";

const isModernMeta: Member = (key, value) =>
  key === PROTOCOL_VERSION_META_KEY || key === CLIENT_INFO_META_KEY || key === CLIENT_CAPABILITIES_META_KEY ||
  isPlainMeta(key, value);

function isUsualClient(client: unknown): client is { readonly name: string } {
  return isJsonObject(client) && typeof client["name"] === "string" &&
    typeof client["version"] === "string" &&
    hasOnly(
      client,
      (key, value) => (key === "name" || key === "version" || key === "title") && typeof value === "string",
    );
}

const isEmptyObject: Member = (_key, value) => isJsonObject(value) && hasOnly(value, () => false);

function areUsualCapabilities(capabilities: unknown): boolean {
  return isJsonObject(capabilities) && hasOnly(capabilities, (key, value) => {
    if (!isJsonObject(value)) return false;
    switch (key) {
      case "elicitation":
        return hasOnly(value, (mode, how) => (mode === "form" || mode === "url") && isEmptyObject(mode, how));
      case "roots":
        return hasOnly(value, (name, flag) => name === "listChanged" && typeof flag === "boolean");
      case "sampling":
        return isEmptyObject(key, value);
      default:
        return false;
    }
  });
}
