// A parsed JSON object, of which nothing more is known yet. Reading text as JSON is not here (that is http/strict_json.ts).

/** A JSON object. Its names come from outside (`__proto__`): ask `Object.hasOwn` before reading a name that is not known. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether a parsed value is an object and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
