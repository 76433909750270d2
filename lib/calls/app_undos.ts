// Undos as an app can have them. An app never learns who else wrote, and sees and touches nothing but what its grant opens: the space of
// the call, and the modules that it may both read and change.

import type { Writer } from "../authorship/change_verifier.ts";
import type { BatchPush } from "../changes/push_changes.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import { canonicalJson } from "../kit/canonical_json.ts";
import { Refused } from "../kit/errors.ts";
import type { Caller } from "../people/principal.ts";
import { isInScope } from "../people/scopes.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallDisclosure } from "../spaces/call_disclosure.ts";
import type { AppUndoQuestion, AppUndos } from "../tool/general/undo_tools.ts";
import type { MayShow, UndoPreview } from "../undo/shown_plan.ts";
import type { UndoRequest, Undos } from "../undo/undos.ts";
import { timeOfPlan } from "../undo/undo_plan.ts";
import { PreviewAccount } from "./preview_account.ts";

/** Undos of one call. */
export function appUndos(deps: AppUndosDeps): AppUndos {
  return Object.freeze({
    preview: Object.freeze(async (question: AppUndoQuestion) => {
      const kind = { isShared: deps.space.kind !== "personal", isOfOther: question.client !== null };
      const account = new PreviewAccount(deps.disclosure, kind);
      const mayShow: MayShow = (rows) => account.mayShow(rows.slice(0, MAX_TOLD_ROWS));
      const preview = await deps.undos.preview(await requestOf(deps, question, deps.at, mayShow));
      const answer = told(deps, preview);
      account.tell(answer.rows);
      return answer;
    }),
    apply: Object.freeze(async (plan: string, question: AppUndoQuestion) => {
      const at = timeOfPlan(plan);
      if (at === null) throw new Refused({ reason: "plan-unknown" });
      const request = { ...await requestOf(deps, question, at, SHOW_NOTHING), plan };
      const by = { kind: "undo", clientName: deps.clientName, push: deps.push } as const;
      const { status, written, preview } = await deps.undos.apply(request, by);
      const { conflictCount, conflicts, impossible } = told(deps, preview);
      return { status, written, conflictCount, conflicts, impossible };
    }),
  });
}

/** What the undos of a call need. */
export interface AppUndosDeps {
  readonly undos: Undos;
  readonly caller: Caller;
  readonly space: ActiveSpace;
  /** With what the space is read. */
  readonly reader: ChangeReader;
  /** Where changes go: to the sync service, or to a question to the person. */
  readonly push: BatchPush;
  readonly clientName: string;
  /** When the call began, in milliseconds since 1970. */
  readonly at: number;
  readonly signal: AbortSignal;
  /** The call's account of what it is handed. */
  readonly disclosure: CallDisclosure | null;
  /** Told how many records were handed out whose texts others may have written. */
  readonly onWrittenByOthers: (count: number) => void;
}

async function requestOf(
  { undos, caller, space, reader, signal }: AppUndosDeps,
  { since, until, tool, client }: AppUndoQuestion,
  at: number,
  mayShow: MayShow,
): Promise<UndoRequest> {
  const { scopes, client: connected } = caller.principal;
  const isOpen = (module: string): boolean =>
    isInScope(scopes, { module, access: "read" }) &&
    (isInScope(scopes, { module, access: "write" }) || isInScope(scopes, { module, access: "destructive" }));
  const writer = client === null
    ? await undos.writerOf(caller, connected?.appKey ?? "", signal)
    : { kind: "named" as const, name: client };
  // Most clients know their tools by names without dots.
  const dotted = tool === null || tool.includes(".") ? tool : tool.replace("_", ".");
  return {
    caller,
    selection: { kind: "writer", writer, since, until, tool: dotted },
    asked: canonicalJson([space.id, connected?.appKey ?? "", since, until, dotted, client]),
    tables: undos.tablesOf(scopes === null ? null : undos.modules.filter(isOpen)),
    ofApp: { space, reader, mayShow },
    allows: (by, spaceId) => space.storedAs.has(spaceId) && isOpen(moduleOf(by)),
    at,
    signal,
  };
}

/** The module whose tool made a change; of an undo none. */
function moduleOf(writer: Writer): string {
  return writer.kind === "app" || writer.kind === "own" ? writer.tool.split(".")[0] ?? "" : "";
}

/** A preview as short as a model needs it. Who wrote later is left out: the app need not know which other apps there are. */
function told({ space, onWrittenByOthers }: AppUndosDeps, preview: UndoPreview) {
  const rows = preview.rows.slice(0, MAX_TOLD_ROWS);
  if (space.kind !== "personal") onWrittenByOthers(rows.length);
  return {
    plan: preview.plan,
    rows: rows.map(({ record, id, title, op, fields }) => ({
      record,
      id,
      title,
      op,
      fields: fields.slice(0, MAX_TOLD_FIELDS).map(({ name, before, after }) => ({
        name,
        before: cut(before),
        after: cut(after),
      })),
    })),
    rowCount: preview.rowCount,
    conflicts: preview.conflicts.slice(0, MAX_TOLD_ROWS).map(({ record, id, field, at }) => ({
      record,
      id,
      field,
      at,
    })),
    conflictCount: preview.conflictCount,
    impossible: preview.impossible,
  };
}

/** Nothing of the records is told, so nothing is opened. */
const SHOW_NOTHING: MayShow = () => Promise.resolve(0);

/** Rows and fields that a model is told, and characters of each text. */
const MAX_TOLD_ROWS = 20;
const MAX_TOLD_FIELDS = 5;
const MAX_TOLD_CHARS = 100;

function cut(text: string | null): string | null {
  return text === null || text.length <= MAX_TOLD_CHARS
    ? text
    : `${text.slice(0, MAX_TOLD_CHARS).toWellFormed()}…`;
}
