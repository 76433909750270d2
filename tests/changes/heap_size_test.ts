import assert from "node:assert/strict";
import { z } from "zod";
import { createHeapMeter } from "../_support/heap_meter.ts";
import { plainRecordOf, plainRowOf } from "../../lib/records/row.ts";
import { applyChange } from "../../lib/changes/fold.ts";
import { createFoldedTable, type FoldedTable } from "../../lib/changes/folded/folded_table.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { liveRecords } from "../../lib/changes/live_records.ts";
import { parsePullPortion } from "../../lib/changes/sync_messages.ts";
import { at, insert, shared, update } from "../records/_harness.ts";

/** Per record: heap after the fold, heap after a listing looked at it, the estimate, and the text it came in, in bytes. */
interface Measured {
  readonly folded: number;
  readonly listed: number;
  readonly estimate: number;
  readonly wire: number;
}

const ROWS = 2_000;
const PAGE = 500;
const LONG = 5_000_000;
const team = shared("org_5b0e93f1a7c24d10");

const tasks = defineTable({
  app: "app",
  name: "t",
  record: "task",
  row: z.object({
    title: z.string().optional(),
    description: z.string().nullable().optional(),
    priority: z.string().default("medium"),
    isCompleted: z.boolean().default(false),
    completedAt: z.string().nullable().optional(),
    dueDate: z.string().nullable().default(null),
    order: z.number().default(0),
    subtasks: z.array(z.looseObject({ title: z.string() })).nullable().optional(),
    schedule: z.unknown(),
  }),
  encrypted: ["title", "description"],
});

/** Folds `ROWS` records, each of the changes that `of` gives, as the service sends them. */
function measure(of: (row: number) => readonly Record<string, unknown>[]): Measured {
  let wire = 0;
  const pageOf = (from: number): string => {
    const entries = Array.from({ length: PAGE }, (_, index) => of(from + index)).flat().map((
      change,
      index,
    ) => ({
      eventId: uuid(from + index),
      schemaVersion: 1,
      ...change,
      actor: { kind: "user", principalId: AUTHOR, displayName: "Du" },
    }));
    const text = JSON.stringify(entries);
    wire += new TextEncoder().encode(text).byteLength;
    return text;
  };
  const heapUsed = createHeapMeter();
  const log = createFoldedTable();
  const before = heapUsed();
  for (let from = 0; from < ROWS; from += PAGE) {
    const json = JSON.parse(`{"serverChanges":${pageOf(from)},"syncedUntil":"${at(0)}"}`);
    for (const change of parsePullPortion(json, "t")?.changes ?? []) applyChange(log, change);
  }
  const folded = heapUsed();
  const views = liveRecords(log, team).length;
  for (const view of liveRecords(log, team)) plainRecordOf(tasks, plainRowOf(tasks, view));
  const listed = heapUsed();
  assert.equal(views, ROWS);
  const per = (bytes: number) => Math.round(bytes / ROWS);
  return {
    folded: per(folded - before),
    listed: per(listed - before),
    estimate: per(log.bytes),
    wire: per(wire),
  };
}

const AUTHOR = "usr_7c1d2e3f4a5b6c7d";
const uuid = (number: number) => `5b0e93f1-a7c2-4d10-8000-${number.toString(16).padStart(12, "0")}`;
const sealed = (row: number, chars: number) => `enc:1:${`${row}`.padStart(16, "A")}.${"b".repeat(chars)}`;
const stampOf = (row: number) => at(row);

function task(row: number): Record<string, unknown> {
  return {
    title: sealed(row, 80),
    description: sealed(row, 200),
    priority: "medium",
    isCompleted: false,
    completedAt: null,
    dueDate: at(row).slice(0, 10),
    order: row,
    spaceId: team.id,
    authorId: AUTHOR,
    visibility: "space",
    createdAt: stampOf(row),
    updatedAt: stampOf(row),
  };
}

interface Shape {
  readonly changesOf: (row: number) => readonly Record<string, unknown>[];
  /** At most this many times its text. */
  readonly most: number;
  /** The estimate is at least this many times the heap. */
  readonly least?: number;
}

