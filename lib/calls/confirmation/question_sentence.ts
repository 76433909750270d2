// The sentence that asks the person, as the gateway words it. It goes through the client, so it names nothing that the app may not read.
import { fieldWords } from "../../history/table_names.ts";
import { isJsonObject } from "../../kit/json.ts";
import { shownText } from "../../kit/shown_text.ts";
import type { AskedCall } from "./asked_call.ts";

/**
 * The place, and what is asked: of a deleting tool its own words, of any other its title with what the app has sent. Where the app is
 * asked for what it has read, the question says so.
 */
export async function questionSentence(call: QuestionedCall): Promise<string> {
  const sentence = call.place + await wordsOf(call);
  if (call.isTainted === false) return sentence;
  return `${sentence} ${call.isTainted === "unknown" ? WHY_UNKNOWN : WHY_TAINTED}`;
}

/** What a question is made of. */
type QuestionedCall = Pick<AskedCall, "tool" | "args" | "place" | "contexts" | "isTainted">;

const WHY_TAINTED =
  "You are asked because in the last half hour this app read texts by others and private ones, and this can be read by others.";

const WHY_UNKNOWN =
  "You are asked because nobody can say now whether this app has read texts by others and private ones, and this can be read by others.";

async function wordsOf({ tool, args, contexts }: QuestionedCall): Promise<string> {
  if (tool.access === "destructive") return await tool.confirm(args, contexts);
  const told = Object.entries(isJsonObject(args) ? args : {}).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${shownText(fieldWords(name), MAX_NAME_CHARS)} ${quoted(value)}`);
  const shown = told.slice(0, MAX_SHOWN_ARGUMENTS);
  if (told.length > shown.length) shown.push("…");
  return `${tool.title}${shown.length === 0 ? "" : ` (${shown.join(", ")})`}?`;
}

function quoted(value: unknown): string {
  return `"${shownText(typeof value === "string" ? value : JSON.stringify(value), MAX_VALUE_CHARS)}"`;
}

/** Arguments that a question shows: the page shows all that would change. */
const MAX_SHOWN_ARGUMENTS = 6;
/** Characters of an argument's name and value in a question. */
const MAX_NAME_CHARS = 40;
const MAX_VALUE_CHARS = 80;
