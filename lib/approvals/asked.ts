// What an app is told of a question that it has asked the person: that it waits, or what came of it. Never more than the app itself
// asked for, and got.
import type { ApprovalAnswer } from "../tool/general/approvals_tool.ts";
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
}

/** What became of a call. `nothing`: there is nothing to be changed, so nobody has to be asked. */
export type Asked =
  | { readonly kind: "waits"; readonly waiting: Waiting }
  /** The person said yes, and it is not known whether all is stored. */
  | { readonly kind: "unknown"; readonly waiting: Waiting }
  | { readonly kind: "done" | "nothing"; readonly output: Record<string, unknown> }
  | { readonly kind: "declined" };

/** What became of the same call before; null where it counts no more. */
export function askedBefore(standing: Standing, page: string, now: number): Asked | null {
  const { ask, no, yes, done, isTold } = standing;
  // First what is done: the person may have said no at the same moment, too late for what their yes had begun.
  if (done !== null) return isTold ? null : { kind: "done", output: ask.output };
  if (no !== null) return isTold ? null : { kind: "declined" };
  if (!isOpen(standing, now)) return null;
  return { kind: yes === null ? "waits" : "unknown", waiting: waitingOf(standing.id, ask, page, now) };
}

/** What an app is told that asks for a question by its id. */
export function answerOf(standing: Standing, page: string | null, now: number): ApprovalAnswer {
  const { id, ask, no, yes, done } = standing;
  if (done !== null) return { status: "done", result: ask.output };
  if (no !== null) return { status: "declined" };
  if (!isOpen(standing, now)) return { status: yes === null ? "expired" : "unknown" };
  const status = yes === null ? "open" : "unknown";
  return page === null ? { status } : { status, url: waitingOf(id, ask, page, now).url };
}

/** A question that waits, as an app tells the person of it. */
export function waitingOf(id: string, { sentence, until }: Ask, page: string, now: number): Waiting {
  return { id, sentence, url: `${page}/${id}`, minutes: Math.max(1, Math.ceil((until - now) / 60_000)) };
}
