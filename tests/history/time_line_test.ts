// What a page of the time line leaves out, tells as missing, or shows of what was planted: nothing is lost without a word.
import assert from "node:assert/strict";
import { authorshipWith, vaultKey } from "../authorship/_log.ts";
import {
  lastChange,
  NOTES,
  pullAll,
  push,
  pushDelete,
  pushInsert,
  pushUpdate,
  stampAt,
  TASKS,
} from "../_support/device.ts";
import { makeTeam } from "../_support/team.ts";
import { callerFor } from "../_support/request_context.ts";
import { GATEWAY_ACTIONS } from "../../sign_in/gateway/actions.ts";
import { act, activity, type Apps, briefly, createApps, lastDays, signedIn, unfold } from "./_activity.ts";

const DAY = 24 * 60 * 60_000;

Deno.test("calls of an app, of a module and of a day are found; a module that the person may not be shown is not read", async () => {
  await using world = await createApps();
  await act(world, world.claude, "notes.create", { title: "One", content: "" });
  const yesterday = world.clock.now;
  world.clock.now += DAY;
  await world.own.refresh();
  await act(world, world.own, "todo.create", { title: "Two" });
  await act(world, world.own, "calendar.create", {
    title: "Three",
    startDate: "2026-04-01T10:00:00Z",
    endDate: "2026-04-01T11:00:00Z",
  });
  const tools = async (changes: Parameters<typeof activity>[1]) =>
    (await activity(world, changes)).calls.map(({ tool }) => tool);
  assert.deepEqual(await tools({}), ["calendar.create", "todo.create", "notes.create"]);
  assert.deepEqual(await tools({ app: world.claude.key }), ["notes.create"]);
  assert.deepEqual(await tools({ app: world.other.key }), []);
  assert.deepEqual(await tools({ app: "" }), ["calendar.create", "todo.create"]);
  assert.deepEqual(await tools({ module: "todo" }), ["todo.create"]);
  assert.deepEqual(await tools({ module: "todo", modules: ["notes"] }), []);
  assert.deepEqual(await tools({ modules: ["notes", "no-such-module"] }), ["notes.create"]);
  const until = new Date(yesterday + 1_000).toISOString();
  assert.deepEqual(await tools({ until }), ["notes.create"]);
  assert.deepEqual(await tools({ since: until }), ["calendar.create", "todo.create"]);
  assert.deepEqual(await tools({ apps: [] }), ["calendar.create", "todo.create", "notes.create"]);
  assert.deepEqual((await activity(world, { apps: [] })).calls.map(({ app, writer }) => [app, writer])[2], [
    null,
    "app",
  ]);
});

Deno.test("a question with a day that the calendar does not have, or an end before its start, is refused", async () => {
  await using world = await createApps();
  const whole = { apps: [], modules: null, ...lastDays(world, 7) };
  for (
    const changes of [
      { since: "2026-02-30T00:00:00.000Z" },
      { since: "yesterday" },
      { since: whole.until, until: whole.since },
      { until: whole.since },
      { apps: Array.from({ length: 201 }, String) },
      { app: "a".repeat(2_000) },
      { of: "Ben" },
    ]
  ) {
    const shown = await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.activity, {
      ...whole,
      ...changes,
    });
    assert.equal(codeOf(shown), "input", JSON.stringify(changes));
    assert.ok(world.logLines.at(-1)?.includes("input-invalid"), world.logLines.at(-1));
  }
});

Deno.test("fifty calls are a page, and the next page goes on where this one ends", async () => {
  await using world = await createApps();
  for (let number = 0; number < 60; number++) {
    world.clock.now += 3_000;
    await act(world, world.own, "notes.create", { title: `n${number}`, content: "" });
  }
  const first = await activity(world);
  assert.deepEqual([first.calls.length, first.hasMore], [50, true]);
  const second = await activity(world, { until: first.oldest ?? "" });
  assert.deepEqual([second.calls.length, second.hasMore], [10, false]);
  const titles = [...first.calls, ...second.calls].map(({ rows }) => rows[0]?.title);
  assert.deepEqual(titles, Array.from({ length: 60 }, (_, number) => `n${59 - number}`));
});

Deno.test("what was written long ago is found in its own days", async () => {
  await using world = await createApps();
  await act(world, world.claude, "notes.create", { title: "Long ago", content: "" });
  const then = lastDays(world, 7);
  world.clock.now += 400 * DAY;
  await world.own.refresh();
  assert.deepEqual((await activity(world)).calls, []);
  assert.deepEqual(briefly((await activity(world, then)).calls), [
    ["app", world.claude.key, "notes.create", "insert note Long ago"],
  ]);
});

