// Sends one request by itself and looks at the whole answer: wrk only counts statuses, and a tool refuses with status 200.
import { z } from "zod";
import type { RequestShape } from "../load/job.ts";

/** Answers with the size of the body in bytes. Throws Error unless the answer is right: 200, no error, the marker in it. */
export async function checkAnswer(host: string, shape: RequestShape, token: string): Promise<number> {
  const response = await fetch(`http://${host}${shape.path}`, {
    method: shape.method,
    headers: { ...shape.headers, authorization: `Bearer ${token}` },
    ...(shape.method === "GET" ? {} : { body: shape.body }),
  });
  const text = await response.text();
  const problem = response.status === 200 ? problemIn(text, shape.marker) : "another status than 200";
  if (problem === null) return new TextEncoder().encode(text).byteLength;
  throw new Error(`wrong answer, ${problem}: ${response.status} ${text.slice(0, 300)}`);
}

/** What is wrong with the body of an answer; null when nothing is. */
export function problemIn(text: string, marker: string): string | null {
  const json = text.startsWith("{") ? text : /^data: ?(\{.*)$/m.exec(text)?.[1];
  if (json === undefined) return "no JSON object";
  const { error, result } = Answer.parse(JSON.parse(json));
  if (error !== undefined) return "an error";
  if (result?.isError === true) return "the error of a tool";
  return json.includes(marker) ? null : `without ${marker}`;
}

const Answer = z.looseObject({
  error: z.unknown().optional(),
  result: z.looseObject({ isError: z.boolean().optional() }).optional(),
});
