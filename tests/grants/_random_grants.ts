// Random documents and stories: who may see what of a random log, and what apps then ask.
import fc from "fast-check";
import type { NaiveCondition, NaiveGrant, NaiveRule } from "./_naive_model.ts";
import {
  color,
  day,
  fieldsOf,
  instant,
  START,
  type Stored,
  stored,
  tableOf,
  tag,
  VALUES,
  words,
} from "./_random_logs.ts";

const relative = fc.constantFrom("P0D", "-P1D", "-P2D", "-P1W", "-P1M");
const bound = (value: fc.Arbitrary<unknown>) => fc.record({ op: fc.constantFrom("gte", "lt"), value });
const list = (value: fc.Arbitrary<unknown>, ...ops: string[]) =>
  fc.record({ op: fc.constantFrom(...ops), value: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }) });
const on = (field: string, ...some: fc.Arbitrary<{ op: string; value: unknown }>[]) =>
  fc.oneof(...some).map((condition) => ({ field, ...condition }));
const whenMade = fc.constantFrom("createdAt", "updatedAt").chain((field) =>
  on(field, bound(fc.oneof(relative, instant, day)))
);
const eq = (value: fc.Arbitrary<unknown>) => fc.record({ op: fc.constant("eq"), value });
const blockStart = on("startDate", bound(fc.oneof(relative, instant, day)));
const ofBlock = blockStart.map((one) => ({ via: "timeblocks/timeBlocks", key: "timeBlockId", ...one }));

const CONDITIONS: Readonly<Record<string, fc.Arbitrary<NaiveCondition>>> = {
  "notes/notes": fc.oneof(
    on("isPinned", eq(fc.boolean())),
    on("color", list(color, "in", "none"), eq(color)),
    whenMade,
    on("tagId", list(tag, "any", "none")).map((one) => ({ via: "notes/noteTags", on: "noteId", ...one })),
  ),
  "notes/noteTags": on("tagId", list(tag, "in", "none")),
  "journal/journalEntries": fc.oneof(
    on("entryDate", bound(fc.oneof(relative, day))),
    on("tags", list(tag, "any", "none")),
    on("mood", eq(fc.constant("neutral")), list(fc.constantFrom("neutral", "traurig"), "in", "none")),
    whenMade,
  ),
  "timeblocks/timeBlocks": fc.oneof(blockStart, on("type", eq(fc.constant("habit")))),
  "habits/habitLogs": ofBlock,
  "habits/habits": fc.oneof(
    blockStart.map((one) => ({ via: "timeblocks/timeBlocks", on: "sourceId", ...one })),
    on("order", bound(fc.nat(9))),
    on("color", list(color, "in", "none")),
  ),
  "calendar/events": ofBlock,
};

const access: fc.Arbitrary<readonly string[]> = fc.constantFrom(
  ["read"],
  ["read", "write"],
  ["read", "write", "destructive"],
  ["read", "write", "destructive"],
  ["read", "write", "destructive"],
  ["write"],
);

const rules = (tables: readonly string[]): fc.Arbitrary<NaiveRule[]> =>
  fc.tuple(...tables.map((collection) => {
    const table = tableOf(collection);
    const fields = fieldsOf(table);
    const condition = CONDITIONS[collection] ?? whenMade;
    return fc.option(
      fc.record({
        collection: fc.constant(collection),
        access,
        spaces: fc.constantFrom(["personal"], ["team"], ["personal", "team"]),
        where: fc.array(condition, { minLength: 1, maxLength: 2 }),
        fields: fc.subarray([...fields]),
        blind: fc.constant(true),
      }, { requiredKeys: ["collection", "access"] }).map(({ blind, ...rule }): NaiveRule =>
        blind && rule.access.includes("write") ? { ...rule, blind } : rule
      ),
      { nil: null, freq: 5 },
    );
  })).map((some) => some.flatMap((rule) => rule ?? []));

