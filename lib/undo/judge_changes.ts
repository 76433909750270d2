// Looks at the changes of a person's logs for an undo: whether each is one of those that are undone, one of an earlier undo, or one of
// the very undo that is being made again.

import { claimOf, UNDO_PRINCIPAL } from "../authorship/claim.ts";
import type { ChangeVerifier, Writer } from "../authorship/change_verifier.ts";
import type { Change } from "../changes/change.ts";
import { callIdOf } from "../history/call_id.ts";
import type { ToldSpaces } from "../history/told_spaces.ts";
import { stampOf } from "../history/window.ts";
import type { JudgedChange } from "./judged_change.ts";
import { isChosenBy, isUndoWriter, mayBeChosen, UNDO_TOOL, type UndoSelection } from "./undo_selection.ts";

/** What a change is looked at for. */
export interface UndoQuestion {
  readonly selection: UndoSelection;
  /** The undo's own time, in milliseconds since 1970. */
  readonly at: number;
  /** The plan that is carried out, whose own changes are left out; null for a first look. */
  readonly plan: string | null;
  readonly verifier: ChangeVerifier;
  /** Whether a server has the person's key. Without it nothing is signed. */
  readonly hasKey: boolean;
  readonly spaces: ToldSpaces;
  /** Whether the asker may undo what this writer wrote in the space. */
  readonly allows: (writer: Writer, spaceId: string) => boolean;
}

/** A change with its verdict. */
export interface Verdict extends JudgedChange {
  /** In the time and by the words of the selection, but nobody can say whose it is: left alone, and counted. */
  readonly isUnproved: boolean;
}

/** Judges one change of a table; null where it is one of the plan's own. */
export async function judgeChange(
  question: UndoQuestion,
  app: string,
  table: string,
  change: Change,
): Promise<Verdict | null> {
  // Most changes are of devices, which name no actor.
  if (change.actor === null && change.origin !== "agent") return nobodys(change);
  const claim = claimOf(change);
  if (claim === null) return nobodys(change);
  const isUndo = change.actor?.principalId === UNDO_PRINCIPAL || claim.tool === UNDO_TOOL;
  // Whoever plants such a change in a shared space has it left out of a repeat alone: it wins or loses by its stamp all the same.
  if (isUndo && question.plan !== null && change.actor?.rationale === question.plan) return null;
  const { selection } = question;
  const at = stampOf(change);
  const mayBe = mayBeChosen(selection, claim, at);
  if (!mayBe && !isUndo) return nobodys(change);
  const writer = await question.verifier.writerOf(app, table, change);
  if (writer.kind === "person") return nobodys(change);
  const space = question.spaces.spaceOf(change.spaceId);
  const isPersonal = space.kind === "personal";
  const call = callIdOf(writer, at ?? 0, space.id);
  // In a shared space nobody can tell a co-member's unsigned change from one of this person's.
  const isTheirs = writer.kind !== "unverified" || isPersonal;
  const isMeant = mayBe && isChosenBy(selection, writer, call) && question.allows(writer, change.spaceId);
  return {
    change,
    isChosen: isMeant && isTheirs ? timing(question, at) : false,
    isUndo: isUndo && (isUndoWriter(writer) || (!question.hasKey && isPersonal)),
    call,
    isUnproved: isTheirs ? !isUndo && isLeftOut(question, writer, mayBe, at) : isMeant,
  };
}

/** Whether a change is within the time; `late` where only its stamps may be after the undo's own time. */
function timing({ selection, at: now }: UndoQuestion, at: number | null): JudgedChange["isChosen"] {
  if (selection.kind === "calls" || at === null) return true;
  if (selection.until !== null && at >= selection.until) return false;
  return at <= now ? true : "late";
}

/** Whether all apps are meant, and this change only says that it is of one. */
function isLeftOut(
  { selection, at: now }: UndoQuestion,
  writer: Writer,
  mayBe: boolean,
  at: number | null,
): boolean {
  return mayBe && selection.kind === "writer" && selection.writer.kind === "apps" &&
    writer.kind === "unverified" && (at === null || at < (selection.until ?? now));
}

function nobodys(change: Change): Verdict {
  return { change, isChosen: false, isUndo: false, call: null, isUnproved: false };
}
