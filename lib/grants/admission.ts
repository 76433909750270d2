// Which records of one table a document lets through, in one space, for one call. The deciding tables are read before; from there on
// every question is answered at once, since a folded table changes with each await.
import type { FoldedTable } from "../changes/folded/folded_table.ts";
import { type LiveRecord, liveRecords } from "../changes/live_records.ts";
import type { CollectionRule, GrantRules, LinkRule, PartRule } from "./grant_rules.ts";
import { isVisible } from "./is_visible.ts";
import type { KeptValues } from "./kept_values.ts";
import { type AdmissionPlace, decidingIds, passesLink } from "./linked_ids.ts";

/** Which records of one table are let through. To be made anew with each read of the table. */
export interface Admission {
  /** Whether a live or deleted record of the place is let through; whether it is private is `isVisible`'s to ask. */
  admits(record: LiveRecord): boolean;
  /** Every live record of the place that the caller may see, in no order; kept until a table changes that decides it. */
  visible(folded: FoldedTable): readonly LiveRecord[];
  /** Whether what a record belongs to is let through, or `isAdded` says that it is added with the record. */
  isPlaced(record: LiveRecord, isAdded: (collection: string, id: string) => boolean): boolean;
}

/** What admissions are made of. */
export interface AdmissionDeps {
  /** Names the document and the day. */
  readonly key: string;
  readonly rules: GrantRules;
  readonly ids: KeptValues<ReadonlySet<string>>;
  readonly lists: KeptValues<readonly LiveRecord[]>;
}

/**
 * What a document lets through of a collection.
 *
 * @param tables those that decide (`CollectionRule.decidedBy`), by name; a link or a parent whose table is missing lets nothing through
 */
export function createAdmission(
  deps: AdmissionDeps,
  place: AdmissionPlace,
  rule: CollectionRule,
  tables: ReadonlyMap<string, FoldedTable>,
): Admission {
  return new RuledAdmission(deps, place, rule, tables);
}

/** A class, since one is made for each table of a call. */
class RuledAdmission implements Admission {
  readonly #deps: AdmissionDeps;
  readonly #place: AdmissionPlace;
  readonly #rule: CollectionRule;
  readonly #tables: ReadonlyMap<string, FoldedTable>;
  readonly #isShown: boolean;
  readonly #placeKey: string;
  /** What each link, and each table of parents, has been worked out to. */
  readonly #ids = new Map<LinkRule | CollectionRule, ReadonlySet<string>>();

  constructor(
    deps: AdmissionDeps,
    place: AdmissionPlace,
    rule: CollectionRule,
    tables: ReadonlyMap<string, FoldedTable>,
  ) {
    this.#deps = deps;
    this.#place = place;
    this.#rule = rule;
    this.#tables = tables;
    this.#isShown = rule.allows("read", place.space);
    this.#placeKey = JSON.stringify([place.space.kind, place.subject, ...place.space.storedAs]);
  }

  admits(record: LiveRecord): boolean {
    return this.#isShown && this.#rule.passes(record) && this.#areLinksPassed(record) &&
      this.#areParentsShown(record);
  }

  visible(folded: FoldedTable): readonly LiveRecord[] {
    const { space, subject } = this.#place;
    if (!this.#isShown) return [];
    return this.#deps.lists.get(
      folded,
      this.#keyOf(this.#rule.collection),
      [...this.#rule.decidedBy].flatMap((name) => this.#tables.get(name) ?? []),
      () => liveRecords(folded, space).filter((record) => isVisible(record, space, subject, this)),
      (records) => 8 * records.length,
    );
  }

  isPlaced(record: LiveRecord, isAdded: (collection: string, id: string) => boolean): boolean {
    return this.#rule.parts.every((part) => this.#isParentShown(part, record, isAdded));
  }

  #areLinksPassed(record: LiveRecord): boolean {
    for (const rule of this.#rule.links) {
      const folded = this.#tables.get(rule.link.via);
      if (folded === undefined || !passesLink(rule, this.#linked(rule, folded), record)) return false;
    }
    return true;
  }

  #areParentsShown(record: LiveRecord): boolean {
    for (const part of this.#rule.parts) if (!this.#isParentShown(part, record)) return false;
    return true;
  }

  #isParentShown(
    { part: { on, where, mayBeAlone = false }, parents }: PartRule,
    record: LiveRecord,
    isAdded?: (collection: string, id: string) => boolean,
  ): boolean {
    if (where !== undefined && record.cell(where.field)?.value !== where.value) return true;
    const id = record.cell(on)?.value ?? null;
    if (id === null) return mayBeAlone;
    if (typeof id !== "string") return false;
    return parents.some((parent) =>
      isAdded?.(parent.collection, id) === true || this.#shownIds(parent).has(id)
    );
  }

  #linked(rule: LinkRule, folded: FoldedTable): ReadonlySet<string> {
    return this.#once(rule, () =>
      this.#deps.ids.get(
        folded,
        this.#keyOf(rule.key),
        [],
        () => decidingIds(rule, folded, this.#place),
        (ids) => ID_BYTES * ids.size,
      ));
  }

  /** The ids of the records of a table that are let through. */
  #shownIds(rule: CollectionRule): ReadonlySet<string> {
    return this.#once(rule, () => {
      const folded = this.#tables.get(rule.collection);
      if (rule.isClosed || folded === undefined) return new Set<string>();
      const admission = new RuledAdmission(this.#deps, this.#place, rule, this.#tables);
      return this.#deps.ids.get(
        folded,
        this.#keyOf(rule.collection),
        [...rule.decidedBy].flatMap((name) => this.#tables.get(name) ?? []),
        () => new Set(admission.visible(folded).map(({ id }) => id)),
        (ids) => ID_BYTES * ids.size,
      );
    });
  }

  #once(of: LinkRule | CollectionRule, make: () => ReadonlySet<string>): ReadonlySet<string> {
    let ids = this.#ids.get(of);
    if (ids === undefined) this.#ids.set(of, ids = make());
    return ids;
  }

  #keyOf(what: string): string {
    return `${this.#deps.key} ${what} ${this.#placeKey}`;
  }
}

/** What an id in a set takes, in bytes; its text is the folded table's. */
const ID_BYTES = 40;