const shapes: Readonly<Record<string, Shape>> = {
  "a task as it was made": { most: 2, changesOf: (row) => [insert("t", uuid(row), task(row), team.id)] },
  "a row of a few short fields": {
    most: 3,
    changesOf: (row) => [
      insert("t", `row-${row}`, { order: row, title: "Run", createdAt: stampOf(row) }, team.id),
    ],
  },
  "a long text in another script": {
    most: 2,
    changesOf: (row) => [
      insert(
        "t",
        uuid(row),
        { title: `${row} ${"日々の記録".repeat(200)}`, createdAt: stampOf(row) },
        team.id,
      ),
    ],
  },
  "a list of objects in plaintext": {
    most: 3,
    changesOf: (row) => [
      insert("t", uuid(row), {
        ...task(row),
        subtasks: Array.from(
          { length: 5 },
          (_, number) => ({ title: `step ${row}.${number}`, isCompleted: true }),
        ),
      }, team.id),
    ],
  },
  "a task that was ticked off": {
    most: 2,
    changesOf: (row) => [
      insert("t", uuid(row), task(row), team.id),
      update("t", uuid(row), at(row + 9), {
        isCompleted: true,
        completedAt: at(row + 9),
        updatedAt: at(row + 9),
      }, team.id),
    ],
  },
  "a task every field of which was changed": {
    most: 2,
    changesOf: (row) => [
      insert("t", uuid(row), task(row), team.id),
      update("t", uuid(row), at(row + 9), task(row + 1), team.id),
    ],
  },
  "an object whose keys were changed one by one": {
    most: 3,
    changesOf: (row) => [
      insert("t", uuid(row), { ...task(row), schedule: { days: [1, 2], time: "08:00" } }, team.id),
      update("t", uuid(row), at(row + 9), { "schedule.time": `09:${row}`, "schedule.days": [row] }, team.id),
      update(
        "t",
        uuid(row),
        at(row + 10),
        { "schedule.time": null, "schedule.zone.name": `z${row}` },
        team.id,
      ),
    ],
  },
  "paths that no other row has": {
    most: 9,
    least: 0.45,
    changesOf: (row) => [
      insert("t", uuid(row), { order: row, createdAt: stampOf(row) }, team.id),
      update("t", uuid(row), at(row), { [`schedule.${"k.".repeat(20)}${row}`]: row }, team.id),
    ],
  },
  "a row under several space ids": {
    most: 3,
    changesOf: (row) => [
      insert("t", uuid(row), { order: row, createdAt: stampOf(row) }, team.id),
      update("t", uuid(row), at(row), { order: row + 1 }, `club-${row}`),
      update("t", uuid(row), at(row), { order: row + 2 }),
    ],
  },
  "names that no other row has": {
    most: 6,
    least: 0.45,
    changesOf: (row) => [
      insert("t", uuid(row), {
        ...Object.fromEntries(Array.from({ length: 8 }, (_, number) => [`field-${row}-${number}`, number])),
        createdAt: stampOf(row),
      }, team.id),
    ],
  },
};
Deno.test("a cached row takes less than thrice the text it came in, also after listings, and about what is estimated", () => {
  // Code that runs for the first time leaves things behind that are no rows.
  measure((row) => [insert("t", uuid(row), task(row), team.id)]);
  for (const [name, { changesOf, most, least = 0.9 }] of Object.entries(shapes)) {
    const measured = measure(changesOf);
    const { folded, listed, estimate, wire } = measured;
    const what = `${name}: ${JSON.stringify(measured)}`;
    assert.ok(folded <= listed, what);
    assert.ok(listed <= most * wire, what);
    assert.ok(estimate >= least * listed && estimate <= 2 * listed, what);
  }
});

/** A function of its own: what a loop has in hand counts as held until it ends. */
function foldLongPage(log: FoldedTable, row: number): void {
  const kept = insert(
    "t",
    uuid(row),
    { ...task(row), title: "just long enough for a slice to pay" },
    team.id,
  );
  const other = { ...kept, table: "other", data: { text: `${row}${"x".repeat(LONG)}` } };
  const text = JSON.stringify({ serverChanges: [other, kept], syncedUntil: at(0) });
  for (const change of parsePullPortion(JSON.parse(text), "t")?.changes ?? []) applyChange(log, change);
}

Deno.test("a short value does not hold the page it came in", () => {
  const heapUsed = createHeapMeter();
  const log = createFoldedTable();
  const before = heapUsed();
  for (let row = 0; row < 6; row++) foldLongPage(log, row);
  assert.equal(liveRecords(log, team).length, 6);
  const held = heapUsed() - before;
  assert.ok(held < 3 * LONG, String(held));
});
