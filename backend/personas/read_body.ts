// Bodies of the personas' endpoints: size, then JSON, then schema, and the words for what does not fit. The words name members
// and rules, never values or keys of the caller's own: what somebody posts may be a person's text.
import type { z } from "zod";
import { readCappedBody } from "../../sign_in/http/read_capped_body.ts";
import { PERSONA_BODY_BYTES } from "./persona_limits.ts";

/** Reads a body by its schema; otherwise says what is wrong with it, {@link DETAILS} lines at most. */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<BodyResult<T>> {
  const body = await readCappedBody(request, PERSONA_BODY_BYTES);
  if (!body.ok) return { ok: false, details: [`body: must have at most ${PERSONA_BODY_BYTES} bytes`] };
  const value = parseJson(body.text);
  if (value === undefined) return { ok: false, details: ["body: must be JSON"] };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, body: parsed.data };
  const details = parsed.error.issues.map(({ path, message }) => `${wordsOf(path)}: ${message}`);
  return { ok: false, details: [...new Set(details)].slice(0, DETAILS) };
}

/** A body, or what is wrong with it. */
export type BodyResult<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly details: readonly string[] };

/** Lines of one refusal: 500 bad rows need no 500 lines. */
const DETAILS = 20;

/** `undefined` for what is no JSON. A key `__proto__`, which nobody sends in good faith, would vanish while it is checked. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === "__proto__") throw new SyntaxError("a key is __proto__");
      return value;
    });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `actions[3].latencyMs`. The member of `moduleMix` stays out: the caller made up its name. */
function wordsOf(path: readonly PropertyKey[]): string {
  const known = path[0] === "moduleMix" ? path.slice(0, 1) : path;
  const words = known.map((part) => typeof part === "number" ? `[${part}]` : `.${String(part)}`).join("");
  return words.replace(/^\./, "") || "body";
}
