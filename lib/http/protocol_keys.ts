// The keys by which an MCP message is routed, authorised and answered, and what another parser could mistake for them.

/** Whether `key` is a protocol key of this level, exactly. */
export function isProtocolKey(level: keyof typeof PROTOCOL_KEYS, key: string): boolean {
  return EXACT_KEYS[level].has(key);
}

/**
 * The protocol key that `key` could be mistaken for by another parser, or undefined when it is either that key exactly
 * or nothing like one.
 *
 * Mistakable are: another case or a Unicode character that folds to the same letters (Kelvin sign, long s, full-width
 * letters), invisible or control characters in between or after (parsers that stop at U+0000), and an escaped
 * spelling (`"\u006dethod"`: the same key to every parser, another one to every filter that compares bytes). The one
 * escape that real clients write is `\/`, which PHP puts into every `_meta` key: it passes.
 *
 * @param level where the key stands
 * @param key the key as decoded
 * @param raw the key as written between its quotes
 */
export function misspelledProtocolKey(
  level: keyof typeof PROTOCOL_KEYS,
  key: string,
  raw: string,
): string | undefined {
  const known: readonly string[] = PROTOCOL_KEYS[level];
  if (isProtocolKey(level, key)) return raw === key || raw.replaceAll("\\/", "/") === key ? undefined : key;
  const cut = key.split("\0", 1)[0] ?? key;
  const alike = FOLDED_KEYS[level].indexOf(folded(cut));
  return alike === -1 ? undefined : known[alike];
}

/**
 * The protocol keys per level of the message (JSON-RPC 2.0 section
 * 4; MCP 2025-03-26 to 2026-07-28, basic). A parser that folds case (Go's encoding/json, many reflective ones) reads
 * `Method` as `method`; ours does not, and the two would act on different messages.
 */
const PROTOCOL_KEYS = {
  top: ["jsonrpc", "id", "method", "params", "result", "error"],
  params: [
    "_meta",
    "argument",
    "arguments",
    "capabilities",
    "clientInfo",
    "context",
    "cursor",
    "inputResponses",
    "level",
    "name",
    "notifications",
    "progressToken",
    "protocolVersion",
    "ref",
    "requestId",
    "requestState",
    "task",
    "taskId",
    "uri",
  ],
  meta: [
    "baggage",
    "io.modelcontextprotocol/clientCapabilities",
    "io.modelcontextprotocol/clientInfo",
    "io.modelcontextprotocol/logLevel",
    "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/related-task",
    "io.modelcontextprotocol/serverInfo",
    "io.modelcontextprotocol/subscriptionId",
    "progressToken",
    "traceparent",
    "tracestate",
  ],
} as const satisfies Record<string, readonly string[]>;

const EXACT_KEYS: Readonly<Record<keyof typeof PROTOCOL_KEYS, ReadonlySet<string>>> = {
  top: new Set(PROTOCOL_KEYS.top),
  params: new Set(PROTOCOL_KEYS.params),
  meta: new Set(PROTOCOL_KEYS.meta),
};

const FOLDED_KEYS = {
  top: PROTOCOL_KEYS.top.map(folded),
  params: PROTOCOL_KEYS.params.map(folded),
  meta: PROTOCOL_KEYS.meta.map(folded),
};

/** The same text for all spellings that some parser takes for the same key. */
function folded(key: string): string {
  // Upper case first: the long s and the dotless i reach their plain letters only that way (Unicode CaseFolding.txt).
  // \p{C} holds controls, format characters and lone surrogates; \p{M} the dot that "İ" leaves behind.
  return key.normalize("NFKC").toUpperCase().toLowerCase().replace(/[\p{C}\p{M}\p{Z}]/gu, "");
}
