// What a person reads when their answer did not do what they wanted. Each text says what happened to their data and what to do next.
import type { Notice } from "../layout.tsx";
import type { FaultCode } from "./ask_approvals.ts";

/** The words of each fault, and what the page keeps. */
export const FAULT_WORDS: Readonly<Record<FaultCode, FaultWords>> = {
  "approval-unknown": {
    title: "There is no such request for you",
    text: "It may be older than a day, or it was meant for another account. Nothing was changed.",
    status: 404,
    keeps: "nothing",
  },
  changed: {
    title: "It changed meanwhile",
    text:
      "Somebody changed this after the page was made, so nothing was done. This is how it is now: please " +
      "answer once more.",
    status: 409,
    keeps: "request",
  },
  expired: {
    title: "The time was over",
    text:
      "Your answer came too late, and nothing was changed. If you still want it, tell the app to ask again.",
    status: 410,
    keeps: "request",
  },
  used: {
    title: "This was answered before",
    text: "Your last click changed nothing more.",
    status: 410,
    keeps: "request",
  },
  "grant-ended": {
    title: "This app is not connected any more",
    text: "So nothing was changed. If you still want it, connect the app again and let it ask again.",
    status: 403,
    keeps: "nothing",
  },
  "scope-gone": {
    title: "The app may not do this any more",
    text: "You took this permission away from it, so nothing was changed. Under “Apps” you can give it back.",
    status: 403,
    keeps: "nothing",
  },
  "space-left": {
    title: "You are not in this space any more",
    text: "So nothing was changed there.",
    status: 403,
    keeps: "nothing",
  },
  "no-key": {
    title: "This cannot be done here",
    text:
      "Only you have the key to your texts, and Mana has no copy. Nothing was changed. Your Mana app can do " +
      "it for you.",
    status: 403,
    keeps: "nothing",
  },
  "sync-down": down("The service that keeps your data cannot be reached"),
  "vault-down": down("The service that keeps your key cannot be reached"),
  "auth-down": down("Your account service cannot be reached"),
  "gateway-down": down("Mana cannot be reached from here"),
  "too-many": {
    title: "Please wait a moment",
    text:
      "There was too much at once. Your answer was not kept, and nothing will happen later by itself. Wait a " +
      "minute, then press the button again.",
    status: 429,
    keeps: "button",
  },
  "gateway-late": {
    title: "No answer came back",
    text:
      "So we do not know whether your answer was carried out. Press the same button again: it finishes what " +
      "you decided and does nothing twice.",
    status: 504,
    keeps: "button",
  },
  failed: down("Something went wrong here, and it was not your fault"),
};

/** The words of one fault. */
export interface FaultWords extends Notice {
  readonly status: number;
  /** What stays on the page: the request as it is now, the button that was pressed, or nothing. */
  readonly keeps: "request" | "button" | "nothing";
}

/** The words of a fault where the person only wanted to look. */
export function readingWords(code: FaultCode): FaultWords {
  const words = FAULT_WORDS[code];
  if (words.keeps !== "button") return words;
  return {
    ...words,
    text:
      "So your requests cannot be shown. Nothing is lost, and nothing happens without your yes. Try again in a " +
      "minute.",
  };
}

/** The note above the requests after an answer to several of them. */
export function noticeOf(codes: readonly FaultCode[], count: number): Notice {
  const [first] = codes;
  if (first !== undefined && codes.length === count && codes.every((code) => code === first)) {
    return FAULT_WORDS[first];
  }
  const lines = [...new Set(codes)].map((code) => {
    const { title, text } = FAULT_WORDS[code];
    return `${codes.filter((other) => other === code).length} of ${count}: ${title}. ${text}`;
  });
  return { title: "Not everything was done", text: lines.join(" ") };
}

function down(title: string): FaultWords {
  return {
    title,
    text:
      "Your answer was not kept, and nothing will happen later by itself. Nothing is lost either: the request " +
      "stays open until its time is over. Wait a minute, then press the button again.",
    status: 503,
    keeps: "button",
  };
}
