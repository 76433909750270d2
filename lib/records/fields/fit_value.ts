// Whether a stored value is of the form that a table's schema says. Reading is lenient where other writers mean the same.

import { z } from "zod";
import { isJsonObject } from "../../kit/json.ts";
import type { FieldValue } from "../../sealing/value_opener.ts";

/**
 * A stored value by the field's schema. Null and missing mean the same (sync contract section 12): a field that is null or
 * missing becomes whichever of the two the schema takes, and a key of an object that may not be null is missing.
 */
export function fitValue(schema: z.core.$ZodType, value: unknown): FieldValue {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const isMissing = value === undefined || value === null;
  if (!isMissing && !isJsonObject(value)) return { ok: false };
  const other = z.safeParse(schema, isMissing ? (value === null ? undefined : null) : withoutNulls(value));
  return other.success ? { ok: true, value: other.data } : { ok: false };
}

/** An object without the keys, at any depth of objects, whose value is null. Stored values nest only so deep. */
function withoutNulls(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]));
}
