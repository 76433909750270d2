// A gateway for tests of the pages: it has the approvals that the test gives it, decides them as told, and keeps what it was asked.
import { z } from "zod";
import type { DoorAnswer, GatewayDoor } from "../../sign_in/gateway/gateway_door.ts";

/** Creates the gateway, with no approval. */
export function createPlayedDoor(): PlayedDoor {
  const door: PlayedDoor = {
    approvals: [],
    decisions: [],
    asked: [],
    answer: null,
    ask(person, action, body) {
      door.asked.push(`${action} ${person.userId}`);
      const played = door.answer?.(action, body);
      if (played !== undefined) return Promise.resolve(played);
      if (action === "approvals/list") return yes({ approvals: door.approvals });
      const approval = door.approvals.find(({ id }) => id === body["id"]);
      if (approval === undefined) return Promise.resolve(refuse("approval-unknown"));
      if (action === "approvals/read") return yes({ approval });
      const decision = Decided.parse(body);
      door.decisions.push(decision);
      if (approval.status !== "open" && approval.status !== "unknown") {
        return Promise.resolve(refuse("used", approval));
      }
      if (decision.diff !== approval.diff) return Promise.resolve(refuse("changed", approval));
      approval.status = decision.decision === "yes" ? "done" : "declined";
      approval.decidedAt = approval.made;
      return yes({ approval });
    },
  };
  return door;
}

/** A refusal of the gateway; `approval` is how it is now. */
export function refuse(code: string, approval?: PlayedApproval): DoorAnswer {
  return { isOk: false, code, body: { error: { code, message: "no" }, ...(approval && { approval }) } };
}

/** An approval of a deletion in which all is as usual; `changes` say what is not. */
export function playApproval(number: number, changes: Partial<PlayedApproval> = {}): PlayedApproval {
  return {
    id: number.toString(16).padStart(32, "0"),
    status: "open",
    grantId: "",
    clientName: "Claude",
    tool: "notes.delete",
    toolTitle: "Delete a note",
    module: "notes",
    moduleLabel: "Notes",
    access: "destructive",
    space: { id: "space-1", name: "Anna", kind: "personal" },
    sentence: `Delete the note "Shopping ${number}"? The Mana app, where you use it, can bring it back.`,
    made: "2026-05-01T11:58:00.000Z",
    until: "2026-05-01T12:08:00.000Z",
    rows: [playRow(number)],
    rowCount: 1,
    diff: `d1ff${number.toString(16).padStart(60, "0")}`,
    hasChanged: false,
    decidedAt: null,
    ...changes,
  };
}

/** A note that is deleted. */
export function playRow(number: number, changes: Partial<PlayedRow> = {}): PlayedRow {
  return {
    app: "notes",
    table: "notes",
    id: `note-${number}`,
    record: "note",
    title: `Shopping ${number}`,
    op: "delete",
    fields: [
      { name: "title", before: `Shopping ${number}`, after: null },
      { name: "content", before: "Milk\nBread", after: null },
    ],
    fieldCount: 2,
    ...changes,
  };
}

/** A gateway in the test's hands. */
export interface PlayedDoor extends GatewayDoor {
  approvals: PlayedApproval[];
  /** Every decision that came. */
  readonly decisions: Decided[];
  /** Every question: action and person. */
  readonly asked: string[];
  /** Answers in its place; undefined lets it answer. */
  answer: ((action: string, body: Readonly<Record<string, unknown>>) => DoorAnswer | undefined) | null;
}

/** An approval as the gateway writes it. */
export interface PlayedApproval {
  id: string;
  status: string;
  grantId: string;
  clientName: string;
  tool: string;
  toolTitle: string;
  module: string;
  moduleLabel: string;
  access: string;
  space: { id: string; name: string | null; kind: string };
  sentence: string;
  made: string;
  until: string;
  rows: PlayedRow[];
  rowCount: number;
  diff: string;
  hasChanged: boolean;
  decidedAt: string | null;
}

/** A record that would be changed. */
export interface PlayedRow {
  app: string;
  table: string;
  id: string;
  record: string;
  title: string | null;
  op: string;
  fields: { name: string; before: string | null; after: string | null; isSealed?: boolean }[];
  fieldCount: number;
}

const Decided = z.strictObject({
  id: z.string(),
  diff: z.string(),
  decision: z.enum(["yes", "no"]),
  shownAt: z.iso.datetime(),
  grant: z.strictObject({ isLive: z.boolean(), scope: z.string() }).nullable(),
});
type Decided = z.infer<typeof Decided>;

function yes(body: unknown): Promise<DoorAnswer> {
  return Promise.resolve({ isOk: true, body });
}
