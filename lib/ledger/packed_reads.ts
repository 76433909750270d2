// What calls were handed, as the parts of entries: ids written short, and the same list once for a batch and once for a row.
import { packIds } from "./id_list.ts";
import type { ReadPart } from "./ledger_body.ts";

/**
 * The parts of a batch, of which many list the same records: agents ask for the same list again and again, and writing ids short is most
 * of what an entry costs. The last part of each collection is kept, as long as the batch is written. A class, since one is made per batch.
 */
export class PackedReads {
  readonly #last = new Map<string, { readonly read: NotedRead; readonly part: ReadPart }>();

  /** The part for what was handed: the same object as before for the same records. */
  of(read: NotedRead): ReadPart {
    const last = this.#last.get(read.c);
    if (last !== undefined && isSameRead(last.read, read)) return last.part;
    const part = readPart(read);
    this.#last.set(read.c, { read, part });
    return part;
  }
}

function isSameRead(a: NotedRead, b: NotedRead): boolean {
  return a.s === b.s && isSameList(a.f, b.f) && isSameList(a.ids, b.ids);
}

function isSameList(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** Records of one collection and space, and the fields that were handed out of them. */
export interface NotedRead {
  readonly c: string;
  readonly s: string;
  readonly f: readonly string[];
  readonly ids: readonly string[];
}

/** A part as a row has it: whole, or the number of the same part before it, counted from 0 over the whole parts of the row. */
export type ToldPart = ReadPart | { readonly as: number };

/** The parts that a row has told. A class, since one is made per row. */
export class ToldParts {
  readonly #numbers = new Map<ReadPart, number>();
  #count = 0;

  /** The parts of an entry that comes next, those that the row has told before by their numbers. */
  tell(parts: readonly ReadPart[]): ToldPart[] {
    return parts.map((part) => {
      const number = this.#numbers.get(part);
      return number === undefined ? part : { as: number };
    });
  }

  /** The row has an entry with these parts. */
  add(told: readonly ToldPart[]): void {
    for (const part of told) {
      if ("as" in part) continue;
      this.#numbers.set(part, this.#count);
      this.#count += 1;
    }
  }
}

/** The part of records of one collection. */
export function readPart({ c, s, f, ids }: NotedRead): ReadPart {
  const packed = packIds(ids);
  return "list" in packed
    ? { c, count: packed.count, f: [...f], list: packed.list, root: packed.root, s }
    : { c, f: [...f], ids: typeof packed.ids === "string" ? packed.ids : [...packed.ids], s };
}
