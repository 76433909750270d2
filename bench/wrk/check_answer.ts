// Sends one request by itself and looks at the whole answer: wrk only counts statuses, and a tool refuses with status 200.
import { z } from "zod";
import type { Caller, RequestShape } from "./write_requests.ts";

/** Answers with the JSON of the body. Throws Error unless the answer is right: 200, JSON, no error, the marker in it. */
export async function checkAnswer(host: string, shape: RequestShape, caller: Caller): Promise<string> {
  const response = await fetch(`http://${host}${shape.path}`, {
    method: shape.method,
    headers: { ...shape.headers, ...caller },
    ...(shape.method === "GET" ? {} : { body: shape.body }),
  });
  const text = await response.text();
  const problem = response.status === 200 ? problemIn(text, shape.marker) : "another status than 200";
  if (problem === null) return jsonIn(text) ?? "";
  throw new Error(`wrong answer, ${problem}: ${response.status} ${text.slice(0, 300)}`);
}

/** What is wrong with the body of an answer; null when nothing is. */
export function problemIn(text: string, marker: string): string | null {
  const json = jsonIn(text);
  if (json === undefined) return "no JSON object";
  const { error, result } = Answer.parse(JSON.parse(json));
  if (error !== undefined) return "an error";
  if (result?.isError === true) return "the error of a tool";
  return json.includes(marker) ? null : `without ${marker}`;
}

/** The body itself, or what the one event of it says. */
function jsonIn(text: string): string | undefined {
  return text.startsWith("{") ? text : /^data: ?(\{.*)$/m.exec(text)?.[1];
}

const Answer = z.looseObject({
  error: z.unknown().optional(),
  result: z.looseObject({ isError: z.boolean().optional() }).optional(),
});