Deno.test("a module of which a table cannot be read is told, and the others are shown; where none can be read the page is told why", async () => {
  await using world = await createApps();
  await act(world, world.own, "notes.create", { title: "There", content: "" });
  await act(world, world.own, "todo.create", { title: "Not there" });
  world.intercept = (request) =>
    Promise.resolve(
      request.url.includes("/sync/todo/pull") ? new Response("no", { status: 500 }) : undefined,
    );
  const { calls, missing } = await activity(world);
  assert.deepEqual([briefly(calls).map(([, , tool]) => tool), missing], [["notes.create"], ["todo"]]);
  world.intercept = (request) =>
    Promise.resolve(request.url.includes("/pull?") ? new Response("no", { status: 500 }) : undefined);
  const shown = await world.backend.pages?.show(signedIn(world.own), GATEWAY_ACTIONS.activity, {
    apps: [],
    modules: null,
    ...lastDays(world, 7),
  });
  assert.deepEqual(codeOf(shown), "sync-down");
});

Deno.test("an undo is shown as what it is, and what it undid says so until the undo is undone", async () => {
  await using world = await createApps();
  const { note } = await act(world, world.claude, "notes.create", { title: "First", content: "text" });
  const id = String(Object(note).id);
  await act(world, world.claude, "notes.update", { id, title: "Second" });
  await act(world, world.claude, "notes.update", { id, content: "other text" });
  const title = async () => (await lastChange(world, world.own, NOTES, id)).fields?.title?.value;
  const { data } = await firstInsert(world, id);
  const undo = await undoBy(world, { id, fields: { title: data?.title } });
  let { calls } = await activity(world);
  assert.deepEqual(calls.map(({ writer, tool, undoneBy }) => [writer, tool, undoneBy]), [
    ["undo", null, null],
    ["app", "notes.update", null],
    ["app", "notes.update", undo],
    ["app", "notes.create", null],
  ]);
  assert.equal(calls[0]?.id, undo);
  assert.ok(await title());
  const second = calls[2];
  const whole = await undoBy(world, { id, op: "delete", deletedAt: stampAt(world) });
  calls = (await activity(world)).calls;
  assert.deepEqual(calls.map(({ undoneBy }) => undoneBy), [null, whole, whole, undo, whole]);
  assert.equal(calls[3]?.id, second?.id);
  await undoBy(world, { id, fields: { deletedAt: null } });
  calls = (await activity(world)).calls;
  assert.deepEqual(calls.map(({ undoneBy }) => undoneBy), [null, calls[0]?.id, null, null, undo, null]);
});

Deno.test("a deleted record keeps its name in the time line; of one that is gone for good nothing is left to show", async () => {
  await using world = await createApps();
  for (const id of ["soft", "hard"]) {
    await pushInsert(world, world.own, NOTES, id, { title: id, content: "" });
  }
  world.clock.now += 30 * DAY;
  await world.own.refresh();
  for (const id of ["soft", "hard"]) await act(world, world.own, "notes.update", { id, content: "new" });
  await pushDelete(world, world.own, NOTES, "soft");
  await push(world, world.own, NOTES, [{ id: "hard", op: "delete", spaceId: world.own.personalSpace }]);
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls).map(([, , , rows]) => rows), ["update note null", "update note soft"]);
  const shown = await unfold(world, calls[1]);
  assert.ok(shown?.ok);
  assert.deepEqual(shown.answer.rows.map(({ title, fields }) => [title, fields]), [
    ["soft", [{ name: "content", before: null, after: "new" }]],
  ]);
});

Deno.test("a title that turns the text around, and a text of 200 kB, are shown cut and with every character visible", async () => {
  await using world = await createApps();
  const title = "<b>Milk</b> \u202egnp.exe\u0007";
  await act(world, world.claude, "notes.create", { title, content: "x".repeat(200_000) });
  const { calls } = await activity(world);
  const [row] = calls[0]?.rows ?? [];
  assert.equal(row?.title, "<b>Milk</b> ‹U+202E›gnp.exe‹U+0007›");
  const shown = await unfold(world, calls[0]);
  assert.ok(shown?.ok);
  const content = shown.answer.rows[0]?.fields.find(({ name }) => name === "content")?.after;
  assert.ok(content && content.length < 600 && content.startsWith("xxx"));
});

