// Recognises requests that clients send word for word again, so that they need not be parsed. Keeps no argument of anybody.
import { createBoundedCache } from "../kit/bounded_cache.ts";
import { deepFreeze } from "../kit/deep_freeze.ts";
import { isJsonObject, type JsonObject } from "../kit/json.ts";
import type { BodyMemory } from "./strict_json.ts";

/** Texts that are remembered at once: clients of one kind write alike, and made-up ones must not fill the memory. */
const MAX_TEXTS = 256;
/** Longer texts are not looked at. */
const MAX_CHARS = 2_048;
/** Digits of an id that is a safe integer whatever they are. */
const MAX_ID_DIGITS = 15;
/** How the clients of the official SDKs begin or end a request: nothing but the id of the message can stand there. */
const BEFORE_ID = '{"jsonrpc":"2.0","id":';
const BEFORE_LAST_ID = ',"jsonrpc":"2.0","id":';
const CLOSING_BRACE = 0x7d;
/** Methods without an argument of their own, or with one that can be empty. */
const METHODS: ReadonlySet<string> = new Set(["tools/list", "tools/call", "server/discover"]);
const PARAMS: ReadonlySet<string> = new Set(["_meta", "name", "arguments"]);
/** Members of `_meta` that are another in each request, so that its text never comes again. */
const PASSING = ["progressToken", "traceparent", "tracestate", "baggage"];

interface Remembered {
  readonly method: string;
  readonly params: JsonObject | undefined;
}

/**
 * Creates the memory of requests that clients send again and again, the same but for their id: lists, and calls without
 * arguments. To read one of them is to find it. What holds an argument is a person's own and never remembered.
 */
export function createRepeatedBodies(): BodyMemory {
  const known = createBoundedCache<Remembered>(MAX_TEXTS);
  return Object.freeze({
    recall(text: string): JsonObject | undefined {
      const place = idPlace(text);
      if (place === undefined) return undefined;
      const found = known.get(restOf(text, place));
      if (found === undefined) return undefined;
      const { method, params } = found;
      const id = Number(text.slice(place.from, place.to));
      return params === undefined ? { jsonrpc: "2.0", id, method } : { jsonrpc: "2.0", id, method, params };
    },
    remember(text: string, message: JsonObject): void {
      const { jsonrpc, id, method, params } = message;
      if (jsonrpc !== "2.0" || typeof id !== "number") return;
      if (typeof method !== "string" || !METHODS.has(method)) return;
      if (params !== undefined && !isImpersonal(params)) return;
      if (Object.keys(message).length > (params === undefined ? 3 : 4)) return;
      const place = idPlace(text);
      if (place === undefined) return;
      if (params !== undefined) deepFreeze(params);
      known.set(restOf(text, place), { method, params });
    },
  });
}

/** Where the digits of the message's id stand. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** Undefined where the text does not stand whole in prefix, id and {@link restOf}. */
function idPlace(text: string): Place | undefined {
  if (text.length > MAX_CHARS) return undefined;
  if (text.startsWith(BEFORE_ID)) {
    const to = text.indexOf(",", BEFORE_ID.length);
    return isId(text, BEFORE_ID.length, to) ? { from: BEFORE_ID.length, to } : undefined;
  }
  const to = text.length - 1;
  // The one character behind the id, which is not in `restOf`: unchecked, `]` would be read as the brace.
  if (text.charCodeAt(to) !== CLOSING_BRACE) return undefined;
  const before = text.lastIndexOf(BEFORE_LAST_ID);
  const from = before + BEFORE_LAST_ID.length;
  return before !== -1 && isId(text, from, to) ? { from, to } : undefined;
}

/** Digits only, in the one way that JSON has to write a number of them. */
function isId(text: string, from: number, to: number): boolean {
  if (to <= from || to - from > MAX_ID_DIGITS) return false;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.charCodeAt(from) !== 0x30 || to - from === 1;
}

/**
 * The text without its id, used as key. An id at the start has a fixed prefix, an id at the end is followed by a brace only,
 * so that with the id the whole text is compared. A key of the first kind begins with a comma, of the second with a brace.
 */
function restOf(text: string, { from, to }: Place): string {
  return from === BEFORE_ID.length ? text.slice(to) : text.slice(0, from);
}

function isImpersonal(params: unknown): params is JsonObject {
  if (!isJsonObject(params) || Object.keys(params).some((name) => !PARAMS.has(name))) return false;
  const { _meta: meta, arguments: args } = params;
  if (args !== undefined && !(isJsonObject(args) && Object.keys(args).length === 0)) return false;
  return meta === undefined || (isJsonObject(meta) && !PASSING.some((name) => Object.hasOwn(meta, name)));
}
