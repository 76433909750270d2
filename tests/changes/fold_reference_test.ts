import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { plainRecordOf, plainRowOf } from "../../lib/records/row.ts";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable, type FoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { LIVE_RECORD_BYTES } from "../../lib/changes/folded/heap_size.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { liveRecord, liveRecords } from "../../lib/changes/live_records.ts";
import { parsePullPortion } from "../../lib/changes/sync_messages.ts";
import { at, personal, shared, unknownSpace } from "../records/_harness.ts";

/**
 * The fold against the rules in their plainest form (sync contract section 7): for each space and record a fresh run
 * over the changes that are meant for it, one after the other. Nothing is kept between two runs, so whatever the real
 * fold shares, remembers or throws away too early shows.
 */

const SPACES: readonly ActiveSpace[] = [
  personal("anna", "org-anna"),
  personal("anna"),
  shared("team"),
  unknownSpace("anna", "team"),
];
const NAMES = ["a", "b", "authorId", "createdAt", "updatedAt", "deletedAt", "__proto__"];
/** Paths that lead into a field, and some that lead nowhere. */
const PATHS = [
  "a.x",
  "a.x",
  "a.y",
  "a.x.z",
  "a.x.z.1",
  "b.x",
  "a.",
  "a..x",
  "a.constructor",
  "a.length",
  "a.__proto__.x",
  "__proto__.x",
  "deletedAt.x",
  "createdAt.x",
  "authorId.x",
];
const CLOSED_FIELDS = ["authorId", "createdAt", "updatedAt", "deletedAt"];

interface Entry {
  readonly id: string;
  readonly spaceId: string;
  readonly op: "insert" | "update" | "delete";
  readonly deletedAt: string | undefined;
  readonly values: readonly (readonly [string, unknown])[];
  readonly stamp: string;
}

