// Whose each write of a record's log is: of the changes that are undone, or of somebody else. A value that an earlier undo put back,
// and a list that a device only sent again, belong to whoever wrote them first. Pure.

import { isJsonObject, isSameJson } from "../kit/json.ts";
import { isNewer } from "../changes/folded/cell.ts";
import { nextStamp } from "../changes/stamp.ts";
import { DELETION, type JudgedChange, type WrittenValue, writtenValues } from "./judged_change.ts";

/**
 * Whose a write is. `chosen`: of the changes that are undone. `nobody`: an earlier undo took a value away, or a record, and nothing
 * else stands there now.
 */
export type WriteOwner = "chosen" | "other" | "nobody";

/** Whose the writes of a record's log are. A class, since one is made per record. */
export class WriteOwners {
  readonly #byPlace: (WriteOwner | ReadonlyMap<string, WriteOwner>)[] = [];

  /**
   * @param log the changes of one record, in the order of the log
   * @param isCounted whether changes under this stored space id are of the record at all
   * @param at the undo's own time, a stamp
   */
  constructor(log: readonly JudgedChange[], isCounted: (spaceId: string) => boolean, at: string) {
    const earlier = new EarlierWrites();
    for (const judged of log) {
      const values = writtenValues(judged.change);
      if (!isCounted(judged.change.spaceId)) {
        this.#byPlace.push(judged.isChosen === true ? "chosen" : "other");
        continue;
      }
      const isChosen = judged.isChosen === "late" ? earlier.explain(values, at) : judged.isChosen;
      this.#byPlace.push(isChosen ? "chosen" : ownersOf(judged, values, earlier));
      earlier.add(values, (path) => this.of(this.#byPlace.length - 1, path));
    }
  }

  /** The owner of a write, by the place of its change in the log, counted from 0. */
  of(place: number, path: string): WriteOwner {
    const owner = this.#byPlace[place] ?? "other";
    return typeof owner === "string" ? owner : owner.get(path) ?? "other";
  }

  /** Whether the whole change is one of those that are undone. */
  isChosen(place: number): boolean {
    return this.#byPlace[place] === "chosen";
  }
}

/** The owners of the values of a change that is not chosen. */
function ownersOf(
  { change, isUndo }: JudgedChange,
  values: readonly WrittenValue[],
  earlier: EarlierWrites,
): WriteOwner | ReadonlyMap<string, WriteOwner> {
  if (isUndo) {
    return new Map(values.map(({ path, value }) => [path, earlier.sourceOf(path, value)]));
  }
  const again = change.op === "update" ? values.filter(({ value }) => Array.isArray(value)) : [];
  if (again.length === 0) return "other";
  return new Map(again.map(({ path, value }) => [path, earlier.ownerOfSame(path, value)]));
}

interface EarlierWrite {
  readonly value: unknown;
  readonly stamp: string;
  readonly owner: WriteOwner;
  /** Arrival number, over all paths. */
  readonly seq: number;
}

/** What the log has written so far, by path. */
class EarlierWrites {
  readonly #all = new Map<string, EarlierWrite[]>();
  readonly #winners = new Map<string, EarlierWrite>();
  #arrivals = 0;

  add(values: readonly WrittenValue[], ownerOf: (path: string) => WriteOwner): void {
    for (const { path, value, stamp } of values) {
      const write: EarlierWrite = { value, stamp, owner: ownerOf(path), seq: this.#arrivals++ };
      const writes = this.#all.get(path);
      if (writes === undefined) this.#all.set(path, [write]);
      else writes.push(write);
      const winner = this.#winners.get(path);
      if (winner === undefined || stamp >= winner.stamp) this.#winners.set(path, write);
    }
  }

  /** Where an undo has a value from: the newest write of this very value, under this path or as a part of what is above it. */
  sourceOf(path: string, value: unknown): WriteOwner {
    let source: EarlierWrite | undefined;
    for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
      const below = path.slice(end + 1);
      for (const write of this.#all.get(path.slice(0, end)) ?? []) {
        const isSame = path === DELETION
          ? Boolean(write.value) === Boolean(value)
          : isSameJson(memberAt(write.value, below) ?? null, value);
        if (isSame && (source === undefined || isNewer(write, source))) source = write;
      }
    }
    if (source !== undefined) return source.owner;
    return path === DELETION ? "nobody" : this.#sourceOfMembers(path, value);
  }

  /** Where an undo has an object from that nobody wrote as a whole: from one writer, or from nobody in particular. */
  #sourceOfMembers(path: string, value: unknown): WriteOwner {
    if (value === null) return this.#sourceOfNothing(path);
    if (!isJsonObject(value)) return "other";
    const owners = new Set(
      Object.keys(value).map((name) => this.sourceOf(`${path}.${name}`, value[name])),
    );
    const [owner = "other"] = owners;
    return owners.size > 1 ? "other" : owner;
  }

  /** Where an undo has nothing from: from whoever took away what was below the path, else from nobody. */
  #sourceOfNothing(path: string): WriteOwner {
    let source: EarlierWrite | undefined;
    for (const [below, writes] of this.#all) {
      if (!below.startsWith(`${path}.`)) continue;
      for (const write of writes) {
        if (write.value === null && (source === undefined || isNewer(write, source))) source = write;
      }
    }
    return source?.owner ?? "nobody";
  }

  /** Whose a list is that is written over the same list: web apps send the lists of a record with every update of it (sync section 12). */
  ownerOfSame(path: string, value: unknown): WriteOwner {
    const winner = this.#winners.get(path);
    return winner !== undefined && isSameJson(winner.value, value) ? winner.owner : "other";
  }

  /** Whether a stamp after `at` was chosen only to win over what stood there. A change that was delivered twice is the same one. */
  explain(values: readonly WrittenValue[], at: string): boolean {
    return values.some(({ path, value, stamp }) => {
      const winner = this.#winners.get(path);
      if (winner === undefined || winner.stamp <= at) return false;
      return stamp === nextStamp(Date.parse(at), winner.stamp) || this.#isOfChosen(path, value, stamp);
    });
  }

  #isOfChosen(path: string, value: unknown, stamp: string): boolean {
    return this.#all.get(path)?.some((write) =>
      write.owner === "chosen" && write.stamp === stamp && isSameJson(write.value, value)
    ) === true;
  }
}

/** What an object holds at a path into it; the object itself at no path. */
function memberAt(value: unknown, path: string): unknown {
  let member = value;
  for (const name of path === "" ? [] : path.split(".")) {
    member = isJsonObject(member) && Object.hasOwn(member, name) ? member[name] : undefined;
  }
  return member;
}
