// Whether the document of an app's grant still lets through what the app has asked the person for. A yes is about one change; what the
// person has narrowed since is about all that the app does, so the narrower of the two counts, as it does for scopes.
import { demandAccess, demandFields, demandWindow } from "../grants/check_changes.ts";
import type { RecordGrant, RecordGrants } from "../grants/record_grants.ts";
import { Refused } from "../kit/errors.ts";
import { narrowingMembers } from "../people/narrowing_members.ts";
import type { Caller } from "../people/principal.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { type Ask, rowsOf } from "./ask.ts";
import type { Decision } from "./decide.ts";
import type { Looked } from "./present_approval.ts";
import { shownStamps, stampedRows } from "./targets.ts";

/** Throws Refused `scope-gone` where the document does not allow the changes of an approval any more. */
export async function demandDocument(
  { grants, registry, store }: DocumentDeps,
  { seen: { standing: { ask }, targets }, resolved }: Looked,
  { grant: told, shownAt }: Pick<Decision, "grant" | "shownAt">,
  caller: Caller,
  signal: AbortSignal,
): Promise<void> {
  const { choice, membershipVersion, settling } = resolved;
  if (told === null || !choice.ok) return;
  const grant = grants.of({
    client: narrowingMembers({ authorization_details: told.authorization_details }),
  });
  if (grant === null) return;
  const space = choice.space;
  const reader = { caller, membershipVersion, settling, signal, isStrict: true };
  const rows = rowsOf(ask);
  const stamped = stampedRows(rows, { ask: "", diff: "", shownAt, stamps: shownStamps(rows, targets ?? []) });
  try {
    // By the document that the app asked under, the fields were looked at when it asked.
    if (!isSameDocument(ask, grant)) {
      demandSaid(grant, space, ask, registry.getTool(ask.tool)?.access === "write");
    }
    const place = { space, subject: caller.principal.subject };
    await demandWindow(grant, place, stamped, ({ app, name }) => store.changes.read(reader, app, name));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const isOfGrant = error.refusal.reason === "grant-excluded" ||
      error.refusal.reason === "grant-unreadable";
    throw isOfGrant ? new Refused({ reason: "scope-gone" }) : error;
  }
}

/** What it takes. */
export interface DocumentDeps {
  readonly grants: Pick<RecordGrants, "of">;
  readonly registry: Pick<ToolRegistry, "getTool">;
  readonly store: Pick<RecordStore, "changes">;
}

/** Whether the app asked under this document, on whichever day. */
function isSameDocument({ shownBy }: Ask, { key }: RecordGrant): boolean {
  return shownBy !== "" && shownBy.split(" ")[0] === key.split(" ")[0];
}

/** The access and the fields of each change. Of a new record every value counts, since nobody knows here which of them are usual. */
function demandSaid(grant: RecordGrant, space: ActiveSpace, { changes }: Ask, isOfWriter: boolean): void {
  for (const { app, table, change: { op, data = {}, fields = {} } } of changes) {
    const collection = `${app}/${table}`;
    // A writing tool removes parts alone, which is a change of what they belong to.
    demandAccess(grant, space, collection, op === "delete" && !isOfWriter ? "destructive" : "write");
    if (op === "insert" && grant.ruleOf(collection).isBlind) continue;
    const said = Object.entries(data).filter(([, value]) => value !== null).map(([name]) => name);
    const paths = Object.keys(fields).map((path) => path.split(".")[0] ?? path);
    demandFields(grant, collection, [...said, ...paths].filter((name) => !OF_EVERY_RECORD.has(name)));
  }
}

/** What a change says of every record, whatever its table. */
const OF_EVERY_RECORD: ReadonlySet<string> = new Set([
  "id",
  "spaceId",
  "authorId",
  "visibility",
  "createdAt",
  "updatedAt",
  "deletedAt",
]);
