// How often an app may ask the person, and with how much: a person who is asked all the time reads nothing any more, and what waits lies
// in their own space.
import { counted } from "../kit/counted.ts";
import { Refused } from "../kit/errors.ts";
import { MAX_APPROVALS_PER_HOUR, MAX_KEPT_ASK_CHARS, MAX_OPEN_APPROVALS } from "../kit/limits.ts";
import { isOpen, type Standing } from "./standing.ts";

/**
 * Returns where an app may ask once more, by what is kept of its questions. Throws Refused `policy-denied` otherwise, with what the
 * person or the app can do.
 */
export function demandRoom(mine: readonly Standing[], now: number): void {
  const open = mine.filter((standing) => isOpen(standing, now)).length;
  if (open >= MAX_OPEN_APPROVALS) {
    throw refuse(
      "approvals-open",
      `${
        counted(open, "question")
      } of this app already wait for the person. Nothing was changed. Ask them to decide these first.`,
    );
  }
  if (mine.reduce((sum, { askChars }) => sum + askChars, 0) >= MAX_KEPT_ASK_CHARS) {
    throw refuse(
      "approvals-size",
      "the questions of this app within a day hold too much together. Nothing was changed. Change less at once.",
    );
  }
  const recent = mine.filter(({ ask }) => ask.made > now - HOUR_MS).length;
  if (recent >= MAX_APPROVALS_PER_HOUR) {
    throw refuse(
      "approvals-rate",
      `this app has asked the person ${
        counted(recent, "time")
      } within an hour. Nothing was changed. Wait before you ask again.`,
    );
  }
}

function refuse(rule: string, advice: string): Refused {
  return new Refused({ reason: "policy-denied", rule, advice });
}

const HOUR_MS = 60 * 60_000;
