// The input of a tool in words, from its JSON Schema: `title`, `priority? (low, medium, high)`, `tags? (list)`.
import { isJsonObject, type JsonObject } from "../../lib/kit/json.ts";

/** The words; `nothing` where the tool takes no argument. */
export function inputWords({ properties, required }: JsonObject): string {
  const demanded = new Set(Array.isArray(required) ? required : []);
  const words = Object.entries(isJsonObject(properties) ? properties : {})
    .map(([name, schema]) => `\`${name}${demanded.has(name) ? "" : "?"}\`${kindWords(schema)}`);
  return words.length === 0 ? "nothing" : words.join(", ");
}

/** Choices that are written out; more would make the page unreadable. */
const MAX_CHOICES = 9;

function kindWords(schema: unknown): string {
  if (!isJsonObject(schema)) return "";
  const { type, enum: choices, anyOf, items } = schema;
  if (Array.isArray(choices)) {
    const shown = choices.slice(0, MAX_CHOICES).join(", ");
    return ` (${shown}${choices.length > MAX_CHOICES ? ", …" : ""})`;
  }
  if (Array.isArray(anyOf)) {
    const [first] = anyOf.filter((one) => isJsonObject(one) && one["type"] !== "null");
    return kindWords(first);
  }
  switch (type) {
    case "integer":
    case "number":
      return " (number)";
    case "boolean":
      return " (yes or no)";
    case "array": {
      const inner = kindWords(items);
      return inner === "" ? " (list)" : ` (list: ${inner.trim().replace(/^\(|\)$/g, "")})`;
    }
    case "object":
      return " (object)";
    default:
      return "";
  }
}
