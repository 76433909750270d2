// Reads a request body as JSON that every parser reads alike, against request smuggling. Knows no method of MCP.
import { HALF_PAIR, halfPairPath, mayHaveHalfPair } from "../kit/half_pairs.ts";
import { isDeeperThan, isJsonObject, type JsonObject } from "../kit/json.ts";
import { MAX_JSON_DEPTH } from "../kit/limits.ts";
import { isProtocolKey, misspelledProtocolKey } from "./protocol_keys.ts";

/**
 * Reads a request body as JSON that has exactly one meaning.
 *
 * A proxy in front of the gateway, a log behind it and the handler itself may each parse the same bytes. Where JSON parsers
 * differ (first or last of two equal keys, keys matched without case, broken UTF-8 repaired), one of them can be
 * shown `tools/list` and the other `tools/call`: request smuggling. So in order: well-formed UTF-8 without a byte
 * order mark, depth up to {@link MAX_JSON_DEPTH}, no key twice in any object, no `__proto__` anywhere, no look-alike
 * of a protocol key in the message, its `params` or its `_meta` ({@link misspelledProtocolKey}); then `JSON.parse`, and
 * no half of a surrogate pair, which some parsers replace and some fail on.
 * Linear in the size of the body; the caller has capped that. A text that `memory` knows was read by the same rules.
 *
 * Sources: RFC 8259 sections 4, 8.1 and 9, RFC 7493 sections 2.1 and 2.3, JSON-RPC 2.0 section 5.1.
 */
