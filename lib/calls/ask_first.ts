// What becomes of a call that may not run before the person has said so: a result instead of it, or the contexts that it runs with.
import { type CallResult, outputResult, questionResult } from "./call_result.ts";
import { askedCall } from "./confirmation/asked_call.ts";
import type { Confirmation } from "./confirmation/confirmation.ts";
import { CallContexts, type CallContextsDeps } from "./contexts_by_access.ts";
import { endCall } from "./end_call.ts";
import type { RecordStore } from "../records/record_store.ts";

/** Asks. What the call was handed to be asked about counts as handed out: a question names records. Throws as `Confirmation.approve`. */
export async function askFirst(
  { confirmation, store }: {
    readonly confirmation: Pick<Confirmation, "approve">;
    readonly store: Pick<RecordStore, "collecting" | "confirmed">;
  },
  call: Parameters<typeof askedCall>[0],
  given: CallContextsDeps,
): Promise<{ readonly result: CallResult } | AllowedCall> {
  const approved = await confirmation.approve(askedCall(call, store, given));
  if (approved.kind === "run") {
    const { approval, write } = approved;
    const running = write === null ? given : { ...given, at: write.askedAt, store: store.confirmed(write) };
    return { approval, contexts: new CallContexts(running) };
  }
  const isQuestion = approved.kind === "ask";
  await endCall(given, isQuestion ? null : approved.output, false);
  return {
    result: isQuestion
      ? questionResult(approved.question)
      : outputResult(approved.output, [], undefined, given.caller.tally),
  };
}

/** A call that the person has allowed in a form. */
export interface AllowedCall {
  /** To be handed to `Confirmation.ran`; null where the call does not wait on a page as well. */
  readonly approval: string | null;
  readonly contexts: CallContexts;
}
