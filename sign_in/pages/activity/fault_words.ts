// What a person reads when the gateway does not answer a page about what apps did. Each text says what happened to their data, and what
// to do next.
import type { GatewayFault } from "../../gateway/ask_gateway.ts";
import type { Notice } from "../layout.tsx";

/** The words where something was to be shown: nothing was changed. */
export function showFault(fault: GatewayFault): FaultWords {
  if (fault.fault !== "refused") return wait("Mana cannot be reached from here", UNCHANGED);
  switch (fault.code) {
    case "sync-down":
      return wait("The service that keeps your data cannot be reached", UNCHANGED);
    case "vault-down":
      return wait("The service that keeps your key cannot be reached", UNCHANGED);
    case "auth-down":
      return wait("Your account service cannot be reached", UNCHANGED);
    case "too-many":
      return { title: "Please wait a moment", text: `There was too much at once. ${UNCHANGED}`, status: 429 };
    case "space-left":
      return SPACE_LEFT;
    case "no-key":
      return NO_KEY;
    case "input":
      return TOO_MUCH;
    case "call-unknown":
    case "plan-unknown":
      return UNKNOWN;
    default:
      return wait("Something went wrong here, and it was not your fault", UNCHANGED);
  }
}

/** The words where something was to be undone. */
export function applyFault(fault: GatewayFault): ApplyFaultWords {
  if (fault.fault !== "refused") {
    return fault.fault === "down"
      ? { ...wait("Mana cannot be reached from here", NOT_DONE), keeps: "button" }
      : { ...wait("Nobody knows yet whether all of it is done", UNFINISHED), keeps: "unfinished" };
  }
  switch (fault.code) {
    case "changed":
      return {
        title: "It changed meanwhile",
        text:
          "Something was changed after this page was made, so this click undid nothing. This is how it is now.",
        status: 409,
        keeps: "preview",
      };
    case "failed":
      return { ...wait("It did not go through to the end", UNFINISHED), keeps: "unfinished" };
    case "plan-unknown":
      return { ...TOO_OLD, keeps: "nothing" };
    case "sync-down":
    case "vault-down":
    case "auth-down":
    case "too-many":
      return { ...showFault(fault), text: NOT_DONE, keeps: "button" };
    default:
      return { ...showFault(fault), keeps: "nothing" };
  }
}

/** The words of one fault. */
export interface FaultWords extends Notice {
  readonly status: number;
}

/** The words of a fault after the button was pressed. */
export interface ApplyFaultWords extends FaultWords {
  /**
   * What stays on the page. `preview`: what there is now, to be decided anew. `button`: nothing was done, the same button tries again.
   * `unfinished`: the same button completes it. `nothing`: the way is over.
   */
  readonly keeps: "preview" | "button" | "unfinished" | "nothing";
}

const UNCHANGED = "Nothing was changed and nothing is lost. Wait a minute, then load this page again.";
const NOT_DONE =
  "This click undid nothing, and nothing will happen later by itself. Wait a minute, then press the button again.";
const UNFINISHED =
  "Perhaps nothing was undone, perhaps a part. Press the button again in a minute: it finishes what " +
  "is missing, and does nothing twice.";

const SPACE_LEFT: FaultWords = {
  title: "You are not in this space any more",
  text: "So nothing was changed there. What is in it belongs to those who are.",
  status: 403,
};

const NO_KEY: FaultWords = {
  title: "This cannot be shown here",
  text: "Only you have the key to your texts, and Mana has no copy. Nothing was changed.",
  status: 403,
};

const TOO_MUCH: FaultWords = {
  title: "This is too much for one undo",
  text:
    "Nothing was changed. Choose a later day, or tick what you want to undo. Then do the rest in the same way.",
  status: 422,
};

/** The plan is an hour old. What an earlier click did is marked on the time line. */
const TOO_OLD: FaultWords = {
  title: "This page is too old",
  text:
    "So this click undid nothing. Begin again at what your apps did: what is undone already is marked there.",
  status: 410,
};

const UNKNOWN: FaultWords = {
  title: "This is not there any more",
  text:
    "The page may be too old, or it was made for another account. Nothing was changed. Begin again at what your " +
    "apps did.",
  status: 404,
};

function wait(title: string, text: string): FaultWords {
  return { title, text, status: 503 };
}
