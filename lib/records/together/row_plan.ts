// The rows of one write: what the callback of `writeTogether` adds, ready to be sent, and what an earlier, unfinished call with
// the same arguments has stored of it. Sends nothing; that is write_together.ts.

import { type LiveRecord, liveRecord } from "../../changes/live_records.ts";
import { hasArrived } from "./has_arrived.ts";
import type { PushedTable, RecordChange } from "../../changes/push_changes.ts";
import { Refused } from "../../kit/errors.ts";
import type { NamedRecord } from "../../kit/refusals/partly_words.ts";
import type { CallScope } from "../../spaces/call_scope.ts";
import type { Shape, StoredRecord, Table } from "../define_table.ts";
import { clipRow } from "../clip_row.ts";
import { locateRecord, openRecord } from "../get_record.ts";
import {
  highestNumber,
  newValues,
  prepareDelete,
  prepareInsert,
  prepareUpdate,
  type SealedValues,
} from "../prepare_change.ts";
import type { RecordCall } from "../record_call.ts";
import type { PlannedInsert, RowChange, UpdatedRow } from "../records.ts";
import { orderedList } from "../write_records.ts";
import type { z } from "zod";
import { MAX_ROWS_TOGETHER, type PathStamps, type UnfinishedWrite } from "./unfinished_writes.ts";

/** One row that is ready to be sent. */
export interface PlannedRow {
  readonly table: PushedTable;
  readonly change: RecordChange;
  readonly seal: SealedValues;
}

/** A class, since one is made per write. */
export class RowPlan {
  /** The time of all stamps, in milliseconds since 1970. */
  readonly at: number;
  /** Ids given out, in order, by table. */
  readonly ids: Map<string, string[]> = new Map();
  /** What an earlier call with these arguments has stored. */
  readonly storedBefore: NamedRecord[] = [];
  /** Updates that an earlier call has stored, by record. */
  readonly updatedBefore: Map<string, PathStamps> = new Map();
  /** Reads that see what others wrote in a shared space just now; in a personal space there are no others. */
  readonly reader: CallScope;
  readonly #call: RecordCall;
  readonly #before: UnfinishedWrite | null;
  readonly #hidden: ReadonlySet<string>;
  /** In the order in which the callback added them; null where nothing has to be sent. */
  readonly #rows: (PlannedRow | null)[] = [];
  readonly #touched = new Set<string>();
  readonly #over = Promise.withResolvers<void>();
  #preparing = 0;
  #remembered = 0;
  #isOpen = true;

  constructor(call: RecordCall, before: UnfinishedWrite | null) {
    const { scope, deps } = call;
    this.#call = call;
    this.#before = before;
    this.#hidden = new Set(before === null ? [] : [...before.ids.values()].flat());
    this.at = before?.at ?? deps.planClock();
    this.reader = scope.space.kind === "personal" ? scope : { ...scope, isStrict: true };
  }

  /** Whether the tool must not see this record, since it is of the very write that is being completed. */
  hides(id: string): boolean {
    return this.#hidden.has(id);
  }

  /** No row can be added any more. Throws TypeError when the callback has not waited for each row. */
  close(): PlannedRow[] {
    this.#isOpen = false;
    if (this.#preparing > 0) {
      throw new TypeError("Cannot write rows together: the callback has not awaited each row");
    }
    return this.#rows.filter((row) => row !== null);
  }

  /** To be called when everything was sent, or will not be. */
  end(): void {
    this.#isOpen = false;
    this.#over.resolve();
  }

  /** `RowsTogether.newId`. */
  newId(table: PushedTable, fixed?: string): string {
    const name = tableName(table);
    const given = this.ids.get(name) ?? [];
    this.#countRow();
    const id = fixed ?? this.#before?.ids.get(name)?.[given.length] ?? this.#call.deps.newId();
    given.push(id);
    this.ids.set(name, given);
    return id;
  }

