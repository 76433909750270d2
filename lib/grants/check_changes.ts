// Whether a document lets changes through: the access, the fields, and the window. A change must not lead a record into or out of what
// the app is shown, or the app could widen its own view; so what the changes leave is looked at before anything is stored.
import { overlaidTable } from "../changes/folded/overlaid_table.ts";
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { type LiveRecord, liveRecord, liveRecords } from "../changes/live_records.ts";
import type { ChangedRow } from "../changes/push_changes.ts";
import { Refused } from "../kit/errors.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Admission } from "./admission.ts";
import type { CollectionRule, LinkRule } from "./grant_rules.ts";
import { isVisible } from "./is_visible.ts";
import type { AdmissionPlace } from "./linked_ids.ts";
import { type ReadTable, type RecordGrant, tableOf } from "./record_grants.ts";

/** Throws Refused `grant-excluded` where the grant does not allow this access to a collection (`app/table`), and `grant-unreadable`. */
export function demandAccess(
  grant: RecordGrant,
  space: ActiveSpace,
  collection: string,
  access: "write" | "destructive",
): void {
  grant.demandReadable();
  const rule = grant.ruleOf(collection);
  // Without reading there is nothing to change, and nothing to add but blindly.
  const isReadable = rule.allows("read", space) || (access === "write" && rule.isBlind);
  if (rule.allows(access, space) && isReadable) return;
  throw new Refused({ reason: "grant-excluded", what: "access", collection, access });
}

/** Throws Refused `grant-excluded` where one of the fields of a collection is not shown: what is not seen cannot be changed knowingly. */
export function demandFields(grant: RecordGrant, collection: string, names: readonly string[]): void {
  const shown = grant.readableFields(collection);
  if (shown === null) return;
  const fields = names.filter((name) => !shown.has(name));
  if (fields.length > 0) throw new Refused({ reason: "grant-excluded", what: "fields", collection, fields });
}

/**
 * Throws Refused `grant-excluded` where the changes, all of them together, lead a record into or out of what is shown: a changed record,
 * or a record that is linked to a changed one.
 *
 * @param read reads a table as of now; throws where it cannot be read, and then nothing is changed
 * @param isOwn whether a record is of this very write, which an earlier call has begun
 */
export async function demandWindow(
  grant: RecordGrant,
  place: AdmissionPlace,
  rows: readonly ChangedRow[],
  read: ReadTable,
  isOwn: (id: string) => boolean = () => false,
): Promise<void> {
  const touched = byCollection(rows);
  const linking = [...touched.keys()].flatMap((via) => grant.rulesVia(via));
  const rules = [...touched.keys()].map((collection) => grant.ruleOf(collection)).filter(({ isOpen }) =>
    !isOpen
  );
  if (rules.length === 0 && linking.length === 0) return;
  const looked = new Set(
    [...rules, ...linking.map(({ rule }) => rule)].flatMap((rule) => [rule.collection, ...rule.decidedBy]),
  );
  for (const collection of touched.keys()) looked.add(collection);
  const before = new Map(
    await Promise.all([...looked].map(async (name) => [name, await read(tableOf(name))] as const)),
  );
  const after = new Map(before);
  for (const [collection, own] of touched) {
    const folded = before.get(collection);
    if (folded !== undefined) after.set(collection, overlaidTable(folded, own.map(({ change }) => change)));
  }
  const states: States = { grant, place, touched, isOwn, before, after };
  for (const rule of rules) demandChangedRecords(states, rule);
  for (const { rule, link } of linking) demandLinkedRecords(states, rule, link);
}

/** What is there before the changes, and what would be there after them. */
interface States {
  readonly grant: RecordGrant;
  readonly place: AdmissionPlace;
  readonly touched: ReadonlyMap<string, readonly ChangedRow[]>;
  readonly isOwn: (id: string) => boolean;
  readonly before: ReadonlyMap<string, FoldedTable>;
  readonly after: ReadonlyMap<string, FoldedTable>;
}

/** A changed record has to be shown before, where it is there, and after, where it is still there. */
function demandChangedRecords(states: States, rule: CollectionRule): void {
  const { grant, place, isOwn, before, after, touched } = states;
  const { collection } = rule;
  const admissions = [before, after].map((tables) => grant.admissionBy(place, collection, tables));
  const [shownBefore = null, shownAfter = null] = admissions;
  for (const { change } of touched.get(collection) ?? []) {
    const old = isOwn(change.id) ? null : recordIn(before, collection, change.id, place);
    const now = recordIn(after, collection, change.id, place);
    const mayHide = old === null && rule.isBlind;
    const isAllowed = (old === null || isShown(old, place, shownBefore)) &&
      // A part of a record that is kept back is refused as the part of one that is not there, whatever it would bring to light.
      (now === null || (isPlaced(states, shownBefore, now) && (mayHide || isShown(now, place, shownAfter))));
    if (!isAllowed) throw new Refused({ reason: "grant-excluded", what: "window", collection });
  }
}

/** A record that a changed one is linked to must not be shown, or hidden, by the change. */
function demandLinkedRecords(states: States, rule: CollectionRule, { link }: LinkRule): void {
  const { grant, place, isOwn, before, after, touched } = states;
  const { collection } = rule;
  const changed = new Set(touched.get(collection)?.map(({ change }) => change.id));
  const [shownBefore, shownAfter] = [before, after].map((tables) =>
    grant.admissionBy(place, collection, tables)
  );
  for (const { change } of touched.get(link.via) ?? []) {
    for (const tables of [before, after]) {
      for (const id of linkedIds(tables, collection, link, change.id, place)) {
        if (changed.has(id) || isOwn(id)) continue;
        const [old, now] = [recordIn(before, collection, id, place), recordIn(after, collection, id, place)];
        if (old === null || now === null) continue;
        if (isShown(old, place, shownBefore ?? null) !== isShown(now, place, shownAfter ?? null)) {
          throw new Refused({ reason: "grant-excluded", what: "window", collection });
        }
      }
    }
  }
}

/** The records of a collection that a row of the linked table decides about. */
function linkedIds(
  tables: ReadonlyMap<string, FoldedTable>,
  collection: string,
  { via, on, key }: LinkRule["link"],
  rowId: string,
  place: AdmissionPlace,
): readonly string[] {
  if (key === undefined) {
    const id = recordIn(tables, via, rowId, place)?.cell(on)?.value;
    return typeof id === "string" ? [id] : [];
  }
  const folded = tables.get(collection);
  if (folded === undefined) return [];
  return liveRecords(folded, place.space).flatMap((record) =>
    record.cell(key)?.value === rowId ? [record.id] : []
  );
}

/** Whether what a blindly added record belongs to is shown, or is added by the same write. */
function isPlaced({ touched, isOwn }: States, admission: Admission | null, record: LiveRecord): boolean {
  return admission === null || admission.isPlaced(record, (collection, id) =>
    isOwn(id) ||
    touched.get(collection)?.some(({ change }) => change.op === "insert" && change.id === id) === true);
}

function isShown(
  record: LiveRecord,
  { space, subject }: AdmissionPlace,
  admission: Admission | null,
): boolean {
  return isVisible(record, space, subject, admission);
}

function recordIn(
  tables: ReadonlyMap<string, FoldedTable>,
  collection: string,
  id: string,
  { space }: AdmissionPlace,
): LiveRecord | null {
  const folded = tables.get(collection);
  return folded === undefined ? null : liveRecord(folded, id, space);
}

function byCollection(rows: readonly ChangedRow[]): Map<string, ChangedRow[]> {
  return Map.groupBy(rows, ({ table }) => `${table.app}/${table.name}`);
}
