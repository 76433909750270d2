// What one call was handed of the person's records, and what it only looked at. Holds the records that a tool was shown until the call
// is over, then names of fields and ids alone: never a text.

import { RELAYED } from "../changes/folded/agents.ts";
import { Refused } from "../kit/errors.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { CallDisclosure, DisclosedRow, DisclosedTable, ShownRecord } from "../spaces/call_disclosure.ts";
import type { BudgetEnd } from "./budget_room.ts";
import type { CallBudget } from "./call_budget.ts";
import {
  chargedRecord,
  chosenOf,
  collectionOf,
  groupRecords,
  type Handed,
  type HandedRecords,
  NO_TEXT,
  type SeenRows,
  textOf,
} from "./handed_records.ts";
import type { GrantTaint } from "./grant_taint.ts";
import type { SharedGrant } from "./shared_grant.ts";
import { type KeptTexts, keptTexts, toldTexts } from "./kept_texts.ts";
import { hasApps, type Label, labelsOf } from "./labels.ts";

/** How many records of one table a call opened without handing them out: for a search, a filter or a sum. */
export interface LookedAt {
  /** `app/table`. */
  readonly collection: string;
  readonly count: number;
}

/** What a call was handed, once it is over. */
export interface CallContent {
  readonly read: readonly HandedRecords[];
  readonly looked: readonly LookedAt[];
  /** Whether the grant has read something by this call that no gateway could know before. */
  readonly isNews: boolean;
}

/** What an account is kept with. */
export interface AccountDeps {
  /** Where the call reads; its id is empty where none could be chosen. */
  readonly space: Pick<ActiveSpace, "id">;
  /** Null for the person's own token, which has none. */
  readonly budget: CallBudget | null;
  /** Waits for what the budget has to know first; null where it is known. */
  readonly load: (() => Promise<void>) | null;
  /** Null for the person's own token. */
  readonly taint: GrantTaint | null;
  /** Tells other gateways what was read; null where they share nothing. */
  readonly tellTaint: SharedGrant["tellTaint"] | null;
  readonly now: () => number;
  /** The pseudonym of the calling app; null where nobody knows it. */
  readonly ownPseudonym: () => Promise<string | null>;
  /** The page where the person allows more; null where it is not known. */
  readonly appsPage: () => Promise<string | null>;
}

/** One call's account. A class, since one is made per call that opens something. */
export class CallAccount implements CallDisclosure {
  readonly #deps: AccountDeps;
  readonly #handed: Handed[] = [];
  /** Rows that the tool saw each, of which the result may name some. */
  readonly #seen: SeenRows[] = [];
  readonly #looked = new Map<string, number>();
  readonly #labels = new Map<string, readonly Label[]>();
  /** What the tool saw without naming it: what it made of these texts may stand in the result. */
  readonly #shownRows: { readonly table: DisclosedTable; readonly row: DisclosedRow }[] = [];

  /** Rows that hold nothing sealed, and are told for who wrote them alone. */
  readonly #relayed: { readonly table: DisclosedTable; readonly row: DisclosedRow }[] = [];

  constructor(deps: AccountDeps) {
    this.#deps = deps;
  }

  /** As the interface says. */
  mayOpen(table: DisclosedTable, rows: readonly DisclosedRow[]): number | Promise<number> {
    const { budget, load } = this.#deps;
    if (budget === null) return rows.length;
    const reserve = () => budget.reserve(collectionOf(table), rows);
    return load === null ? reserve() : load().then(reserve);
  }

  /** As the interface says. */
  refuse(): Promise<never> {
    const { budget } = this.#deps;
    if (budget === null) throw new TypeError("Cannot refuse a call that may open everything");
    return this.#refuse(budget.end());
  }

  /** As the interface says. */
  handOut(table: DisclosedTable, row: DisclosedRow, shown: ShownRecord, part?: string): void {
    const { budget } = this.#deps;
    const text = budget === null ? NO_TEXT : textOf(table, shown, part);
    this.#handed.push({ table, row, shown, part, text });
    // A record without any text is free.
    if (text.fields === 0) budget?.passOver(row);
    else budget?.handOut(text.fields, text.bytes + text.partBytes);
  }

  /** As the interface says. */
  handOutRelayed(table: DisclosedTable, id: string): void {
    this.#relayed.push({ table, row: { row: { id }, isByOther: false, agents: [RELAYED] } });
  }

  /** As the interface says. */
  passOver(table: DisclosedTable, row: DisclosedRow): void {
    this.#deps.budget?.passOver(row);
    this.#addLooked(table, 1);
  }

  /** As the interface says. */
  async search(_table: DisclosedTable): Promise<void> {
    const { budget, load } = this.#deps;
    await load?.();
    const found = budget?.search() ?? null;
    const end = found instanceof Promise ? await found : found;
    if (end !== null) await this.#refuse(end);
  }

