// Which changes are to be undone: certain calls, or what a writer did within some time. Who wrote a change is proved elsewhere
// (authorship/); nobody can choose a change of another person by saying its writer's name. Pure.

import type { Claim } from "../authorship/claim.ts";
import type { Writer } from "../authorship/change_verifier.ts";

/** The tool that stands for an undo, whoever makes it. */
export const UNDO_TOOL = "undo.apply";

/**
 * Whether a writer is an undo: one that the person made, that an app made by itself, or that the person allowed an app, whose changes
 * bear the app's signature.
 */
export function isUndoWriter(writer: Writer): boolean {
  return writer.kind === "undo" ||
    ((writer.kind === "app" || writer.kind === "own") && writer.tool === UNDO_TOOL);
}

/** What is to be undone. */
export type UndoSelection = CallSelection | WriterSelection;

/** Certain calls, by the names that the time line has for them (history/call_id.ts). */
export interface CallSelection {
  readonly kind: "calls";
  readonly calls: ReadonlySet<string>;
  /** Whether one of them is a call that nobody can prove. */
  readonly hasUnproved: boolean;
}

/** The selection of certain calls. */
export function selectCalls(calls: readonly string[]): CallSelection {
  return { kind: "calls", calls: new Set(calls), hasUnproved: calls.some((call) => call.startsWith("~")) };
}

/** What a writer did within some time. */
export interface WriterSelection {
  readonly kind: "writer";
  /**
   * `app`: an app by its pseudonym; `apps`: every app, and the person's own token; `own`: the person's own token; `named`: an app
   * that is proved to be one of the person's, by what it called itself; `unverified`: whatever calls itself so.
   */
  readonly writer:
    | { readonly kind: "app"; readonly pseudonym: string }
    | { readonly kind: "apps" | "own" }
    | { readonly kind: "named" | "unverified"; readonly name: string };
  /** Milliseconds since 1970; `until` itself is no part of it, and null is the undo's own time. */
  readonly since: number;
  readonly until: number | null;
  /** Canonical name of a tool; null for all. */
  readonly tool: string | null;
}

/**
 * Whether a change that says this of itself may be chosen, before its signature is looked at. Most changes end here.
 *
 * @param at when the change says that it was made, in milliseconds since 1970
 */
export function mayBeChosen(selection: UndoSelection, claim: Claim, at: number | null): boolean {
  if (selection.kind === "calls") {
    // The name of an unproved call is made of more than the claim, so the change has to be looked at.
    return selection.hasUnproved || (claim.callId !== null && selection.calls.has(claim.callId));
  }
  const { since, tool } = selection;
  return (at === null || at >= since) && (tool === null || claim.tool === tool);
}

/** Whether a change of a writer is chosen. `call` is its name on the time line. */
export function isChosenBy(selection: UndoSelection, writer: Writer, call: string): boolean {
  if (selection.kind === "calls") return writer.kind !== "person" && selection.calls.has(call);
  return !isUndoWriter(writer) && isOf(selection.writer, writer);
}

function isOf(choice: WriterSelection["writer"], writer: Writer): boolean {
  switch (choice.kind) {
    case "app":
      return writer.kind === "app" && writer.pseudonym === choice.pseudonym;
    case "own":
      return writer.kind === "own";
    case "apps":
      return writer.kind === "app" || writer.kind === "own";
    case "named":
      return writer.kind === "app" && writer.name === choice.name;
    case "unverified":
      return writer.kind === "unverified" && writer.name === choice.name;
  }
}
