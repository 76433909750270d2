// What an app is told of a question that it has asked the person: that it waits, or what came of it. Never more than the app itself
// asked for, and got; and no text of a record once the app's grant shows something else than it did when the app asked.
import type { ApprovalAnswer } from "../tool/general/approvals_tool.ts";
import type { KeptTexts, MayTell } from "../disclosure/kept_texts.ts";
import type { Ask } from "./ask.ts";
import { isOpen, type Standing } from "./standing.ts";

/** A question that waits for the person. */
export interface Waiting {
  readonly id: string;
  readonly sentence: string;
  /** Where the person decides. */
  readonly url: string;
  /** How long it still waits, rounded up. */
  readonly minutes: number;
  /** The end of that, in milliseconds since 1970. */
  readonly until: number;
  /** What an earlier call was handed to word it. */
  readonly kept: readonly KeptTexts[];
}

/** What became of a call. `nothing`: there is nothing to be changed, so nobody has to be asked. */
export type Asked =
  | { readonly kind: "waits"; readonly waiting: Waiting }
  /** The person said yes, and it is not known whether all is stored. */
  | { readonly kind: "unknown"; readonly waiting: Waiting }
  | { readonly kind: "done" | "nothing"; readonly output: Record<string, unknown> }
  /** Done, and what the tool answers holds what the app may not be shown any more. */
  | { readonly kind: "done-untold" }
  | { readonly kind: "declined" };

/** What became of the same call before; null where it counts no more. */
export function askedBefore(
  standing: Standing,
  { page, now, shows }: Telling & { readonly page: string },
): Asked | null {
  const { ask, no, yes, done, isTold } = standing;
  // First what is done: the person may have said no at the same moment, too late for what their yes had begun.
  if (done !== null) {
    if (isTold) return null;
    return ask.shownBy === shows ? { kind: "done", output: ask.output } : { kind: "done-untold" };
  }
  if (no !== null) return isTold ? null : { kind: "declined" };
  if (!isOpen(standing, now)) return null;
  const [sentence, kept] = ask.shownBy === shows ? [ask.sentence, ask.handed] : [UNTOLD_QUESTION, []];
  const waiting = waitingOf(standing.id, { ...ask, sentence }, page, now, kept);
  return { kind: yes === null ? "waits" : "unknown", waiting };
}

/** Whom and when an app is told. */
export interface Telling {
  readonly now: number;
  /** What the app's grant shows now, as `RecordGrant.key` names it; empty where scopes alone rule. */
  readonly shows: string;
}

/** For a question whose words may name what the app may not read, or not any more. */
export const UNTOLD_QUESTION =
  "A call of this app waits for you: what it would change is shown on your own page.";

/** What an app is told that asks for a question by its id. */
export function answerOf(
  standing: Standing,
  { page, now, shows }: Telling & { readonly page: string | null },
): ApprovalAnswer {
  const { id, ask, no, yes, done } = standing;
  if (done !== null) {
    return ask.shownBy === shows ? { status: "done", result: ask.output } : { status: "done" };
  }
  if (no !== null) return { status: "declined" };
  if (!isOpen(standing, now)) return { status: yes === null ? "expired" : "unknown" };
  const status = yes === null ? "open" : "unknown";
  return page === null ? { status } : { status, url: waitingOf(id, ask, page, now).url };
}

/** A question that waits, as an app tells the person of it. */
export function waitingOf(
  id: string,
  { sentence, until }: Ask,
  page: string,
  now: number,
  kept: readonly KeptTexts[] = [],
): Waiting {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  return { id, sentence, url: `${page}/${id}`, minutes, until, kept };
}

/** Whether what a tool answered may be told to the app now; it counts as told then. */
export async function mayTellOutput(
  { handed, output, changes, space }: Ask,
  mayTell: MayTell,
): Promise<boolean> {
  const ids = new Set(changes.map(({ change }) => change.id));
  // A call that only says which records it changed tells nothing that it was handed.
  return !holdsText(output, ids) || await mayTell(handed, space);
}

function holdsText(value: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof value === "string") return !ids.has(value);
  return typeof value === "object" && value !== null &&
    Object.values(value).some((member) => holdsText(member, ids));
}