  /** As the interface says. */
  async look(table: DisclosedTable, rows: readonly DisclosedRow[], toTool: boolean): Promise<void> {
    if (toTool) {
      const { budget, load } = this.#deps;
      await load?.();
      const found = budget?.look(rows.length) ?? null;
      const end = found instanceof Promise ? await found : found;
      if (end !== null) await this.#refuse(end);
      this.#seen.push({ table, rows });
    }
    this.#addLooked(table, rows.length);
  }

  /** What the call was handed so far, for a question that is told later; `output` is what its tool would answer. */
  kept(output: unknown): KeptTexts[] {
    return keptTexts([...this.#handed, ...chosenOf(this.#seen, output)]);
  }

  /** Hands out texts that a question kept, all of them or none: false where they are more than what is left of the budget. */
  async tellKept(kept: readonly KeptTexts[], space: string): Promise<boolean> {
    const { budget } = this.#deps;
    const told = toldTexts(kept, space);
    for (const [count, { table, row }] of told.entries()) {
      if (await this.mayOpen(table, [row]) > 0) continue;
      for (const { row } of told.slice(0, count)) budget?.passOver(row);
      return false;
    }
    for (const { text, row } of told) {
      if (text.fields === 0) budget?.passOver(row);
      else budget?.handOut(text.fields, text.bytes);
    }
    this.#handed.push(...told);
    return true;
  }

  /**
   * Ends the account with the result of the call, which names what the tool chose among rows that it saw. Throws Refused
   * `disclosure-budget` where a call that only reads chose more than it may: nobody is handed the result then.
   */
  async end(output: unknown, isRead: boolean): Promise<CallContent> {
    this.#takeChosen(output);
    const { budget } = this.#deps;
    if (budget !== null) {
      const charged = this.#handed.filter(({ text }) => text.fields > 0);
      const chosen = charged.filter(({ row }) => !budget.isReserved(row));
      const records = charged.map(chargedRecord);
      const asked = isRead ? budget.missingFor(chosen.map(chargedRecord), records) : null;
      const missing = asked instanceof Promise ? await asked : asked;
      if (missing !== null) await this.#refuse(missing);
      budget.charge(records);
    }
    const isNews = await this.#label();
    const looked = [...this.#looked].map(([collection, count]) => ({ collection, count }));
    return { read: groupRecords(this.#handed, this.#deps.space.id), looked, isNews };
  }

  /** Who wrote the records that were handed out, by `app/table/id`: only those that are not the person's and the app's own. */
  get labels(): ReadonlyMap<string, readonly Label[]> {
    return this.#labels;
  }

  /** Gives back what a call that failed had reserved. Does nothing after {@link end}. */
  release(): void {
    this.#deps.budget?.release();
  }

  /** What the model is told of the budget; null for nothing. */
  remark(): string | null {
    return this.#deps.budget?.remark() ?? null;
  }

  /** Finds the labels of what was handed out, and notes what the grant has read now. Returns whether it had not read the like before. */
  async #label(): Promise<boolean> {
    const { taint, now, space } = this.#deps;
    const rows = [...this.#handed, ...this.#shownRows, ...this.#relayed];
    const own = rows.some(({ row }) => hasApps(row)) ? await this.#deps.ownPseudonym() : null;
    for (const { table, row } of rows) {
      const labels = labelsOf(row, own);
      if (labels.length > 0) this.#labels.set(`${collectionOf(table)}/${row.row.id}`, labels);
    }
    if (taint === null) return false;
    let isNews = this.#labels.size > 0 && taint.readOthers(now());
    const texts = this.#handed.filter(({ text }) => text.fields > 0);
    const spaces = new Set(texts.map(({ table }) => table.space ?? space.id));
    if (this.#shownRows.length > 0) spaces.add(space.id);
    for (const id of spaces) if (taint.readPrivate(id, now())) isNews = true;
    const telling = this.#deps.tellTaint?.(this.#labels.size > 0, spaces, now()) ?? null;
    if (telling === null || !isNews) return isNews;
    // The app may come to another gateway with its next call.
    return !await telling;
  }

  async #refuse(end: BudgetEnd): Promise<never> {
    throw new Refused({ reason: "disclosure-budget", ...end, page: await this.#deps.appsPage() });
  }

  /** What a call opened that failed: the tool was shown it, and nobody was handed any of it. */
  opened(): LookedAt[] {
    for (const { table } of this.#handed.splice(0)) this.#addLooked(table, 1);
    return [...this.#looked].map(([collection, count]) => ({ collection, count }));
  }

  #addLooked(table: DisclosedTable, count: number): void {
    const collection = collectionOf(table);
    if (count > 0) this.#looked.set(collection, (this.#looked.get(collection) ?? 0) + count);
  }

  /** Counts the rows that a tool saw and that its result names as handed out. */
  #takeChosen(output: unknown): void {
    if (this.#seen.length === 0) return;
    const seen = this.#seen.splice(0);
    for (const { table, rows } of seen) for (const row of rows) this.#shownRows.push({ table, row });
    for (const { table, row, shown } of chosenOf(seen, output)) this.handOut(table, row, shown);
  }
}
