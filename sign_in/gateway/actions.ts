// What the pages can ask of the gateway: each action with its kind, the form of its question and of its answer.
// Contract: auth-vault, section 13.
import { z } from "zod";
import { Approval, Call, Partly, PersonTags, Preview, RecordCounts, Row } from "./answers.ts";
import type { DoorAction } from "./gateway_door.ts";
import { LedgerLines, LedgerPage } from "./ledger_answers.ts";

/** One action. Only a form of ours asks for a decision. */
export interface GatewayAction<Name extends string, Question, Answer> {
  readonly name: Name;
  readonly answer: z.ZodType<Answer>;
  /** The form of the question; there is no value. */
  readonly asks?: (question: Question) => void;
}

/** Which calls of apps an undo is about. Times are ISO 8601. */
export type Selection =
  | { readonly calls: readonly string[] }
  | {
    /** The app's key; null: any app. */
    readonly app: string | null;
    /** The name that an unverified writer goes by. */
    readonly name?: string;
    readonly since: string;
    readonly until?: string;
    readonly tool?: string;
  };

/** What a preview of an undo is about. */
export interface UndoQuestion {
  readonly selection: Selection;
  /** Null: all. */
  readonly modules: readonly string[] | null;
  /** Keys of apps. */
  readonly apps: readonly string[];
  readonly at?: string;
}

/** What an app may do now, as the gateway is told it with a decision. */
export interface GrantNow {
  readonly isLive: boolean;
  readonly scope: string;
  /** The document that narrows the grant, as introspection tells it; absent where there is none. */
  readonly authorization_details?: readonly object[];
}

/** What a person decides about an app's request. */
export interface DecisionQuestion {
  readonly id: string;
  readonly diff: string;
  readonly decision: "yes" | "no";
  /** When the page was made that shows the diff. */
  readonly shownAt: string;
  /** What the app may do now; null where the person's own token asked. */
  readonly grant: GrantNow | null;
}

/** What is asked about calls of apps. */
export interface ActivityQuestion {
  /** Keys of apps. */
  readonly apps: readonly string[];
  /** Null: all. */
  readonly modules: readonly string[] | null;
  readonly since: string;
  readonly until: string;
  readonly app?: string;
  readonly module?: string;
}

/** What is counted: how many records a document shows, and how many there are. */
export interface CountQuestion {
  /** An entry of type `mana_records` (RFC 9396). */
  readonly document: Readonly<Record<string, unknown>>;
  /** As `app/table`. */
  readonly collections: readonly string[];
  /** Ids of spaces; null: all of the person. Not `spaces`, under which the door tells the gateway all of them. */
  readonly within: readonly string[] | null;
}

const approvalsRead = action<"approvals/read", { readonly id: string }, { readonly approval: Approval }>(
  "approvals/read",
  z.object({ approval: Approval }),
);

/** Every action. */
export const GATEWAY_ACTIONS = Object.freeze({
  accessChanged: action<"access/changed", Readonly<Record<string, never>>, Readonly<Record<string, never>>>(
    "access/changed",
    z.object({}),
  ),
  approvalsList: action<
    "approvals/list",
    Readonly<Record<string, never>>,
    { readonly approvals: Approval[] }
  >(
    "approvals/list",
    z.object({ approvals: z.array(Approval) }),
  ),
  approvalsRead,
  approvalsDecide: action<"approvals/decide", DecisionQuestion, { readonly approval: Approval }>(
    "approvals/decide",
    approvalsRead.answer,
  ),
  activity: action<
    "activity",
    ActivityQuestion,
    { readonly calls: Call[]; readonly hasMore: boolean; readonly oldest: string | null } & Partly
  >(
    "activity",
    Partly.extend({ calls: z.array(Call), hasMore: z.boolean(), oldest: z.iso.datetime().nullable() }),
  ),
  activityCall: action<
    "activity/call",
    Pick<ActivityQuestion, "apps" | "modules" | "since"> & { readonly call: string },
    { readonly call: Call; readonly rows: Row[]; readonly rowCount: number } & Partly
  >(
    "activity/call",
    Partly.extend({ call: Call, rows: z.array(Row), rowCount: z.number() }),
  ),
  ledgerSeen: action<"ledger/seen", Omit<ActivityQuestion, "modules">, LedgerPage>("ledger/seen", LedgerPage),
  ledgerExport: action<
    "ledger/export",
    { readonly after: string | null },
    { readonly lines: string[]; readonly next: string | null }
  >(
    "ledger/export",
    LedgerLines,
  ),
  recordsCount: action<"records/count", CountQuestion, RecordCounts>("records/count", RecordCounts),
  recordsTags: action<"records/tags", Pick<CountQuestion, "collections">, PersonTags>(
    "records/tags",
    PersonTags,
  ),
  undoPreview: action<"undo/preview", UndoQuestion, Preview>("undo/preview", Preview),
  undoApply: action<
    "undo/apply",
    UndoQuestion & { readonly plan: string; readonly at: string },
    { readonly status: "done" | "unknown"; readonly preview: Preview; readonly written: number }
  >(
    "undo/apply",
    z.object({ status: z.enum(["done", "unknown"]), preview: Preview, written: z.number() }),
  ),
});

function action<Name extends DoorAction, Question, Answer>(
  name: Name,
  answer: z.ZodType<Answer>,
): GatewayAction<Name, Question, Answer> {
  return { name, answer };
}
