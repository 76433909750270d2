// A gateway's door that tells what a test wants told, and notes what the pages asked. For pages alone: what a real gateway tells is
// tried in tests/history and tests/undo.
import type { Call, Preview, Row } from "../../../sign_in/gateway/answers.ts";
import type { DoorAction, DoorAnswer, DoorBody, GatewayDoor } from "../../../sign_in/gateway/gateway_door.ts";
import type { DecidedForm } from "../../../sign_in/gateway/decided_form.ts";
import type { SignedIn } from "../../../sign_in/people/people.ts";

/** The door, with its answers in the test's hands. */
export interface ToldDoor extends GatewayDoor {
  /** What was asked, in turn. */
  readonly asked: { readonly action: DoorAction; readonly body: DoorBody; readonly isDecided: boolean }[];
  /** The answers by action; an action without one ends with `gateway-down`. */
  readonly answers: Map<DoorAction, DoorAnswer | ((body: DoorBody) => DoorAnswer)>;
}

/** Creates the door. */
export function createToldDoor(): ToldDoor {
  const told: Pick<ToldDoor, "asked" | "answers"> = { asked: [], answers: new Map() };
  told.answers.set("approvals/list", yes({ approvals: [] }));
  return {
    ...told,
    ask(_person: SignedIn, action: DoorAction, body: DoorBody, form?: DecidedForm): Promise<DoorAnswer> {
      told.asked.push({ action, body, isDecided: form !== undefined });
      const answer = told.answers.get(action) ?? no("gateway-down");
      return Promise.resolve(typeof answer === "function" ? answer(body) : answer);
    },
  };
}

/** An answer. */
export function yes(body: unknown): DoorAnswer {
  return { isOk: true, body };
}

/** A refusal, with what there is now. */
export function no(code: string, shows: Readonly<Record<string, unknown>> = {}): DoorAnswer {
  return { isOk: false, code, body: { error: { code, message: "Refused" }, ...shows } };
}

/** A page of the time line. */
export function page(calls: readonly Call[], { hasMore = false } = {}): DoorAnswer {
  return yes({ calls, hasMore, oldest: calls.at(-1)?.at ?? null });
}

/** A call; `id` is repeated to 32 digits. */
export function call(id: string, changes: Partial<Call> = {}): Call {
  return {
    id: id.padEnd(32, "0"),
    app: null,
    writer: "app",
    name: "Test app",
    tool: "notes.update",
    toolTitle: "Change a note",
    module: "notes",
    moduleLabel: "Notes",
    space: { id: "space-1", name: "Anna", kind: "personal" },
    at: "2026-05-01T10:00:00.000Z",
    rows: [calledRow()],
    rowCount: 1,
    undoneBy: null,
    ...changes,
  };
}

/** A record in the line of a call. */
export function calledRow(changes: Partial<Call["rows"][number]> = {}): Call["rows"][number] {
  return {
    app: "notes",
    table: "notes",
    id: "note-1",
    record: "note",
    title: "Shopping",
    op: "update",
    fields: ["title", "content"],
    ...changes,
  };
}

/** A record with its fields. */
export function row(changes: Partial<Row> = {}): Row {
  return {
    app: "notes",
    table: "notes",
    id: "note-1",
    record: "note",
    title: "Shopping",
    op: "update",
    fields: [{ name: "content", before: "Milk", after: "Milk and bread" }],
    fieldCount: 1,
    ...changes,
  };
}

/** A preview with one record. */
export function preview(changes: Partial<Preview> = {}): Preview {
  return {
    plan: "2026-05-01T12:00:00.000Z.abc",
    at: "2026-05-01T12:00:00.000Z",
    rows: [{ ...row(), space: { id: "space-1", name: "Anna", kind: "personal" } }],
    rowCount: 1,
    collections: [{ record: "note", count: 1 }],
    conflicts: [],
    conflictCount: 0,
    impossible: [],
    ...changes,
  };
}