Deno.test("a change whose stamp no clock can have given is shown among the days in which it was stored", async () => {
  await using world = await createApps();
  await pushInsert(world, world.own, NOTES, "n", { title: "Odd", content: "" });
  const actor = { kind: "ai", principalId: "mcp:Odd", displayName: "Odd", rationale: "notes.update" };
  for (const at of ["2019-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "soon"]) {
    const change = {
      id: "n",
      op: "update",
      spaceId: world.own.personalSpace,
      fields: { content: { value: at, at } },
    };
    await push(world, world.own, NOTES, [{
      ...change,
      actor: { ...actor, displayName: at },
      origin: "agent",
    }]);
  }
  const { since, until } = lastDays(world, 7);
  const { calls } = await activity(world);
  assert.deepEqual(calls.map(({ name }) => name).sort(), [
    "2019-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "soon",
  ]);
  assert.ok(calls.every(({ at }) => at >= since && at < until));
});

Deno.test("a record is called as it is in its own space, whatever a record of the same id is called in another", async () => {
  await using world = await createApps();
  const ben = await world.person("ben");
  const team = await makeTeam(world, ben, world.own);
  for (const id of ["long", "just"]) {
    await pushInsert(world, world.own, NOTES, id, { title: `My ${id}`, content: "" });
  }
  world.clock.now += 30 * DAY;
  await world.own.refresh();
  await pushInsert(world, world.own, NOTES, "just", { title: "My just", content: "" });
  await ben.refresh();
  for (const id of ["long", "just"]) {
    await pushInsert(world, ben, NOTES, id, { title: "Planted", content: "", spaceId: team });
    await act(world, world.own, "notes.update", { id, content: "new" });
  }
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls).map(([, , , rows]) => rows), [
    "update note My just",
    "update note My long",
  ]);
});

Deno.test("what an app deleted is unfolded with what it held, and what an undo brought back too", async () => {
  await using world = await createApps({ DESTRUCTIVE_TOOLS: "notes.delete" });
  await pushInsert(world, world.own, NOTES, "n", { title: "Gone", content: "text" });
  await act(world, world.own, "notes.delete", { id: "n" });
  await undoBy(world, { id: "n", fields: { deletedAt: null } });
  const { calls } = await activity(world);
  assert.deepEqual(briefly(calls), [
    ["undo", null, null, "restore note Gone"],
    ["own", null, "notes.delete", "delete note Gone"],
  ]);
  for (const call of calls) {
    const shown = await unfold(world, call);
    assert.ok(shown?.ok);
    const [row] = shown.answer.rows;
    assert.equal(row?.title, "Gone");
    const field = row?.fields.find(({ name }) => name === "content");
    assert.equal(row?.op === "delete" ? field?.before : field?.before ?? field?.after ?? "text", "text");
  }
});

Deno.test("a call that nobody made, and one of another person, is unknown", async () => {
  await using world = await createApps();
  const ben = await world.person("ben");
  world.clock.now += 1_000;
  await act(world, ben, "notes.create", { title: "Ben's", content: "" });
  const { actor } = await lastChange(world, ben, NOTES);
  const id = String(actor?.iterationId).slice(0, 32);
  for (const call of [id, "0".repeat(32), "~x"]) {
    const shown = await unfold(world, { id: call });
    assert.deepEqual(codeOf(shown), "call-unknown");
  }
});

Deno.test("an app's change of a task is unfolded as it was just before, whatever came later", async () => {
  await using world = await createApps();
  await pushInsert(world, world.own, TASKS, "t", {
    title: "Before",
    priority: "low",
    isCompleted: false,
    order: 0,
  });
  await act(world, world.claude, "todo.update", { id: "t", priority: "high" });
  await pushUpdate(world, world.own, TASKS, "t", { priority: "medium" });
  const { calls } = await activity(world);
  const shown = await unfold(world, calls[0]);
  assert.ok(shown?.ok);
  assert.deepEqual(shown.answer.rows[0]?.fields, [{ name: "priority", before: "low", after: "high" }]);
});

/** The code of a refusal. */
function codeOf(shown: { readonly ok: boolean; readonly code?: string } | undefined): string | undefined {
  return shown?.ok === false ? shown.code : "no refusal";
}

async function firstInsert(world: Apps, id: string) {
  const change = await lastChange(world, world.own, NOTES, id);
  const all = await pullAll(world, world.own, NOTES);
  return all.find((one) => one.id === id && one.op === "insert") ?? change;
}

/** Stores a change of a note as an undo of this person, as lib/undo does; returns the id of the call. */
async function undoBy(
  world: Apps,
  { id, fields = {}, ...rest }: {
    id: string;
    fields?: Record<string, unknown>;
    op?: "delete";
    deletedAt?: string;
  },
): Promise<string> {
  const authorship = await authorshipWith(await vaultKey(world, world.own));
  const at = stampAt(world);
  const named = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { value, at, updatedAt: at }]),
  );
  const spaceId = world.own.personalSpace;
  const change = rest.op === "delete"
    ? { id, op: "delete" as const, spaceId, deletedAt: at }
    : { id, op: "update" as const, spaceId, fields: named };
  const callId = crypto.randomUUID().replaceAll("-", "");
  const by = { tool: "undo", clientName: "", callId, by: "person", rationale: "the plan" } as const;
  const author = {
    caller: callerFor(world.own.id, world.own.token),
    actor: by,
    signal: new AbortController().signal,
  };
  const actor = await authorship.sign(author, { app: "notes", name: "notes" }, change);
  await push(world, world.own, NOTES, [{ ...change, actor, origin: "user" }]);
  return callId;
}
