import { type Draft, draftOf, toPlain } from "./row.ts";
import type { FoldedTable } from "../changes/fold.ts";
import { createFirst } from "../kit/top_of.ts";
import { comparePositions, isAfter, type Position, positionOf, type SortKey } from "./sort_order.ts";
import { isPrivate } from "../changes/is_private.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { PlainRecord, Shape, Table } from "./table.ts";
import { type LiveRecord, liveRecords } from "../changes/live_records.ts";

/** A record that may be returned, with its place in the order. */
export interface Candidate {
  readonly draft: Draft;
  readonly position: Position;
  /** Whether somebody else wrote it. */
  readonly isByOther: boolean;
}

/** What is asked of {@link Selection.select}. */
export interface Selecting<S extends Shape, E extends keyof S & string> {
  readonly where: ((record: PlainRecord<S, E>) => boolean) | undefined;
  readonly order: readonly SortKey[];
  readonly after: Position | null;
  readonly limit: number;
}

/** Which records of a log a call sees, and in which order: by plaintext fields only. */
export interface Selection {
  /** Whether the caller may not see a record of the active space. */
  isHidden(view: LiveRecord): boolean;
  /** Whether somebody else wrote it, as far as it says. */
  isByOther(view: LiveRecord): boolean;
  /** The live records that the caller may see. */
  visible(log: FoldedTable): LiveRecord[];
  /**
   * The records that pass the filter and come after a place, in order, at most `limit`; and whether there are more. To be
   * called before anything is awaited: the log under the views is live.
   */
  select<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    views: readonly LiveRecord[],
    options: Selecting<S, E>,
  ): { readonly candidates: Candidate[]; readonly hasRest: boolean };
  /** Notes that a record that others wrote goes to the tool. */
  handOut(table: { readonly app: string; readonly name: string }, id: string): void;
}

/** A record with its place; the draft only where choosing it took one. */
interface Placed {
  readonly view: LiveRecord;
  readonly draft: Draft | null;
  readonly position: Position;
}

/** Newest first. */
export const NEWEST_FIRST: readonly SortKey<"createdAt">[] = [
  { field: "createdAt", direction: "descending", missing: "" },
];

/** Creates the selection of one call. */
export function createSelection(scope: CallScope): Selection {
  const { kind } = scope.space;
  const { subject } = scope.caller.principal;
  const isOwn = ({ storedAs }: LiveRecord) => storedAs === "" || storedAs.startsWith("_personal:");
  const byOthers = new Set<string>();

  const isHidden = (view: LiveRecord): boolean => isPrivate(view, scope.space, subject);

  /**
   * The author is the writer's own word. In the personal space there are no others, whatever old rows claim: only who knows
   * its id could plant a row there (SECURITY.md), and would not sign it.
   */
  const isByOther = (view: LiveRecord): boolean => {
    if (kind === "personal" || isOwn(view)) return false;
    const author = view.cell("authorId")?.value;
    return typeof author === "string" ? author !== subject : kind === "shared";
  };

  return {
    isHidden,
    isByOther,
    visible: (log) => liveRecords(log, scope.space).filter((view) => !isHidden(view)),
    select(table, views, { where, order, after, limit }) {
      // The usual listing needs no field to sort by, so only what it can return is read.
      const isPlain = where === undefined && order.every(({ field }) => field === "createdAt");
      const first = createFirst<Placed>(limit, (a, b) => comparePositions(order, a.position, b.position));
      for (const view of views) {
        const draft = isPlain ? null : draftOf(table, view);
        if (draft !== null && where !== undefined && !where(toPlain(table, draft))) continue;
        const position = positionOf(
          order,
          view.id,
          draft === null ? () => view.createdAt : (field) => fieldOf(draft, field),
        );
        if (after === null || isAfter(order, position, after)) first.offer({ view, draft, position });
      }
      const { items, hasRest } = first.take();
      const candidates = items.map(({ view, draft, position }) => ({
        draft: draft ?? draftOf(table, view),
        position,
        isByOther: isByOther(view),
      }));
      return { candidates, hasRest };
    },
    handOut({ app, name }, id) {
      byOthers.add(`${app}/${name}/${id}`);
      scope.onWrittenByOthers?.(byOthers.size);
    },
  };
}

function fieldOf(draft: Draft, field: string): unknown {
  if (field === "createdAt") return draft.createdAt;
  return field === "updatedAt" ? draft.updatedAt : draft.values[field];
}
