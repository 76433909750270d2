// The rules of a document on one day: relative days have become days, and each collection has its rule, with what its records are
// parts of. Made once for a document and a day.
import type { LiveRecord } from "../changes/live_records.ts";
import type { Access } from "../people/scopes.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import { linkedValueTest, storedValue, type ValueTest, valueTest } from "./field_test.ts";
import type { GrantCondition, GrantDocument, GrantLink, GrantRule } from "./grant_document.ts";
import { partsOf, type PartTable } from "./part_tables.ts";
import type { ZoneDay } from "./zone_day.ts";

/** The rules of a document on one day. */
export interface GrantRules {
  /** The rule of a collection (`app/table`). */
  ruleOf(collection: string): CollectionRule;
  /** The rules that look at records of a collection by a link, each with the link. */
  rulesVia(collection: string): readonly { readonly rule: CollectionRule; readonly link: LinkRule }[];
}

/**
 * Creates the rules.
 *
 * @param document null for a document that shows nothing: because it is over, or because it cannot be read
 */
export function createGrantRules(document: GrantDocument | null, today: ZoneDay): GrantRules {
  const given = new Map(document?.rules.map((rule) => [rule.collection, rule]) ?? []);
  const made = new Map<string, CollectionRule>();
  const rules: GrantRules = Object.freeze({
    ruleOf(collection: string): CollectionRule {
      let rule = made.get(collection);
      if (rule === undefined) {
        rule = new CollectionRule(
          collection,
          given.get(collection) ?? given.get("*") ?? NOTHING,
          today,
          rules,
        );
        made.set(collection, rule);
      }
      return rule;
    },
    rulesVia: (collection: string) =>
      [...given.keys()].flatMap((name) => {
        const rule = rules.ruleOf(name);
        return rule.links.filter(({ link }) => link.via === collection).map((link) => ({ rule, link }));
      }),
  });
  return rules;
}

const NOTHING: GrantRule = Object.freeze({ collection: "*", access: Object.freeze([]) });

/** A link, with what tests the linked records. */
export interface LinkRule {
  readonly link: GrantLink;
  readonly test: ValueTest;
  /** Tells it from every other link of the document. */
  readonly key: string;
}

/** What the records of a collection belong to, with the rules of those tables. */
export interface PartRule {
  readonly part: PartTable;
  readonly parents: readonly CollectionRule[];
}

/** What a document says of one collection on one day. */
export class CollectionRule {
  readonly collection: string;
  /** May add records that it may not see. */
  readonly isBlind: boolean;
  /** The fields that are shown; null for all. */
  readonly fields: ReadonlySet<string> | null;
  readonly links: readonly LinkRule[];
  /** What the records are parts of, as far as that narrows them. */
  readonly parts: readonly PartRule[];
  /** The tables (`app/table`) that decide about the records, besides their own. */
  readonly decidedBy: ReadonlySet<string>;
  readonly #access: ReadonlySet<Access>;
  readonly #spaces: ReadonlySet<string> | null;
  readonly #tests: readonly ((record: LiveRecord) => boolean)[];
  /** What a record remembers of this rule: that its own fields pass, or that they do not. */
  readonly #passes = Object.freeze({});
  readonly #fails = Object.freeze({});

  constructor(collection: string, rule: GrantRule, today: ZoneDay, rules: GrantRules) {
    const { access, blind = false, spaces, where = [], fields } = rule;
    this.collection = collection;
    this.isBlind = blind;
    this.fields = fields === undefined ? null : new Set(fields);
    this.#access = new Set(access);
    this.#spaces = spaces === undefined ? null : new Set(spaces);
    this.#tests = where.flatMap((condition) => isLink(condition) ? [] : [recordTest(condition, today)]);
    this.links = where.flatMap((condition, index) =>
      isLink(condition)
        ? [{ link: condition, test: linkedValueTest(condition, today), key: `${collection} ${index}` }]
        : []
    );
    this.parts = partsOf(collection)
      .map((part) => ({ part, parents: part.parents.map(rules.ruleOf) }))
      .filter(({ parents }) => parents.some((parent) => !parent.isOpen));
    this.decidedBy = new Set([
      ...this.links.map(({ link }) => link.via),
      ...this.parts.flatMap(({ parents }) =>
        parents.flatMap((parent) => parent.isClosed ? [] : [parent.collection, ...parent.decidedBy])
      ),
    ]);
  }

  /** Whether no record is let through anywhere. */
  get isClosed(): boolean {
    return !this.#access.has("read");
  }

  /** Whether every record that the caller's scopes show is let through, without looking at it. */
  get isOpen(): boolean {
    return !this.isClosed && this.#spaces === null &&
      this.#tests.length === 0 && this.links.length === 0 && this.parts.length === 0;
  }

  /** Whether an access is allowed in a space, whichever the record. */
  allows(access: Access, space: ActiveSpace): boolean {
    return this.#access.has(access) &&
      (this.#spaces === null || this.#spaces.has(space.id) ||
        (space.kind === "personal" && this.#spaces.has("personal")));
  }

  /** Whether the record's own fields pass; remembered with the record until it changes. */
  passes(record: LiveRecord): boolean {
    if (this.#tests.length === 0) return true;
    if (record.verdict === this.#passes) return true;
    if (record.verdict === this.#fails) return false;
    const isPassing = this.#tests.every((test) => test(record));
    record.verdict = isPassing ? this.#passes : this.#fails;
    return isPassing;
  }
}

function isLink(condition: GrantCondition): condition is GrantLink {
  return "via" in condition;
}

function recordTest(
  condition: Exclude<GrantCondition, GrantLink>,
  today: ZoneDay,
): (record: LiveRecord) => boolean {
  const { field } = condition;
  const test = valueTest(condition, today);
  return (record) => test(storedValue(record, field));
}
