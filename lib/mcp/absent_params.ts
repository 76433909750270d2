// Null is absent, for every member of a request's params: no such member may be null by the protocol's schema, and clients that
// write every field of a class send null all the same. Tools decide about their own arguments (lib/tool/absent_arguments.ts).
import { isJsonObject, type JsonObject } from "../kit/json.ts";

/**
 * A message without the members of its params that are null: a `cursor`, `arguments`, and `params` itself. A member that is
 * required is then missing, and told as missing. Returns the same value where nothing is null.
 */
export function withoutNullParams(message: JsonObject): JsonObject {
  const { method, params } = message;
  if (typeof method !== "string") return message;
  if (params === null) return without(message, "params");
  if (!isJsonObject(params)) return message;
  let kept = params;
  for (const name in params) {
    const value = params[name];
    if (value === null) kept = without(kept, name);
    else if (DEEP_PARAMS.has(name) && isJsonObject(value)) {
      const inner = withoutNulls(value);
      if (inner !== value) kept = { ...kept, [name]: inner };
    }
  }
  return kept === params ? message : { ...message, params: kept };
}

/** Members of `params` in which null has no meaning at any depth. */
const DEEP_PARAMS: ReadonlySet<string> = new Set(["_meta", "capabilities", "clientInfo", "context"]);

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
