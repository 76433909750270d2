// What a tool answered, as a view gets it: a `CallToolResult` of MCP that was read member by member.
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from "./parse.ts";

/** What became of a call. `failed`: nobody knows whether it was carried out, or nobody could be asked. */
export type Answer =
  | { readonly kind: "done"; readonly data: JsonObject; readonly meta: JsonObject }
  | { readonly kind: "refused"; readonly words: string; readonly meta: JsonObject }
  | { readonly kind: "failed"; readonly words: string };

/** Reads a result. Hosts that leave `structuredContent` out send the same as JSON in the first text. */
export function answerOf(result: unknown): Answer {
  const { content, structuredContent, isError, _meta } = objectOf(result);
  const texts = objectsOf(content).map(({ text }) => textOf(text) ?? "");
  const meta = objectOf(_meta);
  if (isError === true) return { kind: "refused", words: texts.join("\n").slice(0, MAX_WORDS), meta };
  const data = isObject(structuredContent) ? structuredContent : dataIn(texts[0]);
  return data === null
    ? { kind: "failed", words: "The app answered with something that cannot be shown here." }
    : { kind: "done", data, meta };
}

/** Longest words of a refusal that are shown, in characters. */
const MAX_WORDS = 2_000;

function dataIn(text: string | undefined): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
