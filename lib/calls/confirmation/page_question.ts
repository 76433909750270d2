// Asking on the person's own page: what a call would change is stored as an approval, and the client gets the address, to open it or to
// tell the person. What the person decides there comes back with the same call, made again, or with approvals.get.
import { type Asked, UNTOLD_QUESTION, type Waiting } from "../../approvals/asked.ts";
import type { AskPerson } from "../../approvals/ask_person.ts";
import type { ChangedRow } from "../../changes/push_changes.ts";
import { type Refusal, Refused } from "../../kit/errors.ts";
import { hasNoKey } from "../../sealing/vault_client.ts";
import type { ToolRegistry } from "../../tool/tool_registry.ts";
import { declined, declinedByClient, refuse } from "./answers.ts";
import type { AskedCall } from "./asked_call.ts";
import type { Approved } from "./confirmation.ts";
import { questionSentence } from "./question_sentence.ts";

/** What asking on the page takes. */
export interface PageDeps {
  readonly approvals: AskPerson;
  /** Names the tool that says what a question has come to. */
  readonly registry: Pick<ToolRegistry, "inWords">;
}

/** What becomes of a call whose client shows no form. Throws Refused `approval-needed` with the link where nobody has decided yet. */
export async function questionOnPage(deps: PageDeps, page: string, call: AskedCall): Promise<Approved> {
  const asked = await askOnPage(deps, page, call);
  if (asked.kind === "unaskable") throw unaskable(call, asked.error);
  if (asked.kind !== "waits") return { kind: "told", output: asked.output };
  const { waiting } = asked;
  const { canOpen, reply } = call.asking;
  if (canOpen !== true) throw needed(deps, "asked", waiting);
  if (reply === null) {
    // The words of an earlier call name what that call was handed.
    const isTold = await call.mayTell(waiting.kept, call.space.id);
    const sentence = isTold ? waiting.sentence : UNTOLD_QUESTION;
    return { kind: "ask", question: { sentence, url: waiting.url, state: null } };
  }
  if (reply.answer === "declined") {
    await deps.approvals.close(call.caller, waiting.id, "no", call.reader.signal);
    throw declinedByClient();
  }
  // "accept" says that the person opened the address, and nothing of what they decide there (MCP 2025-11-25, elicitation, URL mode).
  throw needed(deps, "asked", waiting);
}

/**
 * Stores what the call would change, or finds what came of the same call. `unaskable` where the question cannot be stored. Throws Refused
 * `confirmation-declined`; `approval-needed` where the person said yes and a part may be missing; and what looking at the call throws.
 */
export async function askOnPage(deps: PageDeps, page: string, call: AskedCall): Promise<AskedOnPage> {
  const { tool, args, caller, clientName, callId, isRelaying, mayTell, reader, space } = call;
  let isOfCall = false;
  const prepare = async () => {
    isOfCall = true;
    const sentence = await questionSentence(call);
    const rows: ChangedRow[] = [];
    const output = await tool.call(args, call.collecting(rows));
    isOfCall = false;
    return { sentence, rows, output, handed: call.kept(output) };
  };
  const { signal } = reader;
  const asking = {
    caller,
    tool: tool.name,
    args,
    space,
    reader,
    clientName,
    callId,
    isRelaying,
    mayTell,
    signal,
    prepare,
  };
  let asked: Asked;
  try {
    asked = await deps.approvals.ask(page, asking);
  } catch (error) {
    const isOver = isOfCall || !(error instanceof Refused) || error.refusal.reason === "cancelled";
    if (isOver) throw error;
    return { kind: "unaskable", error };
  }
  if (asked.kind === "declined") throw declined();
  if (asked.kind === "done-untold") throw new Refused({ reason: "approval-done" });
  if (asked.kind === "unknown") throw needed(deps, "unknown", asked.waiting);
  return asked;
}

/** What became of asking on the page. */
export type AskedOnPage =
  | { readonly kind: "waits"; readonly waiting: Waiting }
  | { readonly kind: "done" | "nothing"; readonly output: Record<string, unknown> }
  | { readonly kind: "unaskable"; readonly error: Refused };

/** The refusal with the link. */
export function needed(
  { registry }: PageDeps,
  why: Extract<Refusal, { readonly reason: "approval-needed" }>["why"],
  { url, minutes, until, id }: Waiting,
): Refused {
  const tellingTool = registry.inWords("{approvals.get}");
  return new Refused({ reason: "approval-needed", why, url, minutes, until, id, tellingTool });
}

/** Why nobody can be asked, in words that say what the person can do. */
function unaskable({ tool }: AskedCall, error: Refused): Refused {
  if (!hasNoKey(error.refusal)) return error;
  return refuse(
    "destructive-not-allowed",
    `{${tool.name}} asks the person first, and this client cannot ask. The question cannot be kept for their own page ` +
      "either, since no server has their key: they do it themselves, in the Mana app.",
  );
}
