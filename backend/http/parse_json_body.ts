import type { z } from "zod";
import { readCappedBody } from "./read_capped_body.ts";
import { SMALL_BODY_BYTES } from "../kit/limits.ts";

/**
 * Reads and checks a small JSON body: size, then JSON, then schema. `undefined` for anything that does not fit;
 * the caller knows which words its contract has for that.
 */
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