/** One entry of a page as text: an object of this language could not say `__proto__`. */
function toJson(entry: Entry, number: number): string {
  const { values, stamp, id, op, deletedAt, spaceId } = entry;
  const members = (of: (value: unknown) => unknown) =>
    `{${values.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(of(value))}`).join()}}`;
  const head = JSON.stringify({ eventId: `e${number}`, table: "t", id, op, spaceId, deletedAt }).slice(0, -1);
  if (op === "insert") return `${head},"data":${members((value) => value)}}`;
  return `${head},"fields":${members((value) => ({ value, at: stamp }))}}`;
}

interface Row {
  storedAs: string | null;
  readonly fields: Map<string, Written>;
  /** What was written under paths. */
  readonly paths: Map<string, Written>;
}

interface Written {
  readonly value: unknown;
  readonly stamp: string;
  /** The number of the entry. */
  readonly order: number;
}

/** What a field shows: each write into it, one after the other by its stamp, on a copy. */
function shownOf({ fields, paths }: Row, name: string): [unknown, string] | undefined {
  const writes = [...paths].filter(([path]) => path.startsWith(`${name}.`));
  const whole = fields.get(name);
  // Of one entry the shorter path comes first.
  const order = ([path, { stamp, order }]: readonly [string, Written]) =>
    [stamp, order, path.length] as const;
  const compare = (one: readonly [string, Written], other: readonly [string, Written]): number => {
    const [left, right] = [order(one), order(other)];
    const index = [0, 1, 2].find((index) => left[index] !== right[index]) ?? 0;
    return (left[index] ?? 0) < (right[index] ?? 0) ? -1 : 1;
  };
  const all = [...writes, ...whole === undefined ? [] : [[name, whole] as const]].toSorted(compare);
  const from = all.findIndex(([path]) => path === name);
  const counted = all.slice(Math.max(from, 0));
  const newest = counted.at(-1);
  if (newest === undefined) return undefined;
  if (counted.length === 1 && whole !== undefined) return [whole.value, whole.stamp];
  // The field as the only key of an object, so that it is treated like each key inside.
  const box = new Map<string, unknown>([[name, toTree(whole?.value)]]);
  for (const [path, { value }] of counted) if (path !== name) writeAt(box, path.split("."), toTree(value));
  return [fromTree(box.get(name)) ?? null, newest[1].stamp];
}

function writeAt(tree: Map<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  const inside = tree.get(key);
  if (rest.length === 0) {
    if (value === null) tree.delete(key);
    else tree.set(key, value);
  } else if (inside instanceof Map) {
    writeAt(inside, rest, value);
  } else if ((inside === undefined || inside === null) && value !== null) {
    const made = new Map<string, unknown>();
    tree.set(key, made);
    writeAt(made, rest, value);
  }
}

/** Objects as maps, which have no key but their own. */
function toTree(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, toTree(member)]));
}

function fromTree(tree: unknown): unknown {
  if (!(tree instanceof Map)) return tree;
  return Object.fromEntries([...tree].map(([key, member]) => [key, fromTree(member)]));
}

function rowOf(log: readonly Entry[], id: string, space: ActiveSpace): Row {
  const all = log.filter((entry) => entry.id === id);
  // A person's own record of this id takes the updates that name no space; else they are for the shared one.
  const hasOwn = all.some(({ op, deletedAt, spaceId }) =>
    op === "insert" && !deletedAt && (spaceId === "" || spaceId.startsWith("_personal:"))
  );
  const row: Row = { storedAs: null, fields: new Map(), paths: new Map() };
  let order = 0;
  const put = (name: string, value: unknown, stamp: string, into = row.fields) => {
    if (stamp >= (into.get(name)?.stamp ?? "")) into.set(name, { value, stamp, order });
  };
  for (const { op, deletedAt, spaceId, values, stamp } of all) {
    order += 1;
    const isOwn = space.storedAs.has(spaceId);
    if (!isOwn && !(spaceId === "" && space.kind !== "personal" && !hasOwn)) continue;
    if (deletedAt) {
      put("deletedAt", deletedAt, deletedAt);
    } else if (op === "delete") {
      row.fields.clear();
      row.paths.clear();
      row.storedAs = null;
    } else if (op === "insert") {
      row.storedAs = spaceId;
      const data = new Map(values);
      const time = [data.get("updatedAt"), data.get("createdAt")].find((value) => typeof value === "string");
      for (const [name, value] of data) put(name, value, typeof time === "string" ? time : "");
    } else {
      for (const [name, value] of new Map(values)) {
        const parts = name.split(".");
        if (parts.length === 1) {
          if (name !== "authorId") put(name, value, stamp);
        } else if (!CLOSED_FIELDS.includes(parts[0] ?? "") && !parts.includes("__proto__")) {
          put(name, value, stamp, row.paths);
        }
      }
    }
  }
  return row;
}

/** What a space shows of the log, in plain values. */
function expected(log: readonly Entry[], space: ActiveSpace): Map<string, unknown> {
  const shown = new Map<string, unknown>();
  for (const id of new Set(log.map((entry) => entry.id))) {
    const row = rowOf(log, id, space);
    const { storedAs, fields, paths } = row;
    if (storedAs === null || fields.get("deletedAt")?.value) continue;
    const stamps = [...fields.values(), ...paths.values()].map(({ stamp }) => stamp)
      .filter((stamp) => stamp.startsWith("2026"));
    const createdAt = fields.get("createdAt")?.value;
    shown.set(id, {
      storedAs,
      createdAt: typeof createdAt === "string" && createdAt.startsWith("2026") ? createdAt : null,
      updatedAt: stamps.toSorted().at(-1) ?? null,
      cells: NAMES.map((name) => shownOf(row, name)),
    });
  }
  return shown;
}

const table = defineTable({
  app: "app",
  name: "t",
  record: "thing",
  row: z.object({ a: z.unknown(), b: z.unknown() }),
  encrypted: ["b"],
});

/** The same by the real thing, and that list, single record, row and plain form agree. */
function actual(log: FoldedTable, space: ActiveSpace): Map<string, unknown> {
  const shown = new Map<string, unknown>();
  for (const view of liveRecords(log, space)) {
    const cells = NAMES.map((name) => view.cell(name)).map((cell) => cell && [cell.value, cell.stamp]);
    const { storedAs, createdAt } = view;
    const row = { storedAs, createdAt, updatedAt: view.updatedAt(), cells };
    shown.set(view.id, row);
    const again = liveRecord(log, view.id, space);
    assert.ok(again);
    const plainRow = plainRowOf(table, again);
    const plain = plainRecordOf(table, plainRow);
    assert.deepEqual([plain.id, plain.createdAt, plain.updatedAt], [view.id, createdAt, plainRow.updatedAt]);
    assert.deepEqual([plain.a, ...plainRow.sealed], [view.cell("a")?.value, view.cell("b")?.value]);
  }
  return shown;
}

function without(name: string, rows: ReadonlyMap<string, unknown>): unknown[] {
  return [...rows].map(([id, row]) => [id, { ...Object(row), [name]: null }]);
}

const ODD = "not a time";
/** A stamp that is no time: of an update, or of an insert by the times in its data. */
const ODD_STAMP = /not a time|"(?:updatedAt|createdAt)","x"/;
const stamp = fc.constantFrom(at(1), at(1), at(2), at(3), "", ODD);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9) },
  fc.constantFrom(
    null,
    "",
    false,
    at(2),
    "x",
    [1],
    { deep: ["x"] },
    {},
    { x: 1, y: null },
    { x: { z: 2 }, constructor: 3 },
  ),
);
const entry: fc.Arbitrary<Entry> = fc.record({
  id: fc.constantFrom("1", "1", "1", "2", "__proto__"),
  spaceId: fc.constantFrom(
    "org-anna",
    "org-anna",
    "team",
    "team",
    "",
    "_personal:anna",
    "_personal:eve",
    "club",
  ),
  op: fc.constantFrom("insert", "insert", "update", "update", "update", "delete"),
  deletedAt: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, at(1), at(2)),
  values: fc.array(fc.tuple(fc.constantFrom(...NAMES, ...PATHS), value), { maxLength: 5 })
    // A time as the clients write it, mostly.
    .chain((values) =>
      fc.tuple(fc.boolean(), stamp).map(([has, time]) =>
        has ? [...values, ["createdAt", time] as const] : values
      )
    ),
  stamp,
});

Deno.test("any log in any pages folds to what the plain rules say, for every space, after every page", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 6 }),
      fc.constantFrom(...SPACES),
      (pages, first) => {
        const log = createFoldedTable();
        const so: Entry[] = [];
        for (const page of pages) {
          const text = page.map((entry, index) => toJson(entry, so.length + index)).join();
          const json = JSON.parse(`{"serverChanges":[${text}],"syncedUntil":"${at(0)}"}`);
          const parsed = parsePullPortion(json, "t");
          assert.equal(parsed?.changes.length, page.length);
          for (const change of parsed.changes) applyChange(log, change);
          so.push(...page);
          // Another order of spaces each time: what is remembered for one must not show in the next.
          for (const space of [first, ...SPACES]) {
            const [rows, rules] = [actual(log, space), expected(so, space)];
            // Where a stamp is no time, `updatedAt` is the newest of those that are, of a field that lost it or not.
            if (!ODD_STAMP.test(JSON.stringify(so))) {
              assert.deepEqual(rows, rules);
            } else {
              assert.deepEqual(without("updatedAt", rows), without("updatedAt", rules));
            }
          }
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("the estimate of memory gives back what it took: a log whose records were all dropped holds none", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 25 }), (entries) => {
      const fold = (of: readonly Entry[]): number => {
        const json = `{"serverChanges":[${of.map(toJson).join()}],"syncedUntil":"${at(0)}"}`;
        const log = createFoldedTable();
        for (const change of parsePullPortion(JSON.parse(json), "t")?.changes ?? []) {
          applyChange(log, change);
          assert.ok(log.bytes > 0);
        }
        return log.bytes;
      };
      const drops = entries.map((entry): Entry => ({
        ...entry,
        op: "delete",
        deletedAt: undefined,
        values: [],
      }));
      assert.equal(fold([...entries, ...drops]), fold(drops));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("what a call was given cannot change what the next one reads", () => {
  const log = createFoldedTable();
  const change = toJson({
    id: "1",
    spaceId: "team",
    op: "insert",
    deletedAt: undefined,
    values: [["a", { deep: [1] }], ["b", [2]]],
    stamp: "",
  }, 0);
  const page = parsePullPortion(JSON.parse(`{"serverChanges":[${change}],"syncedUntil":"${at(0)}"}`), "t");
  for (const change of page?.changes ?? []) applyChange(log, change);
  const views = liveRecords(log, shared("team"));
  const [view] = views.splice(0, 1);
  assert.ok(view);
  const row = plainRowOf(table, view);
  const plain = plainRecordOf(table, row);
  for (
    const held of [
      plain,
      plain.a,
      row.values,
      row.values.a,
      row.sealed,
      row.sealed[0],
      row.unreadable,
    ]
  ) {
    assert.ok(Object.isFrozen(held));
  }
  assert.ok(Object.isFrozen(Reflect.get(Object(plain.a), "deep")));
  // The list itself is the caller's own, to sort and to cut.
  assert.equal(liveRecords(log, shared("team"))[0], view);
  assert.equal(plainRecordOf(table, plainRowOf(table, view)), plain, "made once");
});

Deno.test("a view and a row are made anew when their record changes, and only then", () => {
  const log = createFoldedTable();
  const team = shared("team");
  const push = (id: string, a: number, time: string, spaceId = "team") => {
    const change = toJson(
      { id, spaceId, op: "insert", deletedAt: undefined, values: [["a", a], ["createdAt", time]], stamp: "" },
      a,
    );
    const page = parsePullPortion(JSON.parse(`{"serverChanges":[${change}],"syncedUntil":"${at(0)}"}`), "t");
    for (const change of page?.changes ?? []) applyChange(log, change);
    return new Map(liveRecords(log, team).map((view) => [view.id, view] as const));
  };
  push("1", 1, at(1));
  const before = push("2", 2, at(1));
  const after = push("1", 3, at(2));
  assert.notEqual(after.get("1"), before.get("1"));
  assert.equal(after.get("2"), before.get("2"));
  const [old, current] = [before.get("1"), after.get("1")];
  assert.ok(old && current);
  // Who still holds the old view sees the record as it is now: a write must not be stamped by what was.
  assert.equal(old.cell("a")?.value, 3);
  assert.equal(plainRowOf(table, current).values.a, 3);
  // A tool may read the same log by another table of the same name.
  const other = defineTable({ ...table, row: z.object({ a: z.string().optional() }), encrypted: [] });
  assert.deepEqual(plainRowOf(other, current).unreadable, ["a"]);
  assert.deepEqual(plainRowOf(table, current).unreadable, []);
});

Deno.test("lists of several spaces count in the estimate, and are forgotten when the log goes on", () => {
  const log = createFoldedTable();
  const push = (ids: readonly string[], spaceId: string) => {
    const entries = ids.map((id, index) =>
      toJson({ id, spaceId, op: "insert", deletedAt: undefined, values: [["a", 1]], stamp: "" }, index)
    );
    const page = parsePullPortion(
      JSON.parse(`{"serverChanges":[${entries.join()}],"syncedUntil":"${at(0)}"}`),
      "t",
    );
    for (const change of page?.changes ?? []) applyChange(log, change);
  };
  push(Array.from({ length: 50 }, (_, index) => `${index}`), "_personal:anna");
  const spaces = Array.from({ length: 20 }, (_, index) => unknownSpace("anna", `space-${index}`));
  const held = log.bytes;
  for (const space of spaces) assert.equal(liveRecords(log, space).length, 50);
  const several = log.bytes;
  assert.equal(several - held, 4 * 50 * LIVE_RECORD_BYTES);
  for (const space of spaces) liveRecords(log, space);
  assert.equal(log.bytes, several, "only so many are remembered");
  push(["0"], "_personal:anna");
  assert.equal(liveRecords(log, personal("anna")).length, 50);
  assert.equal(log.bytes, held);
});
