import type { ActiveSpace } from "../auth/space.ts";
import type { Cell, FoldedLog, Part } from "./fold.ts";
import { isStamp } from "./stamp.ts";

/** A live record of one space, still as stored. */
export interface RecordView {
  readonly id: string;
  /** The stored space id of the insert that counts: what later changes of the record are stamped with. */
  readonly storedAs: string;
  /** The winning cell of a field. */
  readonly cell: (name: string) => Cell | undefined;
  readonly createdAt: string | null;
  /** Newest stamp of any field. */
  readonly updatedAt: () => string | null;
}

/** Every live record of a space, in no order that means anything. */
export function liveRecords(log: FoldedLog, space: ActiveSpace): RecordView[] {
  const views: RecordView[] = [];
  for (const [id, parts] of log.records) {
    const view = viewOf(id, parts, space);
    if (view !== null) views.push(view);
  }
  return views;
}

/** One live record of a space, or null: never there, deleted, or of another space only. */
export function liveRecord(log: FoldedLog, id: string, space: ActiveSpace): RecordView | null {
  const parts = log.records.get(id);
  return parts === undefined ? null : viewOf(id, parts, space);
}

function viewOf(id: string, all: readonly Part[], space: ActiveSpace): RecordView | null {
  const own = all.filter((part) => space.storedAs.has(part.spaceId));
  const first = own[0];
  if (first === undefined) return null;
  const overlay = overlayOf(all, space);
  const parts = overlay === undefined ? own : [...own, overlay];
  let dropSeq = 0;
  for (const part of parts) dropSeq = Math.max(dropSeq, part.dropSeq);
  let insert = first;
  for (const part of own) if (part.insertSeq > insert.insertSeq) insert = part;
  if (insert.insertSeq <= dropSeq) return null;
  const cell = parts.length === 1 ? (name: string) => first.cells.get(name) : newestOf(parts, dropSeq);
  if (cell("deletedAt")?.value) return null;
  const createdAt = cell("createdAt")?.value;
  return {
    id,
    storedAs: insert.spaceId,
    cell,
    createdAt: typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt)) ? createdAt : null,
    updatedAt: () => newestStamp(parts, dropSeq),
  };
}

/**
 * Updates that the caller's other writers sent without a space id are meant for the record of this id, wherever it
 * lives; rows without a space id are visible to their author only, so nobody else can plant one. Not when such a row
 * belongs to a record of the person's own (inserted without a space or under their sentinel, which nobody else can
 * plant either): fixed ids such as `habit-coffee` exist once per space.
 */
function overlayOf(all: readonly Part[], space: ActiveSpace): Part | undefined {
  if (space.kind === "personal" || space.storedAs.has("") || all.length === 1) return undefined;
  if (all.some((part) => part.spaceId.startsWith("_personal:") && part.insertSeq > 0)) return undefined;
  return all.find((part) => part.spaceId === "" && part.insertSeq === 0);
}

function newestOf(parts: readonly Part[], dropSeq: number): (name: string) => Cell | undefined {
  return (name) => {
    let best: Cell | undefined;
    for (const part of parts) {
      let cell = part.cells.get(name);
      while (cell !== undefined && cell.seq <= dropSeq) cell = cell.rest;
      if (cell === undefined) continue;
      if (
        best === undefined || cell.stamp > best.stamp || (cell.stamp === best.stamp && cell.seq > best.seq)
      ) best = cell;
    }
    return best;
  };
}

function newestStamp(parts: readonly Part[], dropSeq: number): string | null {
  let newest: string | null = null;
  for (const part of parts) {
    for (let cell of part.cells.values()) {
      while (cell.seq <= dropSeq && cell.rest !== undefined) cell = cell.rest;
      const { stamp, seq } = cell;
      if (seq > dropSeq && (newest === null || stamp > newest) && isStamp(stamp)) newest = stamp;
    }
  }
  return newest;
}
