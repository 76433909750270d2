// One call of an app that a document narrows: which records and fields the call may meet, and which changes it may make. A caller
// whom scopes alone rule has none of this.
import type { FoldedTable } from "../../changes/folded/folded_table.ts";
import type { ChangedRow } from "../../changes/push_changes.ts";
import type { Admission } from "../../grants/admission.ts";
import { demandAccess, demandFields, demandWindow } from "../../grants/check_changes.ts";
import type { RecordGrant } from "../../grants/record_grants.ts";
import { isSameJson } from "../../kit/json.ts";
import type { Shape, Table } from "../define_table.ts";
import { definedMembers } from "../fields/changed_fields.ts";
import type { RecordCall } from "../record_call.ts";

/** A class, since one is made per call. */
export class NarrowedCall {
  readonly grant: RecordGrant;
  readonly #call: RecordCall;
  /** Of the tables that were read, by `app/table`. */
  readonly #admissions = new Map<string, Admission | null>();

  constructor(call: RecordCall, grant: RecordGrant) {
    this.#call = call;
    this.grant = grant;
  }

  /** A table that is being read, when also what decides about its records has been read. Throws Refused `grant-unreadable`. */
  async read(reading: Promise<FoldedTable>, table: Named): Promise<FoldedTable> {
    const [folded, admission] = await Promise.all([reading, this.#decide(table)]);
    this.#admissions.set(nameOf(table), admission);
    if (admission !== null) this.#call.scope.onPartShown?.();
    return folded;
  }

  /** Which records of a table are let through; null where all are. To be asked for a table that was read just now. */
  admissionOf(table: Named): Admission | null {
    const admission = this.#admissions.get(nameOf(table));
    if (admission === undefined) throw new TypeError(`Cannot decide about ${nameOf(table)}: it was not read`);
    return admission;
  }

  /** The table with the fields that are shown. Throws Refused `grant-unreadable`. */
  tableOf<S extends Shape, E extends keyof S & string>(table: Table<S, E>): Table<S, E> {
    this.grant.demandReadable();
    const fields = this.grant.readableFields(nameOf(table));
    return fields === null ? table : this.#call.deps.narrowedTables.of(table, fields);
  }

  /** Throws Refused `grant-excluded` where records of a table may not be changed in this way, and `grant-unreadable`. */
  demandAccess(table: Named, access: "write" | "destructive"): void {
    demandAccess(this.grant, this.#call.scope.space, nameOf(table), access);
  }

  /** The same for the removal of a record: that of a part is a change of what it belongs to. */
  demandRemoval(table: Named & { readonly isPart: boolean }): void {
    const { space } = this.#call.scope;
    const isChange = table.isPart && this.grant.ruleOf(nameOf(table)).allows("write", space);
    demandAccess(this.grant, space, nameOf(table), isChange ? "write" : "destructive");
  }

  /**
   * Throws Refused `grant-excluded` for a new record with a value in a field that is not shown. Null and what the Mana apps store in every
   * new record say nothing, and the number that `lastBy` gives is the gateway's.
   */
  demandNewFields<S extends Shape, E extends keyof S & string>(
    table: Table<S, E>,
    values: ReadonlyMap<string, unknown>,
    lastBy: string | undefined,
  ): void {
    const { isBlind } = this.grant.ruleOf(nameOf(table));
    if (isBlind || this.grant.readableFields(nameOf(table)) === null) return;
    const { shape } = table.newRecords.schema();
    const said = [...values].filter(([name, value]) => {
      if (name === lastBy || value === null) return false;
      const usual = shape[name]?.safeParse(undefined);
      return usual?.success !== true || !isSameJson(usual.data, value);
    });
    this.#demandFields(table, said.map(([name]) => name));
  }

  /** The same for a change: every field that it names counts, since whether it changes anything would tell what is stored. */
  demandChangedFields(table: Named, patch: object): void {
    this.#demandFields(table, [...definedMembers(patch).keys()]);
  }

  /** Throws Refused `grant-excluded` where the changes, all of them together, lead into or out of what is shown. */
  async demandWindow(rows: readonly ChangedRow[], isOwn?: (id: string) => boolean): Promise<void> {
    const { scope } = this.#call;
    const place = { space: scope.space, subject: scope.caller.principal.subject };
    await demandWindow(this.grant, place, rows, (table) => this.#read(table), isOwn);
  }

  #demandFields(table: Named, names: readonly string[]): void {
    demandFields(this.grant, nameOf(table), names);
  }

  #decide(table: Named): Promise<Admission | null> {
    this.grant.demandReadable();
    const { scope } = this.#call;
    const place = { space: scope.space, subject: scope.caller.principal.subject };
    return this.grant.admission(place, table, (beside) => this.#read(beside));
  }

  /** A table as it is, for decisions alone. */
  #read({ app, name }: Named): Promise<FoldedTable> {
    const { deps, plan, scope } = this.#call;
    return deps.changes.read(plan?.reader ?? scope, app, name);
  }
}

interface Named {
  readonly app: string;
  readonly name: string;
}

function nameOf({ app, name }: Named): string {
  return `${app}/${name}`;
}
