// One field as last written, and which of two writes of it wins: the greater stamp, on equal stamps the later arrival (sync
// contract section 7). Knows neither records nor spaces.

import { CELL_BYTES, sizeOf, sizeOfText } from "./heap_size.ts";

/** One field as last written. */
export interface Cell {
  readonly value: unknown;
  /** Compared as a string; "" is the lowest. */
  readonly stamp: string;
  /** Arrival number. */
  readonly seq: number;
  /** The value that wins once a hard delete hides this one. It arrived later but has a lower stamp. */
  readonly rest?: Cell;
}

/** Cells by name. */
export type Cells = Map<string, Cell>;

/** Whether the first of two cells wins over the second. Two cells of one change do not. */
export function isNewer(one: Cell, other: Cell): boolean {
  return one.stamp > other.stamp || (one.stamp === other.stamp && one.seq > other.seq);
}

/**
 * The winner of two cells of a name; `cell` arrived later. A loser is kept only where `isHidden` says that a hard delete under
 * another space id lies between the two: in a space that counts that delete the winner is hidden, and every other space must
 * not notice.
 *
 * @param isHidden whether a hard delete under any space id came after an arrival number
 */
export function mergeCells(before: Cell, cell: Cell, isHidden: (seq: number) => boolean): Cell {
  if (cell.stamp >= before.stamp) return cell;
  if (!isHidden(before.seq)) return before;
  const rest = before.rest === undefined ? cell : mergeCells(before.rest, cell, isHidden);
  return rest === before.rest ? before : { ...before, rest };
}

/** What is left of a cell when nothing counts that came before `dropSeq`. */
export function cellAfter(cell: Cell | undefined, dropSeq: number): Cell | undefined {
  let counted = cell;
  while (counted !== undefined && counted.seq <= dropSeq) counted = counted.rest;
  return counted;
}

/** A cell under a name, in bytes. */
export function sizeOfCell(name: string, cell: Cell): number {
  const rest = cell.rest === undefined ? 0 : sizeOfCell(name, cell.rest);
  return CELL_BYTES + name.length + sizeOfText(cell.stamp) + sizeOf(cell.value) + rest;
}
