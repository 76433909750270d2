// The spaces of the person, which the sign-in server tells in the body of each request of its pages, beside the question of the action.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { isJsonObject } from "../kit/json.ts";
import type { Caller } from "../people/principal.ts";

/**
 * Takes the spaces out of a body. Without any, the caller stays as they are and the auth service is asked. Throws Refused
 * `input-invalid`.
 */
export function withToldSpaces(
  caller: Caller,
  body: unknown,
): { readonly caller: Caller; readonly json: unknown } {
  if (!isJsonObject(body) || !("spaces" in body)) return { caller, json: body };
  const { spaces, ...json } = body;
  const parsed = Spaces.safeParse(spaces);
  if (!parsed.success) throw new Refused({ reason: "input-invalid", problems: ["spaces"] });
  return { caller: { ...caller, toldSpaces: parsed.data }, json };
}

const Spaces = z.array(z.strictObject({
  id: z.string().min(1).max(256),
  name: z.string().max(256).optional(),
  type: z.string().max(64).optional(),
})).max(10_000);
