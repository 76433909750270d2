import assert from "node:assert/strict";
import { z } from "zod";
import { masterKey, NOTES, pushInsert, seal, TASKS } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const Tools = z.array(z.looseObject({
  name: z.string(),
  inputSchema: z.looseObject({ type: z.literal("object") }),
  outputSchema: z.looseObject({ type: z.literal("object") }),
  annotations: z.looseObject({ readOnlyHint: z.boolean(), destructiveHint: z.boolean() }),
}));

const NAMES = [
  "habits_create",
  "habits_list",
  "habits_update",
  "habits_archive",
  "habits_delete",
  "spaces_list",
  "todo_create",
  "todo_list",
  "todo_complete",
  "todo_delete",
  "notes_create",
  "notes_search",
  "notes_read",
  "notes_delete",
  "journal_add",
];

Deno.test("tools/list: the fifteen tools, with schemas and hints that say what each may do", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "tools/list");
  const tools = Tools.parse(body.result?.tools);
  // Later tools stand among them; none of the fifteen is gone, and their order is the same.
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => NAMES.includes(name)), NAMES);
  const readers = tools.filter(({ annotations }) => annotations.readOnlyHint).map(({ name }) => name)
    .filter((name) => NAMES.includes(name));
  assert.deepEqual(readers, ["habits_list", "spaces_list", "todo_list", "notes_search", "notes_read"]);
  for (const { name, annotations, inputSchema, outputSchema } of tools) {
    assert.deepEqual(Object.keys(annotations).sort(), [
      "destructiveHint",
      "idempotentHint",
      "openWorldHint",
      "readOnlyHint",
      "title",
    ]);
    assert.equal(annotations.destructiveHint, name.endsWith("_delete"));
    assert.equal(inputSchema.additionalProperties, false);
    assert.ok(JSON.stringify(outputSchema).length < 16_000);
  }
});

Deno.test("every tool: structured content equals the text block and fits the tool's own output schema", async () => {
  const env = { DESTRUCTIVE_TOOLS: "habits.delete,todo.delete,notes.delete" };
  await using world = await createWorld({ env });
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "tools/list");
  const schemas = new Map(
    Tools.parse(body.result?.tools).map(({ name, outputSchema }) => [name, outputSchema]),
  );
  const key = await masterKey(world, anna);
  // Rows of every kind: whole, sparse, unreadable, with members that no tool knows.
  await pushInsert(world, anna, TASKS, "sparse", { title: await seal(key, "sparse"), projectId: "p" });
  await pushInsert(world, anna, TASKS, "closed", { title: "enc:1:broken", subtasks: await seal(key, []) });
  await pushInsert(world, anna, NOTES, "odd", { title: 5, content: null, color: 7, isPinned: "yes" });
  await pushInsert(world, anna, NOTES, "untimed", { title: "x", createdAt: "yesterday", updatedAt: 5 });
  const habit = recordOf(await callOk(world, anna, "habits_create", { title: "Run" }), "habit").id;
  const seen = new Set<string>();
  const check = async (name: string, args: Record<string, unknown> = {}) => {
    const outcome = await call(world, anna, name, args);
    assert.ok(outcome.ok, `${name}: ${outcome.ok ? "" : outcome.message}`);
    assert.equal(outcome.texts.length, 1);
    assert.deepEqual(JSON.parse(outcome.texts[0] ?? ""), outcome.output);
    const schema = z.fromJSONSchema(schemas.get(name) ?? assert.fail(name));
    assert.deepEqual(schema.parse(outcome.output), outcome.output, name);
    seen.add(name);
  };
  await check("habits_create", { title: "Read" });
  await check("habits_list", { includeArchived: true });
  await check("habits_update", { id: habit, title: "Walk" });
  await check("habits_archive", { id: habit });
  await check("habits_delete", { id: habit });
  await check("spaces_list");
  await check("todo_create", { title: "t", description: "d", dueDate: "2026-03-01" });
  await check("todo_list", { includeCompleted: true });
  await check("todo_complete", { id: "sparse" });
  await check("todo_list", { includeCompleted: true });
  await check("todo_delete", { id: "closed" });
  await check("notes_create", { title: "n", content: "x".repeat(30_000) });
  await check("notes_search", { includeArchived: true });
  await check("notes_search", { includeArchived: true, query: "x" });
  await check("notes_read", { id: "odd" });
  await check("notes_delete", { id: "odd" });
  await check("journal_add", { content: "x" });
  assert.deepEqual([...seen], NAMES);
});

Deno.test("the schema check can fail: a result with a member too many or of another type does not fit", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { body } = await rpc(world, anna, "tools/list");
  const list = Tools.parse(body.result?.tools).find(({ name }) => name === "habits_list") ?? assert.fail();
  const schema = z.fromJSONSchema(list.outputSchema);
  const fine = { habits: [{ id: "h", createdAt: null, updatedAt: null }], hasMore: false, unreadable: 0 };
  assert.ok(schema.safeParse(fine).success);
  assert.ok(!schema.safeParse({ ...fine, more: 1 }).success);
  assert.ok(!schema.safeParse({ ...fine, habits: [{ id: 1 }] }).success);
  assert.ok(!schema.safeParse({ habits: [] }).success);
});

Deno.test("a field that cannot be read is absent, never a default that looks like a value", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const odd = { title: "enc:1:broken", content: "enc:9:x", color: 7, isPinned: "yes", isArchived: false };
  await pushInsert(world, anna, NOTES, "odd", odd);
  const output = await callOk(world, anna, "notes_search");
  const [row] = z.array(z.looseObject({})).parse(output.notes);
  const { createdAt, updatedAt, ...shown } = row ?? {};
  assert.equal(typeof createdAt, typeof updatedAt);
  assert.deepEqual(shown, {
    isArchived: false,
    id: "odd",
    unreadable: ["color", "isPinned", "title", "content"],
  });
});

Deno.test("both spellings of a tool's name call the same tool, any other is an error of the protocol", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  assert.deepEqual(await callOk(world, anna, "habits.list"), await callOk(world, anna, "habits_list"));
  for (const name of ["habits__list", "habitsList", "Habits_list", "todo.remove"]) {
    const { body } = await rpc(world, anna, "tools/call", { name, arguments: {} });
    assert.equal(body.error?.code, -32602, name);
    assert.equal(body.error?.message.includes("tools/list"), true);
  }
});

Deno.test("arguments that are no object are refused in words, missing ones count as none", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const params of [{}, { arguments: null }]) {
    const { body } = await rpc(world, anna, "tools/call", { name: "habits_list", ...params });
    assert.equal(body.result?.isError ?? body.error, undefined);
  }
  for (const args of [[], "x", 5]) {
    const answer = await rpc(world, anna, "tools/call", { name: "habits_list", arguments: args });
    const text = JSON.stringify(answer.body.result ?? answer.body.error ?? {});
    assert.match(text, /nvalid/, JSON.stringify(args));
    assert.equal(answer.body.result?.structuredContent, undefined);
  }
});
