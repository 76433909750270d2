// The result of a tool call as MCP has it, the same for every client. The one place that all that a tool or a resource gives
// passes on its way out.
import { type Refusal, Refused } from "../kit/errors.ts";
import { mayHaveHalfPair, withoutHalfPairs } from "../kit/half_pairs.ts";
import { MAX_RESULT_BYTES } from "../kit/limits.ts";
import { utf8Bytes } from "../kit/bytes/utf8_bytes.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { REMARKS } from "../records/define_table.ts";
import type { Tool } from "../tool/define_tool.ts";
import { approvalNote } from "./approval_note.ts";
import type { Question } from "./confirmation/confirmation.ts";

/** The result of a call as MCP has it: one text. Where there is structured content, the text is that content as JSON. */
export interface CallResult {
  readonly content: { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
  readonly _meta?: Readonly<Record<string, unknown>>;
  /** Instead of all the others: the person has to be asked first. */
  readonly question?: Question;
}

/**
 * A result that says the same to every client: some hand the model the structured content alone, others the text alone, and
 * none further blocks. So remarks stand in both, and first: before the text that they warn of, and before where a client cuts.
 * Throws Refused `result-too-large`.
 */
export function outputResult(
  output: Record<string, unknown>,
  remarks: readonly string[],
  meta: Readonly<Record<string, unknown>> | undefined,
  tally: RequestTally,
): CallResult {
  let structuredContent = remarks.length === 0 ? output : { [REMARKS]: remarks, ...output };
  let text = JSON.stringify(structuredContent);
  // What other devices stored: the one place where all that a tool or a resource gives passes on its way out.
  if (mayHaveHalfPair(text)) {
    const { value, mended } = withoutHalfPairs(structuredContent);
    structuredContent = value;
    text = JSON.stringify(value);
    tally.addMended(mended);
  }
  // Records fit by how they are cut and paged. A tool that returns something else must not put it into a file of the client's.
  if (utf8Bytes(text) > MAX_RESULT_BYTES) throw new Refused({ reason: "result-too-large" });
  const result = { content: [textContent(text)], structuredContent };
  return meta === undefined ? result : { ...result, _meta: meta };
}

function textContent(text: string): CallResult["content"][number] {
  return { type: "text", text };
}

/** The result that asks the person first. */
export function questionResult(question: Question): CallResult {
  return { content: [], question: { ...question, sentence: question.sentence.toWellFormed() } };
}

/** The result of a refused call of a tool: its words, for the model, and what the approval card takes, for programs. */
export function refusedResult(words: string, refusal: Refusal, tool: Pick<Tool, "title">): CallResult {
  const result = { content: [textContent(words)], isError: true };
  const meta = approvalNote(refusal, tool);
  return meta === undefined ? result : { ...result, _meta: meta };
}
