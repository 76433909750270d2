import assert from "node:assert/strict";
import { joinParts, type TouchedRecord } from "../../lib/undo/join_parts.ts";
import type { JudgedChange } from "../../lib/undo/judged_change.ts";
import { undoRecord } from "../../lib/undo/undo_record.ts";
import { at, insert, personal, update } from "../records/_harness.ts";
import { entry } from "./_undo.ts";

const anna = personal("anna", "org-anna");

function touched(table: string, id: string, call: string, raw: Record<string, unknown>): TouchedRecord {
  const chosen: JudgedChange = { change: entry("app", raw).change, isChosen: true, isUndo: false, call };
  const base: JudgedChange = {
    change: entry("phone", insert("t", id, { createdAt: at(0) }, "org-anna")).change,
    isChosen: false,
    isUndo: false,
    call: null,
  };
  const undo = undoRecord(raw.op === "insert" ? [chosen] : [base, chosen], anna, at(100));
  assert.ok(undo);
  return { app: "app", table, id, undo, chosen: [chosen] };
}

const inserted = (table: string, id: string, call: string, data: Record<string, unknown>) =>
  touched(table, id, call, insert("t", id, { createdAt: at(0), ...data }, "org-anna"));
const changed = (table: string, id: string, call: string, values: Record<string, unknown>) =>
  touched(table, id, call, update("t", id, at(1), values, "org-anna"));

function grouped(...records: TouchedRecord[]): string[] {
  return joinParts(records).map((group) => group.map(({ id }) => id).sort().join("+")).sort();
}

Deno.test("rows of one call that name one another go together, rows of two calls do not", () => {
  const log = inserted("logs", "log", "c1", { blockId: "block" });
  assert.deepEqual(grouped(log, inserted("blocks", "block", "c1", { title: "x" })), ["block+log"]);
  assert.deepEqual(grouped(log, inserted("blocks", "block", "c2", { title: "x" })), ["block", "log"]);
  assert.deepEqual(grouped(log, inserted("blocks", "other", "c1", { title: "x" })), ["log", "other"]);
});

Deno.test("both rows of a link go together, and a flag with the record that it was taken from", () => {
  const link = (id: string, pairId: string) => inserted("links", id, "c1", { pairId });
  assert.deepEqual(grouped(link("l1", "p"), link("l2", "p"), link("l3", "q")), ["l1+l2", "l3"]);
  const flags = [
    changed("calendars", "old", "c1", { isDefault: false }),
    changed("calendars", "new", "c1", { isDefault: true }),
    changed("calendars", "other", "c1", { isVisible: true }),
    changed("lists", "far", "c1", { isDefault: true }),
  ];
  assert.deepEqual(grouped(...flags), ["far", "new+old", "other"]);
});

Deno.test("records that two calls have written tie the calls together through what each wrote", () => {
  const record = inserted("events", "event", "c1", { blockId: "block" });
  const chosen = [...record.chosen, ...changed("events", "event", "c2", { calendarId: "calendar" }).chosen];
  const records = [
    { ...record, chosen },
    inserted("blocks", "block", "c1", {}),
    inserted("calendars", "calendar", "c2", {}),
  ];
  assert.deepEqual(grouped(...records), ["block+calendar+event"]);
});
