import { z } from "zod";
import type { Json } from "./mask.ts";
import type { Answer } from "./transcript.ts";

const json = z.custom<Json>((value) => value !== undefined);
const Recorded = z.array(z.object({
  name: z.string(),
  compare: z.enum(["exact", "shape", "status", "noted"]),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: json.optional(),
  }).transform(({ body, ...rest }) => body === undefined ? rest : { ...rest, body }),
  response: z.object({ status: z.number(), contentType: z.string(), body: json }),
}));

/** Reads a transcript. @throws {ZodError} when the file holds something else */
export async function readRecorded(path: string | URL): Promise<Answer[]> {
  return Recorded.parse(JSON.parse(await Deno.readTextFile(path)));
}
