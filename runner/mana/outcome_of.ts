// What an answer of the gateway comes to, and what may be told of it: reason codes and the gateway's own words, never what it quotes.
import type { RequestNote } from "./mana_line.ts";
import type { Outcome } from "./outcome.ts";
import { reasonCode } from "./reason_code.ts";

/** The outcome of a request that was answered by a result, or by none. */
export function outcomeOf(note: RequestNote, answer: ToolAnswer | null): Outcome {
  const { status, ms, error } = note;
  if (answer !== null) {
    const text = answer.content.flatMap((block) => block.type === "text" ? [block.text ?? ""] : []).join(
      "\n",
    );
    const code = answer.isError ? reasonCode(text) : null;
    const isFault = code !== null && FAULTS.includes(code);
    const result = isFault ? "failed" : answer.isError ? "refused" : "ok";
    return { result, status, code, text, structured: answer.structuredContent, latencyMs: ms };
  }
  if (status === 0) return failed(note, "no-answer");
  const isFailed = status >= 500 || error === null && status < 400 || error?.code === INTERNAL_ERROR;
  return {
    result: isFailed ? "failed" : "refused",
    status,
    code: error === null
      ? status < 400 ? "not-a-result" : `http-${status}`
      : error.data?.reason ?? reasonCode(error.message),
    text: error?.message ?? "",
    structured: undefined,
    latencyMs: ms,
  };
}

/** No proper answer came, for a reason of which the runner itself knows. */
export function failed({ status, ms }: RequestNote, code: string): Outcome {
  return { result: "failed", status, code, text: "", structured: undefined, latencyMs: ms };
}

/** What a row may say of an outcome: its code, else the gateway's words without what they quote, at most 200 characters. */
export function tellOutcome({ result, code, text }: Outcome): string | undefined {
  if (code !== null) return code;
  if (result === "ok") return undefined;
  return text.replace(/"[^"]*"?|“[^”]*”?/g, '"…"').replace(/\s+/g, " ").slice(0, MAX_WORDS);
}

/** A result of a tool, as MCP has it. */
export interface ToolAnswer {
  readonly content: readonly { readonly type: string; readonly text?: string | undefined }[];
  readonly structuredContent?: unknown;
  readonly isError: boolean;
}

const INTERNAL_ERROR = -32603;
const MAX_WORDS = 200;

/** Faults of the gateway or of a service that it needs: with HTTP status 200, since the call itself was answered. */
const FAULTS: readonly string[] = ["internal", "upstream-failed", "write-unknown", "write-partly"];
