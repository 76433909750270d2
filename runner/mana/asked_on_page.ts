// Calls of a connected app that wait for the persona's word: the refusal has a link, the persona decides on its own page, and the same
// call is made again to hear what came of it.
import { type Clock, wait } from "../kit/clock.ts";
import type { PersonPage } from "../sign_in/access.ts";
import type { Call, CallLeg } from "./caller.ts";
import type { Outcome } from "./outcome.ts";

/** Makes calls that are answered on the persona's page. `call` is how each of them is made. */
export function createAskedCall(call: Call, deps: AskedOnPageDeps): Call {
  return async (wanted, signal) => {
    const first = await call(wanted, signal);
    const link = first.outcome.code === "approval-needed" ? LINK.exec(first.outcome.text)?.[0] : undefined;
    // What a persona wants it also allows; only what deletes is answered by its character.
    const said = wanted.answer ?? (deps.deletes(wanted.tool) ? "no" : "yes");
    if (link === undefined || said === "nothing" || wanted.mischief !== undefined) return first;
    try {
      if (said === "late") await wait(deps.clock, deps.lateAnswerMs, signal);
      if (await deps.page.decide(link, said === "no" ? "no" : "yes") !== "taken") return first;
    } catch (error) {
      if (!signal.aborted) deps.onFault(error);
      return first;
    }
    const again = await call(wanted, signal);
    const outcome = holdsTo(said !== "no", again.outcome);
    const legs = again.legs.map((leg): CallLeg => leg.outcome === again.outcome ? { ...leg, outcome } : leg);
    return { outcome, legs: [...first.legs, ...legs] };
  };
}

/** What {@link createAskedCall} needs. */
export interface AskedOnPageDeps {
  readonly page: PersonPage;
  /** Whether a tool deletes. */
  readonly deletes: (tool: string) => boolean;
  readonly clock: Clock;
  readonly lateAnswerMs: number;
  /** The page cannot be used: the day is over. */
  readonly onFault: (error: unknown) => void;
}

const LINK = /https?:\/\/[^\s"'<>]+\/approvals\/[0-9a-f]{32}/;

/** A word of the person that the gateway took and does not keep is a fault of the gateway, whichever way. */
function holdsTo(isAllowed: boolean, outcome: Outcome): Outcome {
  const isDoneAnyway = !isAllowed && outcome.result === "ok";
  if (!isDoneAnyway && outcome.code !== "approval-needed") return outcome;
  return { ...outcome, result: "failed", code: isDoneAnyway ? "approval-ignored" : "approval-lost" };
}
