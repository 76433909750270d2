import { isJsonObject, type JsonObject } from "../http/strict_json.ts";

/** Parts of `params` in which null has no meaning at any depth. The arguments of a tool are the tool's own. */
const ENVELOPES: ReadonlySet<string> = new Set(["_meta", "capabilities", "clientInfo", "context"]);

/**
 * A message, or each of a batch, without the members that are null where the protocol has an optional one: `params`, a
 * `cursor`, `arguments`. Clients that write every field of a class send them, and no member of a request may be null by the
 * protocol's schema. One that has to be there is then missing, which is told as such. The same value where nothing is null.
 */
export function withoutNullParams(body: JsonObject | readonly unknown[]): JsonObject | readonly unknown[] {
  if (isJsonObject(body)) return ofMessage(body);
  return body.map((message) => isJsonObject(message) ? ofMessage(message) : message);
}

function ofMessage(message: JsonObject): JsonObject {
  if (typeof message["method"] !== "string") return message;
  const { params } = message;
  if (params === null) return without(message, "params");
  if (!isJsonObject(params)) return message;
  let kept = params;
  for (const [name, value] of Object.entries(params)) {
    if (value === null) kept = without(kept, name);
    else if (ENVELOPES.has(name) && isJsonObject(value)) {
      const inner = withoutNulls(value);
      if (inner !== value) kept = { ...kept, [name]: inner };
    }
  }
  return kept === params ? message : { ...message, params: kept };
}

function withoutNulls(object: JsonObject): JsonObject {
  let kept = object;
  for (const name in object) {
    const value = object[name];
    if (value === null) kept = without(kept, name);
    else if (isJsonObject(value)) {
      const inner = withoutNulls(value);
      if (inner !== value) kept = { ...kept, [name]: inner };
    }
  }
  return kept;
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _null, ...rest } = object;
  return rest;
}