/** A document. */
const grant = (tables: readonly string[]): fc.Arbitrary<NaiveGrant> =>
  fc.record({
    tz: fc.constantFrom(
      "Europe/Berlin",
      "Europe/Berlin",
      "America/Santiago",
      "Pacific/Apia",
      "Asia/Kathmandu",
      "UTC",
    ),
    until: fc.option(fc.integer({ min: START / 1000 - 3600, max: START / 1000 + 6 * 3600 }), {
      nil: null,
      freq: 6,
    }),
    rules: rules(tables),
    rest: fc.option(access, { nil: null, freq: 2 }),
  }).map(({ tz, until, rules, rest }) => ({
    type: "mana_records",
    v: 1,
    tz,
    until,
    rules: rest === null || rest[0] === "write" ? rules : [...rules, { collection: "*", access: rest }],
  }));

/** What a tool does with its records. */
export const WAYS = [
  "list",
  "pages",
  "order",
  "match",
  "search",
  "get",
  "portion",
  "scan",
  "count",
  "look",
  "deleted",
  "update",
  "update",
  "insert",
  "insert",
  "delete",
] as const;

/** One step: something is stored, time passes, or an app asks. */
export type Step =
  | { readonly kind: "log"; readonly log: readonly Stored[] }
  | { readonly kind: "wait"; readonly minutes: number }
  | {
    readonly kind: "ask";
    /** Which grant; the person's own token for a number beyond. */
    readonly who: number;
    /** `app/table`. */
    readonly collection: string;
    readonly space: "personal" | "team";
    readonly way: (typeof WAYS)[number];
    /** For a write: the fields of a whole record, and which of them an update sets. */
    readonly fields: Readonly<Record<string, unknown>>;
    readonly some: readonly string[];
    /** Which record. */
    readonly place: number;
    readonly words: string;
  };

const ask = (tables: readonly string[]): fc.Arbitrary<Step> =>
  fc.constantFrom(...tables).map(tableOf).chain((table) =>
    fc.record({
      kind: fc.constant("ask" as const),
      who: fc.nat(2),
      collection: fc.constant(`${table.app}/${table.name}`),
      space: fc.constantFrom("personal" as const, "personal" as const, "team" as const),
      way: fc.constantFrom(...WAYS),
      fields: fc.record(VALUES[`${table.app}/${table.name}`]?.fields ?? {}),
      some: fc.subarray([...fieldsOf(table)], { minLength: 1, maxLength: 2 }),
      place: fc.nat(2),
      words,
    })
  );

/** Tables that decide about each other: a story is about one group, or it would rarely come to anything. */
const GROUPS: readonly (readonly string[])[] = [
  ["notes/notes", "notes/noteTags"],
  ["journal/journalEntries"],
  ["habits/habits", "habits/habitLogs", "timeblocks/timeBlocks"],
  ["calendar/events", "timeblocks/timeBlocks"],
  ["journal/journalEntries", "notes/notes", "habits/habits"],
];

/** A story: what is stored at first, who may see what of it, and what happens. */
export const story = fc.constantFrom(...GROUPS).chain((tables) =>
  fc.record({
    tables: fc.constant(tables),
    log: fc.array(stored(tables), { minLength: 8, maxLength: 25 }),
    grants: fc.array(grant(tables), { minLength: 1, maxLength: 2 }),
    steps: fc.array(
      fc.oneof(
        { arbitrary: ask(tables), weight: 12 },
        {
          arbitrary: fc.record({
            kind: fc.constant("log" as const),
            log: fc.array(stored(tables), { minLength: 1, maxLength: 2 }),
          }),
          weight: 3,
        },
        {
          arbitrary: fc.record({
            kind: fc.constant("wait" as const),
            minutes: fc.constantFrom(1, 59, 180, 1440),
          }),
          weight: 1,
        },
      ),
      { minLength: 10, maxLength: 30 },
    ),
  })
);