  /** `RowsTogether.insert`. */
  async insert<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    given: z.input<z.ZodObject<S>>,
    { lastBy, id = this.newId(table) }: PlannedInsert<S, E> = {},
  ): Promise<StoredRecord<S>> {
    if (!this.ids.get(tableName(table))?.includes(id)) {
      throw new TypeError(`Cannot insert into ${tableName(table)}: the id is not one that newId gave for it`);
    }
    return await this.#add(table, id, async (place) => {
      const call = this.#call;
      const values = newValues(table, given, lastBy);
      call.narrowed?.demandAccess(table, "write");
      call.narrowed?.demandNewFields(table, values, lastBy);
      const stored = this.hides(id) ? await this.#live(table, id) : null;
      if (stored !== null) {
        this.storedBefore.push({ record: table.record, id });
        const shown = call.narrowed === null ? table : call.narrowed.tableOf(table);
        return clipRow(shown, await openRecord(call, shown, stored)).record;
      }
      if (lastBy !== undefined) values.set(lastBy, await this.#lastNumber(table, lastBy));
      const { record, ...row } = await prepareInsert(call, table, values, { id, now: this.at });
      this.#rows[place] = { table, ...row };
      return record;
    });
  }

  /** `RowsTogether.update`. */
  async update<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
    change: RowChange<S>,
  ): Promise<UpdatedRow<S>> {
    this.#countRow();
    return await this.#add(table, id, async (place) => {
      const call = this.#call;
      call.narrowed?.demandAccess(table, "write");
      const located = await locateRecord(call, table, id);
      const key = recordKey(table, id);
      const before = this.#before?.updates.get(key);
      if (before !== undefined && await hasArrived(call, table, located, before)) {
        this.updatedBefore.set(key, before);
        this.storedBefore.push({ record: table.record, id });
        const shown = call.narrowed === null ? table : call.narrowed.tableOf(table);
        return { record: clipRow(shown, await openRecord(call, shown, located)).record, changed: true };
      }
      const prepared = await prepareUpdate(call, table, located, change, this.at);
      if (prepared.change === null) return { record: prepared.record, changed: false };
      const { record, ...row } = prepared;
      this.#rows[place] = { table, ...row };
      return { record, changed: true };
    });
  }

  /** `RowsTogether.remove`. */
  async remove<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
  ): Promise<boolean> {
    return await this.#add(table, id, async (place) => {
      this.#call.narrowed?.demandRemoval(table);
      const located = await locateRecord(this.#call, table, id).catch(nullWhereNone);
      if (located === null) return false;
      const change = prepareDelete(located, this.#call.deps.clock.calendar());
      this.#rows[place] = { table, change, seal: UNSEALED };
      return true;
    });
  }

  /** Keeps the next place for a row: rows that are prepared at the same time are sent in the order of their calls. */
  async #add<T>(table: PushedTable, id: string, prepare: (place: number) => Promise<T>): Promise<T> {
    if (!this.#isOpen) throw new TypeError("Cannot add a row: the callback of writeTogether has ended");
    const key = recordKey(table, id);
    // Its second change would be made of the record as it was before the first.
    if (this.#touched.has(key)) {
      throw new TypeError(`Cannot write a record of ${tableName(table)} twice in one write`);
    }
    this.#touched.add(key);
    const place = this.#rows.push(null) - 1;
    this.#preparing += 1;
    try {
      return await prepare(place);
    } finally {
      this.#preparing -= 1;
    }
  }

  /** Rows that have to be remembered when the write stays unfinished: all but those that are removed. */
  #countRow(): void {
    if (++this.#remembered > MAX_ROWS_TOGETHER) {
      throw new TypeError(`Cannot write more than ${MAX_ROWS_TOGETHER} rows together`);
    }
  }

  /** A record of an earlier call, which nothing else shows. */
  async #live<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    id: string,
  ): Promise<LiveRecord | null> {
    return liveRecord(await this.#call.readTableToOpen(table), id, this.#call.scope.space);
  }

  /** The next number of a list. It counts as given until the write is over, also for single inserts meanwhile. */
  async #lastNumber<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    field: Exclude<keyof S & string, E>,
  ): Promise<number> {
    const call = this.#call;
    const number = Promise.withResolvers<number>();
    call.deps.orderNumbers.insertLast(
      orderedList(call, table),
      () => highestNumber(call, table, field),
      (order) => {
        number.resolve(order);
        return this.#over.promise;
      },
    ).catch(number.reject);
    return await number.promise;
  }
}

/** The key of a record over all tables. */
export function recordKey(table: PushedTable, id: string): string {
  return `${tableName(table)}/${id}`;
}

function tableName({ app, name }: PushedTable): string {
  return `${app}/${name}`;
}

const UNSEALED: SealedValues = Object.freeze({ key: null, sealed: new Map() });

function nullWhereNone(error: unknown): null {
  if (error instanceof Refused && error.refusal.reason === "record-not-found") return null;
  throw error;
}