export function parseStrictJson(bytes: Uint8Array, memory?: BodyMemory): StrictJsonResult {
  if (bytes.byteLength === 0) return problem(-32700, "Parse error: the body is empty.");
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return problem(-32700, "Parse error: the body is not valid UTF-8.");
  }
  const known = memory?.recall(text);
  if (known !== undefined) return { ok: true, value: known, isShared: true };
  const plain = parsePlain(text);
  if (plain !== undefined) {
    memory?.remember(text, plain);
    return { ok: true, value: plain };
  }
  // Before JSON.parse, so that a depth bomb is never built in memory.
  const ambiguity = findAmbiguity(text);
  if (ambiguity !== undefined) return problem(-32600, `Invalid Request: ${ambiguity}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem(-32700, "Parse error: the body is not valid JSON.");
  }
  if (isJsonObject(value) || Array.isArray(value)) {
    return mayHaveHalfPair(text) && hasHalfPair(value)
      ? problem(-32600, `Invalid Request: a text beside the arguments is broken, ${HALF_PAIR}.`)
      : { ok: true, value };
  }
  return problem(-32600, "Invalid Request: the body must be one JSON-RPC message, which is a JSON object.");
}

/** What is wrong with a body, as the members of a JSON-RPC error; answered with HTTP 400 and `id: null`. */
export interface StrictJsonProblem {
  /** -32700: no JSON at all. -32600: JSON, but no message that every parser reads alike. */
  readonly code: -32700 | -32600;
  /** Says in fixed words which rule is broken; never holds a part of the body. */
  readonly message: string;
}

/** One message (an object) or a batch (an array, whose elements are not looked at here), or what is wrong. */
export type StrictJsonResult =
  | {
    readonly ok: true;
    readonly value: JsonObject | readonly unknown[];
    /** Present where the parts of the value are frozen and belong to the memory. */
    readonly isShared?: true;
  }
  | { readonly ok: false; readonly problem: StrictJsonProblem };

/** Requests that were read before, by their text. */
export interface BodyMemory {
  /** The message of `text`, where a request like it was remembered; its parts are shared and frozen. */
  recall(text: string): JsonObject | undefined;
  /** May remember `text`, which is how `JSON.stringify` writes `message`. */
  remember(text: string, message: JsonObject): void;
}

/** Which part of a JSON-RPC message an object is; `inner` is everything below the levels that route and authorise. */
export type ProtocolKeyLevel = "top" | "params" | "meta" | "inner";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Longest text that {@link parsePlain} looks at. For a small message the rules are most of the cost. */
const PLAIN_CHARS = 64 * 1024;
/** Nesting up to which {@link parsePlain} looks. */
const PLAIN_DEPTH = 16;

/**
 * One message that is written exactly as `JSON.stringify` writes it, read without looking at each character; undefined for
 * anything else, right or wrong. Such a text has no key twice (the second would be gone), no escaped spelling, no space
 * and no number of two readings, so that only the names and the depth are left to check.
 */
function parsePlain(text: string): JsonObject | undefined {
  if (text.length > PLAIN_CHARS || text.includes("__proto__") || mayHaveHalfPair(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || !hasPlainKeys("top", value)) return undefined;
  const { params } = value;
  if (isJsonObject(params)) {
    const meta = params["_meta"];
    if (!hasPlainKeys("params", params) || (isJsonObject(meta) && !hasPlainKeys("meta", meta))) {
      return undefined;
    }
  }
  if (isDeeperThan(value, PLAIN_DEPTH)) return undefined;
  return JSON.stringify(value) === text ? value : undefined;
}

function hasPlainKeys(level: Exclude<ProtocolKeyLevel, "inner">, object: JsonObject): boolean {
  for (const key in object) if (!isProtocolKey(level, key)) return false;
  return true;
}

/** Leaves arguments to the call, which names the wrong one in words for the model. */
function hasHalfPair(body: JsonObject | readonly unknown[]): boolean {
  const messages: readonly unknown[] = isJsonObject(body) ? [body] : body;
  return messages.some((message) => {
    if (!isJsonObject(message) || !isJsonObject(message["params"])) return halfPairPath(message) !== null;
    const { arguments: _checkedByTheCall, ...params } = message["params"];
    return halfPairPath({ ...message, params }) !== null;
  });
}

function problem(code: StrictJsonProblem["code"], message: string): StrictJsonResult {
  return { ok: false, problem: { code, message } };
}

/** One object or array that is open at the scanner's position. */
interface Open {
  /** Keys seen so far; null for an array. */
  readonly keys: Set<string> | null;
  readonly level: ProtocolKeyLevel;
  /** The next string is a key. */
  atKey: boolean;
  /** The last key, whose value comes next. */
  key: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The first rule that `text` breaks, in words, or undefined. Only strings, brackets and commas are looked at: text that
 * is no JSON may pass or fail here, and `JSON.parse` has the last word on it.
 */
function findAmbiguity(text: string): string | undefined {
  const stack: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const open = stack.at(-1);
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (end === -1) return undefined;
        if (open?.keys && open.atKey) {
          const raw = text.slice(at + 1, end);
          const key = raw.includes("\\") ? unescaped(raw) : raw;
          if (key === undefined) return undefined;
          if (open.keys.has(key)) return "an object in the body has the same key twice";
          if (key === "__proto__") return 'the key "__proto__" is not allowed';
          if (open.level !== "inner") {
            const meant = misspelledProtocolKey(open.level, key, raw);
            if (meant !== undefined) return `a key looks like "${meant}" but is not spelled exactly so`;
          }
          open.keys.add(key);
          open.key = key;
          open.atKey = false;
        }
        at = end;
        break;
      }
      case COMMA:
        if (open) open.atKey = true;
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY: {
        if (stack.length >= MAX_JSON_DEPTH) return `the body is nested deeper than ${MAX_JSON_DEPTH} levels`;
        const isObject = text.charCodeAt(at) === OPEN_OBJECT;
        stack.push({
          keys: isObject ? new Set() : null,
          level: levelWithin(stack, open),
          atKey: true,
          key: "",
        });
        break;
      }
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        stack.pop();
        break;
    }
  }
  return undefined;
}

function levelWithin(stack: readonly Open[], parent: Open | undefined): ProtocolKeyLevel {
  if (parent === undefined) return "top";
  if (parent.keys === null) return stack.length === 1 ? "top" : "inner"; // an element of a batch is a message
  if (parent.level === "top" && parent.key === "params") return "params";
  if (parent.level === "params" && parent.key === "_meta") return "meta";
  return "inner";
}

/** Index of the quote that ends the string begun at `start`, or -1. Each backslash is looked at twice at most. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH && first - 1 > start) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}

function unescaped(raw: string): string | undefined {
  try {
    const key: unknown = JSON.parse(`"${raw}"`);
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}
