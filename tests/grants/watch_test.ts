/** Notifications for an app that a document narrows: of records that it is shown, and of those that enter or leave what it is shown. */
import assert from "node:assert/strict";
import { createRecordGrants } from "../../lib/grants/record_grants.ts";
import { watchNarrowed } from "../../lib/records/narrowed/watch_narrowed.ts";
import { tableColumns } from "../../lib/tool/tables/table_columns.ts";
import { recordsEntry } from "../_support/narrowed.ts";
import { clockOf } from "../_support/fake_clock.ts";
import { createHarness, insert } from "../records/_harness.ts";
import { callerWith, journal, notes } from "./_narrowed.ts";

function watched(table: typeof notes | typeof journal, rule: Record<string, unknown>) {
  const h = createHarness();
  const document = JSON.stringify(recordsEntry({ rules: [rule, { collection: "*", access: ["read"] }] }));
  return { h, ...watchedIn(h, document, table) };
}

function watchedIn(
  h: ReturnType<typeof createHarness>,
  document: string,
  table: typeof notes | typeof journal,
) {
  const scope = h.scope("read", { caller: callerWith(document) });
  const { principal } = scope.caller;
  const grants = createRecordGrants({ clock: clockOf(() => h.clock), columns: tableColumns });
  const told: string[][] = [];
  const { changes } = h.store;
  const watch = watchNarrowed({
    changes,
    principal,
    spaceId: "team",
    table,
    onStale() {},
    onChanged: (ids) => void told.push(ids === null ? ["?"] : [...ids].sort()),
  });
  return {
    /** Another watch of the same. */
    again: () => watchedIn(h, document, table),
    /** What is told after a pull. */
    async news(): Promise<string[][]> {
      const grant = grants.of(principal);
      assert.ok(grant);
      const place = { space: scope.space, subject: principal.subject };
      const [folded, admission] = await Promise.all([
        changes.read(scope, table.app, table.name),
        grant.admission(place, table, ({ app, name }) => changes.read(scope, app, name)),
      ]);
      watch.look(folded, scope.space, admission);
      return told.splice(0);
    },
    end: watch.end,
  };
}

const update = (table: string, id: string, fields: Record<string, unknown>, at: string) => ({
  table,
  id,
  op: "update",
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { value, at, updatedAt: at }]),
  ),
});

Deno.test("a change of a record that is shown is told, also when it enters or leaves; one of any other is not", async () => {
  const red = {
    collection: "notes/notes",
    access: ["read"],
    where: [{ field: "color", op: "eq", value: "red" }],
  };
  const { h, news, end } = watched(notes, red);
  h.services.write(
    "anna",
    "notes",
    ["a", "b", "c"].map((id) => insert("notes", id, { color: id === "a" ? "red" : "blue" })),
  );
  assert.deepEqual(await news(), [["?"]], "what the pull that built the log has brought may have come since");
  h.services.write("anna", "notes", [update("notes", "b", { isPinned: true }, "2026-05-20T09:00:01.000Z")]);
  assert.deepEqual(await news(), []);
  h.services.write("anna", "notes", [insert("notes", "d", { color: "blue" })]);
  assert.deepEqual(await news(), []);
  h.services.write("anna", "notes", [update("notes", "a", { isPinned: true }, "2026-05-20T09:00:02.000Z")]);
  assert.deepEqual(await news(), [["a"]]);
  h.services.write("anna", "notes", [
    update("notes", "a", { color: "blue" }, "2026-05-20T09:00:03.000Z"),
    update("notes", "c", { color: "red" }, "2026-05-20T09:00:03.000Z"),
  ]);
  assert.deepEqual(await news(), [["a", "c"]]);
  assert.deepEqual(await news(), []);
  end();
});

Deno.test("a row of a linked table is news for the record that it brings in or takes out", async () => {
  const { h, news, end } = watched(notes, {
    collection: "notes/notes",
    access: ["read"],
    where: [{ via: "notes/noteTags", on: "noteId", field: "tagId", op: "any", value: ["work"] }],
  });
  h.services.write("anna", "notes", ["a", "b"].map((id) => insert("notes", id, { color: "red" })));
  assert.deepEqual(await news(), []);
  h.services.write("anna", "notes", [insert("noteTags", "t", { noteId: "a", tagId: "home" })]);
  assert.deepEqual(await news(), []);
  h.services.write("anna", "notes", [insert("noteTags", "u", { noteId: "a", tagId: "work" })]);
  assert.deepEqual(await news(), [["a"]]);
  h.services.write("anna", "notes", [{
    table: "noteTags",
    id: "u",
    op: "delete",
    deletedAt: "2026-05-20T11:00:00.000Z",
  }]);
  assert.deepEqual(await news(), [["a"]]);
  end();
});

Deno.test("a log that was read before is told of, at the first look, as far as it has changed since the watch began", async () => {
  const first = watched(notes, {
    collection: "notes/notes",
    access: ["read"],
    where: [{ field: "color", op: "eq", value: "red" }],
  });
  const { write } = first.h.services;
  write("anna", "notes", ["a", "b"].map((id) => insert("notes", id, { color: "red" })));
  await first.news();
  const later = first.again();
  write("anna", "notes", [update("notes", "b", { isPinned: true }, "2026-05-20T09:00:01.000Z")]);
  assert.deepEqual(await later.news(), [["b"]]);
  const idle = first.again();
  assert.deepEqual(await idle.news(), []);
  for (const { end } of [first, later, idle]) end();
});

Deno.test("midnight is news for what it takes out", async () => {
  const { h, news, end } = watched(journal, {
    collection: "journal/journalEntries",
    access: ["read"],
    where: [{ field: "entryDate", op: "gte", value: "P0D" }],
  });
  h.clock = Date.parse("2026-05-20T21:59:30Z");
  h.services.write("anna", "journal", [insert("journalEntries", "today", { entryDate: "2026-05-20" })]);
  assert.deepEqual(await news(), [["?"]]);
  h.clock = Date.parse("2026-05-20T22:00:00Z");
  assert.deepEqual(await news(), [["today"]]);
  end();
});
