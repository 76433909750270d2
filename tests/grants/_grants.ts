// Narrowed grants over all tables.
import type { NaiveRule } from "./_naive_model.ts";
import { ALL_TABLES, ownFields, WINDOW } from "./_narrowed_world.ts";

const EVERYTHING = ["read", "write", "destructive"];
const IN_WINDOW = [{ field: "createdAt", op: "gte", value: WINDOW }];
const rulesOf = (rule: (collection: string) => Omit<NaiveRule, "collection">): NaiveRule[] =>
  [...ALL_TABLES.keys()].map((collection) => ({ collection, ...rule(collection) }));

/** The plaintext fields, and the first of those that are sealed: about what "titles only" means. */
const titles = (collection: string) => {
  const [first, ...others] = (ALL_TABLES.get(collection) ?? []).filter(({ encrypted }) => encrypted);
  const closed = new Set(others.map(({ name }) => name));
  return ownFields(collection).filter((name) => name === first?.name || !closed.has(name));
};
const everySecond = (collection: string) => ownFields(collection).filter((_, index) => index % 2 === 0);

/** Each by what it shows. */
export const GRANTS: Readonly<Record<string, readonly NaiveRule[]>> = {
  "titles only": rulesOf((collection) => ({ access: EVERYTHING, fields: titles(collection) })),
  "every second field": rulesOf((collection) => ({ access: EVERYTHING, fields: everySecond(collection) })),
  "no field": rulesOf(() => ({ access: EVERYTHING, fields: [] })),
  "a window": rulesOf(() => ({ access: EVERYTHING, where: IN_WINDOW })),
  "a window and titles": rulesOf((collection) => ({
    access: EVERYTHING,
    where: IN_WINDOW,
    fields: titles(collection),
  })),
  "adding alone": rulesOf(() => ({ access: ["write"], blind: true })),
  "reading alone": rulesOf((collection) => ({ access: ["read"], fields: titles(collection) })),
  "nothing": [],
};

/** What a grant shows: the ids of rows, and the fields of each table. */
export function shownBy(rules: readonly NaiveRule[]): Shown {
  const hasWindow = rules.some(({ where }) => where !== undefined);
  return {
    ids: new Set(hasWindow ? ["inside"] : ["inside", "outside"]),
    fields: new Map(
      rules.map((
        { collection, access, fields = ownFields(collection) },
      ) => [collection, new Set(access.includes("read") ? fields : [])]),
    ),
  };
}

/** See {@link shownBy}. */
export interface Shown {
  readonly ids: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}
