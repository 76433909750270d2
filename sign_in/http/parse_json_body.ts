// Small JSON bodies: size, then JSON, then schema. Knows no refusal's words; the caller's contract has them.
import type { z } from "zod";
import { readCappedBody } from "./read_capped_body.ts";
import { SMALL_BODY_BYTES } from "../kit/limits.ts";

/** A body of at most {@link SMALL_BODY_BYTES}, checked by the schema; `undefined` for a body that does not fit. */
export async function parseJsonBody<T>(request: Request, schema: z.ZodType<T>): Promise<T | undefined> {
  const body = await readCappedBody(request, SMALL_BODY_BYTES);
  if (!body.ok) return undefined;
  try {
    return schema.safeParse(JSON.parse(body.text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
