// What the pages ask about undos: what an undo would do, and the click that does it. The click is the person's own approval, also of a
// person whose key no server has. Contract: auth-vault 13.
import { z } from "zod";
import { MAX_CALL_ID_CHARS } from "../history/call_id.ts";
import { canonicalJson } from "../kit/canonical_json.ts";
import { selectCalls, type UndoSelection, type WriterSelection } from "../undo/undo_selection.ts";
import type { UndoPreview } from "../undo/shown_plan.ts";
import type { UndoneUndo, UndoRequest, Undos } from "../undo/undos.ts";
import { definePersonAction, type PersonAction, type PersonCall } from "./person_action.ts";

/** `undo/preview` and `undo/apply`. */
export function undoActions(undos: Undos): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "undo/preview",
      kind: "page",
      input: Question,
      run: async (question, call): Promise<UndoPreview> =>
        undos.preview(await requestOf(undos, question, call)),
    }),
    definePersonAction({
      name: "undo/apply",
      kind: "decision",
      input: Decision,
      run: async ({ plan, ...question }, call): Promise<UndoneUndo> =>
        undos.apply({ ...await requestOf(undos, question, call), plan }, BY_PERSON),
    }),
  ];
}

const BY_PERSON = { kind: "person", clientName: "" } as const;

const Name = z.string().max(512);
const Time = z.iso.datetime();
const Selection = z.union([
  z.strictObject({ calls: z.array(z.string().max(MAX_CALL_ID_CHARS)).min(1).max(200) }),
  z.strictObject({
    /** The app's key; null for any app, "" for the person's own token. */
    app: Name.nullable(),
    name: Name.optional(),
    since: Time,
    until: Time.optional(),
    tool: Name.optional(),
  }),
]);
const Question = z.strictObject({
  selection: Selection,
  modules: z.array(Name).max(500).nullable(),
  apps: z.array(Name).max(500),
  at: Time.optional(),
});
const Decision = Question.extend({ plan: Name, at: Time });

async function requestOf(
  undos: Undos,
  { selection, modules, at }: z.infer<typeof Question>,
  { caller, signal, now }: PersonCall,
): Promise<UndoRequest> {
  return {
    caller,
    selection: await selectionOf(selection, (app) => undos.writerOf(caller, app, signal)),
    asked: canonicalJson([selection, modules?.toSorted() ?? null]),
    tables: undos.tablesOf(modules),
    allows: () => true,
    at: at === undefined ? now : Date.parse(at),
    signal,
  };
}

async function selectionOf(
  selection: z.infer<typeof Selection>,
  writerOf: (app: string) => Promise<WriterSelection["writer"]>,
): Promise<UndoSelection> {
  if ("calls" in selection) return selectCalls(selection.calls);
  const { app, name, since, until, tool = null } = selection;
  const writer: WriterSelection["writer"] = name !== undefined
    ? { kind: "unverified", name }
    : app === null
    ? { kind: "apps" }
    : await writerOf(app);
  return {
    kind: "writer",
    writer,
    since: Date.parse(since),
    until: until === undefined ? null : Date.parse(until),
    tool,
  };
}
