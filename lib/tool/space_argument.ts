// The argument `space`, which every tool that works with records takes without saying so: how it is listed, taken out of the
// arguments of a call, and read. What it chooses is spaces/choose_named_space.ts.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { HALF_PAIR } from "../kit/half_pairs.ts";
import { isJsonObject } from "../kit/json.ts";
import { argumentWords, problemsOf } from "./argument_words.ts";
import type { ObjectSchema } from "./define_tool.ts";

/** The name of the argument. The gateway's own: no tool that works with records may have another argument of this name. */
export const SPACE = "space";

/** The arguments of a call without `space`, so that neither policy, question nor tool sees what it means only to the gateway. */
export function withoutSpace({ [SPACE]: _named, ...args }: { readonly [SPACE]: unknown }): unknown {
  return args;
}

/**
 * What the argument says: an id or a name, or null where a client left the argument out by null or an empty text. Throws
 * Refused `input-invalid`.
 */
export function readSpace(named: unknown): string | null {
  if (named === null || named === "") return null;
  const parsed = Named.safeParse({ [SPACE]: named }, { error: argumentWords });
  if (parsed.success) return parsed.data[SPACE];
  throw new Refused({ reason: "input-invalid", problems: problemsOf(parsed.error.issues) });
}

/** The input schema with the argument in it, for callers that may have several spaces. */
export function withSpace(schema: ObjectSchema): ObjectSchema {
  const { properties } = schema;
  return Object.freeze({
    ...schema,
    properties: { ...(isJsonObject(properties) ? properties : {}), [SPACE]: PROPERTY },
  });
}

/** Longest id or name that is read. The auth service's ids have at most as many characters; so may a name that can be chosen by. */
const MAX_CHARS = 256;
const Named = z.object({
  [SPACE]: z.string().max(MAX_CHARS)
    .refine((text) => text.trim() !== "", "expected the id or the name of a space")
    .refine((text) => text.isWellFormed(), HALF_PAIR),
});

/** Paid for in each tool of each conversation, so it is short. Its length is checked, not listed: see portable_schema.ts. */
const PROPERTY = Object.freeze({
  type: "string",
  description: "id or name of the space to work in; the usual one when left out",
});
