// What becomes of a call that may not run before the person has said so: a result instead of it, or the approval that it runs with.
import { type CallResult, outputResult, questionResult } from "./call_result.ts";
import { askedCall } from "./confirmation/asked_call.ts";
import type { Confirmation } from "./confirmation/confirmation.ts";
import type { CallContextsDeps } from "./contexts_by_access.ts";
import { endCall } from "./end_call.ts";
import type { RecordStore } from "../records/record_store.ts";

/** Asks. What the call was handed to be asked about counts as handed out: a question names records. Throws as `Confirmation.approve`. */
export async function askFirst(
  { confirmation, store }: {
    readonly confirmation: Pick<Confirmation, "approve">;
    readonly store: Pick<RecordStore, "collecting">;
  },
  call: Parameters<typeof askedCall>[0],
  given: CallContextsDeps,
): Promise<{ readonly result: CallResult } | { readonly approval: string | null }> {
  const approved = await confirmation.approve(askedCall(call, store, given));
  if (approved.kind === "run") return approved;
  const isQuestion = approved.kind === "ask";
  await endCall(given, isQuestion ? null : approved.output, false);
  return {
    result: isQuestion
      ? questionResult(approved.question)
      : outputResult(approved.output, [], undefined, given.caller.tally),
  };
}
