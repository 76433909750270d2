// What `initialize` settles between a 2025 client and the gateway, in the form in which ten thousand sessions can keep it.
// MCP 2025-11-25, lifecycle.
import { isJsonObject, type JsonObject } from "../../kit/json.ts";
import type { SpanAttributes } from "../../observe/trace.ts";
import { SUPPORTED_PROTOCOL_VERSIONS } from "../sdk.ts";

/** What `initialize` settled: all that an idle session keeps of client and server. Frozen. */
export interface Negotiated {
  /** The revision that both speak. */
  readonly protocolVersion: string;
  /** As the client calls itself; each string at most {@link MAX_CLIENT_TEXT} characters. */
  readonly clientInfo: { readonly name: string; readonly version: string };
  /** The capabilities a server can make use of, as MCP 2025-11-25 has them; a mode is there or not, without content. */
  readonly capabilities: JsonObject;
}

/** What the client offers in `initialize`, before a revision is settled. */
export type Offer = Omit<Negotiated, "protocolVersion">;

/** The only revision that has JSON-RPC batches (added in 2025-03-26, removed in 2025-06-18). */
export const BATCH_REVISION = "2025-03-26";

/** Messages in one batch, which only a session at {@link BATCH_REVISION} may send: each may be a whole tool call. */
const MAX_BATCH_MESSAGES = 10;

/** Characters of the client's name and of its version that are kept. */
const MAX_CLIENT_TEXT = 256;

/** What a client can do for a server, and the modes of it that the SDK asks for (MCP 2025-11-25, client capabilities). */
const CAPABILITIES = { elicitation: ["form", "url"], sampling: ["context", "tools"], roots: [] } as const;
const NO_CONTENT = Object.freeze({});

/**
 * The offer in an `initialize` request that the SDK has found well-formed. Ten thousand sessions are kept for half an
 * hour, and a body may have 4 MiB. So everything that a server cannot use (icons, extensions, the rest of an endless name) is
 * left out before any server sees it: no server can tell later that it is gone.
 */
export function offerOf(initialize: JsonObject): Offer {
  const params = objectIn(initialize, "params");
  const { name, version } = objectIn(params, "clientInfo");
  return Object.freeze({
    clientInfo: Object.freeze({ name: shortText(name), version: shortText(version) }),
    capabilities: useful(params),
  });
}

/**
 * What the SDK's server is going to settle for an `initialize` request that it has found well-formed, by its own rule and list: the
 * client's revision where the server speaks it, else the newest one (MCP 2025-11-25, version negotiation). Needed where the id of a
 * session tells of it, since the id is given before the server settles anything.
 */
export function settle(initialize: JsonObject): Negotiated {
  const asked = objectIn(initialize, "params")["protocolVersion"];
  const [newest = ""] = SUPPORTED_PROTOCOL_VERSIONS;
  return Object.freeze({ protocolVersion: isServed(asked) ? asked : newest, ...offerOf(initialize) });
}

/** What another node, or an earlier process, settled; null where this server does not speak that revision. */
export function readNegotiated({ protocolVersion, ...offer }: JsonObject): Negotiated | null {
  return isServed(protocolVersion) ? Object.freeze({ protocolVersion, ...offerOf({ params: offer }) }) : null;
}

function isServed(revision: unknown): revision is string {
  return typeof revision === "string" && SUPPORTED_PROTOCOL_VERSIONS.includes(revision);
}

/** The same request with the offer in the place of what the client sent. */
export function withOffer(initialize: JsonObject, { clientInfo, capabilities }: Offer): JsonObject {
  return { ...initialize, params: { ...objectIn(initialize, "params"), clientInfo, capabilities } };
}

/** The `initialize` request with which a new server settles the same. */
export function replayOf(negotiated: Negotiated): JsonObject {
  return { jsonrpc: "2.0", id: "replay", method: "initialize", params: negotiated };
}

/** Why a batch is refused in a session that settled this, or outside of one; undefined where it may be answered. */
export function batchProblem(
  batch: readonly unknown[],
  negotiated: Negotiated | undefined,
): string | undefined {
  if (negotiated?.protocolVersion !== BATCH_REVISION) {
    return "batches are not supported here, send one message per request";
  }
  return batch.length > MAX_BATCH_MESSAGES
    ? `a batch must not hold more than ${MAX_BATCH_MESSAGES} messages`
    : undefined;
}

function useful(params: JsonObject): JsonObject {
  const declared = objectIn(params, "capabilities");
  const kept: Record<string, JsonObject> = {};
  for (const [capability, modes] of Object.entries(CAPABILITIES)) {
    const value = declared[capability];
    if (!isJsonObject(value)) continue;
    const present = modes.filter((mode) => value[mode] !== undefined);
    kept[capability] = Object.freeze(Object.fromEntries(present.map((mode) => [mode, NO_CONTENT])));
  }
  return Object.freeze(kept);
}

/** A copy: what `slice` returns holds on to the whole string it was cut from. */
function shortText(text: unknown): string {
  return typeof text === "string" ? text.slice(0, MAX_CLIENT_TEXT).split("").join("") : "";
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** What is told of a session that has ended. */
export function sessionAttributes(negotiated: Negotiated | undefined): SpanAttributes {
  return {
    ...(negotiated === undefined ? {} : { "mcp.protocol.version": negotiated.protocolVersion }),
    "network.transport": "tcp",
    "network.protocol.name": "http",
  };
}
