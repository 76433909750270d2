// JSON Schemas as all our clients take them. What is left out here is still checked, and told in words; see
// docs/authoring-tools.md.
//
// - Local models: llama.cpp makes one grammar of all tools and refuses it, and with it every call, for a repetition of 2,000
//   or more, lists times texts (ggml-org/llama.cpp #25746, lemonade #2691). Such a length goes into the description.
// - A pattern becomes a grammar as well, so it is listed only where it is plain: anchored, classes and counts and nothing else.
// - Gemini's function declarations know no list of types and no exclusive bounds; `anyOf` of single types they take.
// - Names of members are told by nothing: `propertyNames` is known to few.
import { isJsonObject, type JsonObject } from "../kit/json.ts";

/** Rewrites a schema; the same JSON values fit, but for the lengths that only the description tells. */
export function portableSchema(schema: JsonObject): JsonObject {
  return rewrite(schema, 1);
}

/** Repetitions from here on are refused by llama.cpp (`MAX_REPETITION_THRESHOLD`). */
const MAX_REPETITIONS = 2_000;

/** Classes and counts between the two ends; what llama.cpp makes a grammar of without a doubt. */
const PLAIN_PATTERN = /^\^(?:[#A-Za-z0-9_-]|\[[^\\\]]+\]|\{\d+\})+\$$/;

const ANY_TYPES = ["string", "number", "boolean", "object", "array", "null"].map((type) => ({ type }));

/** The library writes "anything" as `{}`, perhaps with a description, and some clients refuse a schema without a type. */
function isAnything(node: JsonObject): boolean {
  return Object.keys(node).every((keyword) => keyword === "description");
}

/** `times`: how often the lists around this may repeat it. */
function rewrite(node: JsonObject, times: number): JsonObject {
  const { type, items, properties, anyOf, propertyNames: _names, ...rest } = node;
  const kept: Record<string, unknown> = { ...rest };
  boundNumbers(kept, type === "integer");
  const most = boundLength(kept, times);
  if (typeof kept["pattern"] === "string" && !PLAIN_PATTERN.test(kept["pattern"])) delete kept["pattern"];
  if (isJsonObject(kept["additionalProperties"])) {
    kept["additionalProperties"] = isAnything(kept["additionalProperties"])
      ? true
      : rewrite(kept["additionalProperties"], times);
  }
  const isUnion = Array.isArray(type);
  return {
    ...(isUnion || type === undefined ? {} : { type }),
    ...kept,
    ...(isUnion ? { anyOf: type.map((one) => ({ type: one })) } : {}),
    ...(isAnything(node) ? { anyOf: ANY_TYPES } : {}),
    ...(Array.isArray(anyOf)
      ? { anyOf: anyOf.map((one) => isJsonObject(one) ? rewrite(one, times) : one) }
      : {}),
    ...(isJsonObject(items) ? { items: rewrite(items, most) } : {}),
    ...(isJsonObject(properties) ? { properties: rewriteEach(properties, times) } : {}),
  };
}

function rewriteEach(properties: JsonObject, times: number): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map((
      [name, node],
    ) => [name, isJsonObject(node) ? rewrite(node, times) : node]),
  );
}

/** Bounds that a whole number has anyway say nothing, and exclusive ones are not known everywhere. */
function boundNumbers(node: Record<string, unknown>, isWhole: boolean): void {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = node;
  if (isWhole && typeof above === "number") node["minimum"] = above + 1;
  if (isWhole && typeof below === "number") node["maximum"] = below - 1;
  delete node["exclusiveMinimum"];
  delete node["exclusiveMaximum"];
  if (node["minimum"] === Number.MIN_SAFE_INTEGER) delete node["minimum"];
  if (node["maximum"] === Number.MAX_SAFE_INTEGER) delete node["maximum"];
}

/** Moves a length that no grammar takes into the description. Returns how often what is inside may be repeated. */
function boundLength(node: Record<string, unknown>, times: number): number {
  for (const keyword of ["maxLength", "maxItems"]) {
    const most = node[keyword];
    if (typeof most !== "number") continue;
    if (most * times < MAX_REPETITIONS) return keyword === "maxItems" ? most * times : times;
    delete node[keyword];
    const unit = keyword === "maxItems" ? "entries" : "characters";
    const said = typeof node["description"] === "string" ? `${node["description"]}; ` : "";
    node["description"] = `${said}at most ${most.toLocaleString("en-US")} ${unit}`;
  }
  return times;
}
