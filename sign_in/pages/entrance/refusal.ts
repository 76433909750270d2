// The words for an attempt to get in that was not judged, or was judged and refused.
import type { NotJudged, SignInOutcome } from "../../people/entrance.ts";
import { waitWord } from "../format_values.ts";
import type { Notice, Problem } from "../layout.tsx";

/** Why nobody got in, for the page that is shown again. */
export interface Refusal {
  readonly status: number;
  /** Seconds until it makes sense to try again. */
  readonly retryAfter?: number;
  readonly notice?: Notice;
  readonly problems?: readonly Problem[];
}

/** The words for an attempt that was not judged. `what` was not compared: the password, the code. */
export function notJudgedRefusal(
  outcome: Exclude<NotJudged, { readonly outcome: "expired" }>,
  what: string,
): Refusal {
  switch (outcome.outcome) {
    case "busy": {
      const seconds = wholeSeconds(outcome.seconds);
      return {
        status: 429,
        retryAfter: seconds,
        notice: {
          title: "Please wait a moment",
          text: `Many people are signing in right now. Try again in ${waitWord(seconds)}. ` +
            `Your ${what} was not looked at yet.`,
        },
      };
    }
    case "held-back": {
      const seconds = wholeSeconds(outcome.seconds);
      return {
        status: 429,
        retryAfter: seconds,
        notice: {
          title: "Signing in rests for now",
          text:
            `That was wrong too often. For your safety, nobody can sign in with this e-mail address for ` +
            `${waitWord(seconds)}. Then try again.`,
        },
      };
    }
    case "unavailable":
      return {
        status: 503,
        notice: {
          title: "Your account service does not answer",
          text: `Nothing is wrong with your ${what}. Wait a minute, then try again here.`,
        },
      };
  }
}

/** The words for a sign-in that was refused. */
export function signInRefusal(outcome: RefusedSignIn): Refusal {
  if (outcome === "over") {
    return {
      status: 422,
      notice: {
        title: "Please sign in again",
        text: "The code took too long, or it was wrong too often. Nothing is lost.",
      },
    };
  }
  const text = outcome === "unconfirmed"
    ? "Confirm your e-mail address first: open the message that your account service sent you, and follow the " +
      "link in it. Then sign in here."
    : "The e-mail address or the password is not right.";
  return { status: 422, problems: [{ text, field: "email" }] };
}

/** How a sign-in can be refused after it was judged. */
export type RefusedSignIn =
  | Extract<SignInOutcome["outcome"], "wrong-password" | "unconfirmed">
  | "over";

/** At least a second, whatever a service wrote; a minute where it wrote no number. */
function wholeSeconds(seconds: number): number {
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 60;
}
