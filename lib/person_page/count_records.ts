// How many records a grant's document would show: counted by the very rules by which an app is shown records, over plaintext fields
// alone. Opens nothing and asks for no key.
import { type Admission, createAdmission } from "../grants/admission.ts";
import { parseGrantDocument, type TableColumns } from "../grants/grant_document.ts";
import { createGrantRules, type GrantRules } from "../grants/grant_rules.ts";
import { zoneDayAt } from "../grants/zone_day.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { Refused } from "../kit/errors.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { PersonCall } from "./person_action.ts";
import { PersonTables, type PersonTablesDeps } from "./person_tables.ts";

/** What is counted. */
export interface CountQuestion {
  /** A `mana_records` entry. */
  readonly document: unknown;
  /** As `app/table`. */
  readonly collections: readonly string[];
  /** Ids of spaces; null: all of the person's. */
  readonly within: readonly string[] | null;
}

/** How many records there are, and how many of them the document shows. */
export interface CountedRecords {
  readonly counts: readonly { readonly collection: string; readonly shown: number; readonly all: number }[];
  /** Collections that could not be counted: their own table or one that decides about it could not be read. */
  readonly missing: readonly string[];
}

/** What is needed to count. */
export interface CountDeps extends PersonTablesDeps {
  /** The tables of the Mana apps. */
  readonly columns: () => TableColumns;
}

/**
 * Counts the live records of the person. Throws Refused `input-invalid` for a document that the gateway does not understand, and what
 * `ChangeCache.read` and `Spaces.resolve` throw where no table could be read.
 */
export async function countRecords(
  deps: CountDeps,
  { document: given, collections, within }: CountQuestion,
  call: PersonCall,
): Promise<CountedRecords> {
  const document = parseGrantDocument(JSON.stringify(given), deps.columns());
  if (document === null) throw new Refused({ reason: "input-invalid", problems: ["document"] });
  const isOver = document.until !== null && call.now >= document.until * 1000;
  const rules = createGrantRules(isOver ? null : document, zoneDayAt(call.now, document.tz));
  const asked = [...new Set(collections)];
  const decidedBy = (collection: string) => [collection, ...rules.ruleOf(collection).decidedBy];
  const tables = await PersonTables.of(deps, call, within);
  const unread = await tables.read(asked.flatMap(decidedBy));
  const missing = asked.filter((collection) => decidedBy(collection).some((one) => unread.has(one)));
  const counts = asked.filter((collection) => !missing.includes(collection))
    .map((collection) => ({ collection, ...countIn(tables, rules, collection, call) }));
  return { counts, missing };
}

/** Nothing is awaited here: the folded tables change with each await. */
function countIn(tables: PersonTables, rules: GrantRules, collection: string, { caller }: PersonCall) {
  let all = 0;
  let shown = 0;
  for (const space of tables.spaces) {
    const records = tables.liveIn(space, collection);
    all += records.length;
    if (records.length === 0) continue;
    const admission = admissionOf(tables, rules, collection, space, caller.principal.subject);
    if (admission === null) shown += records.length;
    else for (const record of records) if (admission.admits(record)) shown += 1;
  }
  return { all, shown };
}

/** Null where every record is shown. */
function admissionOf(
  tables: PersonTables,
  rules: GrantRules,
  collection: string,
  space: ActiveSpace,
  subject: string,
): Admission | null {
  const rule = rules.ruleOf(collection);
  if (rule.isOpen) return null;
  const deciding = new Map<string, FoldedTable>();
  for (const name of rule.decidedBy) {
    const folded = tables.folded(name);
    if (folded !== undefined) deciding.set(name, folded);
  }
  const deps = { key: "", rules, ids: FORGETFUL, lists: FORGETFUL };
  return createAdmission(deps, { space, subject }, rule, deciding);
}

/** The choice changes with each question, so nothing of an answer is worth its memory. */
const FORGETFUL = Object.freeze({
  get: <T>(_folded: FoldedTable, _key: string, _beside: readonly FoldedTable[], make: () => T): T => make(),
});
