// What a call was handed, and what it wrote, once it is over: told to what counts it, and noted in the person's ledger. Where the person
// wants every answer in the ledger first, the answer of a call that reads waits for that; so does, at several gateways, the answer that
// makes a grant one which has read texts of others or private ones.
import type { CallContent } from "../disclosure/call_account.ts";
import type { NotedRead } from "../ledger/packed_reads.ts";
import type { LookedPart } from "../ledger/ledger_body.ts";
import { Refused } from "../kit/errors.ts";
import { NOT_YET_IN_LEDGER } from "../kit/refusals/ledger_words.ts";
import { type CallContextsDeps, disclosedCall } from "./contexts_by_access.ts";

/**
 * Ends a call that has a result. Returns a remark for the model, null for none. Throws Refused `ledger-unavailable` and
 * `ledger-inactive` where nothing was changed, and what `Disclosure.end` throws.
 */
export async function endCall(
  call: CallContextsDeps,
  output: unknown,
  isChanged: boolean,
): Promise<string | null> {
  const { account, caller, deadline, disclosure, ledger } = call;
  const content = account === null ? NOTHING : await disclosure.end(disclosedCall(call), account, output);
  call.isOver = true;
  const noted = note(call, content.read.map(notedRead), content.looked, "done");
  if (noted === null) return null;
  const isStrict = ledger.modeOf(caller.principal) === "strict";
  if (!isStrict && !disclosure.mustTell(content)) return null;
  const answer = await ledger.settle(caller, noted, deadline.signal());
  if (!isStrict || answer === "stored" || answer === "none") return null;
  // A tool that could write and did not has told what it read: whether a text is the one that is there, say.
  if (isChanged && ledger.hasWritten(caller)) return NOT_YET_IN_LEDGER;
  throw new Refused({ reason: answer === "inactive" ? "ledger-inactive" : "ledger-unavailable" });
}

/** Ends a call that threw `error`: what it opened was handed to nobody, and what it wrote is written. */
export function failCall(call: CallContextsDeps, error: unknown): void {
  if (call.isOver === true) return;
  call.isOver = true;
  note(call, [], call.account?.opened() ?? [], error instanceof Refused ? "refused" : "failed");
}

const NOTHING: CallContent = { read: [], looked: [], isNews: false };

function note(
  { actor, args, at, caller, disclosure, ledger }: CallContextsDeps,
  read: readonly NotedRead[],
  looked: readonly { readonly collection: string; readonly count: number }[],
  outcome: "done" | "refused" | "failed",
) {
  const { callId, tool } = actor;
  const noted = { at, tool, callId, args, read, looked: looked.map(lookedPart), outcome };
  return ledger.note(caller, noted, disclosure.window);
}

function notedRead({ collection: c, space: s, fields: f, ids }: CallContent["read"][number]): NotedRead {
  return { c, s, f, ids };
}

function lookedPart({ collection: c, count }: CallContent["looked"][number]): LookedPart {
  return { c, count };
}
