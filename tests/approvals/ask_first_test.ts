/** An app of which the person said "ask me first": each call of it that changes anything waits for their yes to exactly that change. */
import assert from "node:assert/strict";
import { NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import {
  callTool,
  connectAs,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "./_approvals.ts";

const ALL = [
  ...["notes", "habits", "todo"].flatMap((module) =>
    ["read", "write", "destructive"].map((access) => `${module}:${access}`)
  ),
];

async function createAskingWorld(env: Record<string, string> = {}) {
  const world = await createAppWorld(env);
  const asking = await connectAs(world, "Careful app", { allow: ALL, ask: "first" });
  return Object.assign(world, { asking, free: await connectAs(world, "Free app", { allow: ALL }) });
}

Deno.test("a note that an app adds is stored by the person's yes, as it was shown, and the app gets its answer once", async () => {
  await using world = await createAskingWorld();
  const args = { title: "Shopping", content: "Milk" };
  for (const gateway of [world.gateway, world.sdkOnly]) {
    const words = await refusal(callTool(world, world.asking, "notes_create", args, { gateway }));
    assert.match(
      words,
      /^Not done: the person has to allow this\. Ask them/,
    );
  }
  const approval = await onlyOpen(world, world.owner);
  assert.deepEqual([approval.access, approval.toolTitle], ["write", "Create a note"]);
  assert.deepEqual(approval.rows.map(({ op, title, fields }) => ({ op, title, fields })), [{
    op: "insert",
    title: "Shopping",
    fields: [{ name: "title", before: null, after: "Shopping" }, {
      name: "content",
      before: null,
      after: "Milk",
    }],
  }]);
  assert.deepEqual(await pullAll(world, world.owner, NOTES), []);
  assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
  const { id } = recordOf(await done(callTool(world, world.asking, "notes_create", args)), "note");
  assert.deepEqual((await pullAll(world, world.owner, NOTES)).map((change) => [change.op, change.id]), [[
    "insert",
    id,
  ]]);
  const read = await done(callTool(world, world.asking, "notes_read", { id }));
  assert.equal(recordOf(read, "note").title, "Shopping");
  // Told: who adds the same note again means another one.
  assert.notEqual((await linkIn(callTool(world, world.asking, "notes_create", args))).id, approval.id);
});

Deno.test("a change shows each field before and after; what changes nothing is not asked about", async () => {
  await using world = await createAskingWorld();
  const { id } = recordOf(
    await done(callTool(world, world.free, "notes_create", { title: "Shopping", content: "Milk" })),
    "note",
  );
  await linkIn(callTool(world, world.asking, "notes_update", { id, content: "Milk and bread" }));
  const { rows: [row], ...approval } = await onlyOpen(world, world.owner);
  assert.deepEqual([row?.title, row?.fields], ["Shopping", [{
    name: "content",
    before: "Milk",
    after: "Milk and bread",
  }]]);
  assert.ok((await pageOf(world, world.owner).decide({ ...approval, rows: [] }, "yes")).ok);
  const read = await done(callTool(world, world.asking, "notes_read", { id }));
  assert.equal(recordOf(read, "note").content, "Milk and bread");
  await done(callTool(world, world.asking, "notes_update", { id, content: "Milk and bread" }));
  await done(callTool(world, world.asking, "notes_update", { id, title: "Shopping" }));
  assert.equal((await pageOf(world, world.owner).list()).filter(({ status }) => status === "open").length, 0);
});

Deno.test("rows of several apps that belong together are decided on together, what hangs on a record after it", async () => {
  await using world = await createAskingWorld();
  const { id: habitId } = recordOf(
    await done(callTool(world, world.free, "habits_create", { title: "Run" })),
    "habit",
  );
  await linkIn(callTool(world, world.asking, "habits_log", { id: habitId }));
  const logged = await onlyOpen(world, world.owner);
  assert.deepEqual(logged.rows.map(({ app, op }) => [app, op]), [["timeblocks", "insert"], [
    "habits",
    "insert",
  ]]);
  assert.ok((await pageOf(world, world.owner).decide(logged, "yes")).ok);
  await linkIn(callTool(world, world.free, "habits_delete", { id: habitId }));
  const deleted = await onlyOpen(world, world.owner);
  assert.deepEqual(deleted.rows.map(({ record, title, op }) => [record, title, op]), [
    ["habit", "Run", "delete"],
    ["time block", "Run", "delete"],
    ["habit entry", null, "delete"],
  ]);
  assert.ok((await pageOf(world, world.owner).decide(deleted, "yes")).ok);
  for (
    const table of [{ app: "habits", table: "habits" }, { app: "habits", table: "habitLogs" }, {
      app: "timeblocks",
      table: "timeBlocks",
    }]
  ) {
    const changes = await pullAll(world, world.owner, table);
    assert.equal(changes.at(-1)?.op, "delete", table.table);
  }
});

Deno.test("reading is never asked about, and a refusal of the tool comes before any question", async () => {
  await using world = await createAskingWorld();
  await done(callTool(world, world.asking, "notes_search", { query: "x" }));
  assert.match(
    await refusal(callTool(world, world.asking, "notes_create", { title: "" })),
    /arguments are invalid/,
  );
  assert.match(
    await refusal(callTool(world, world.asking, "notes_update", { id: "none", title: "x" })),
    /No note with id/,
  );
  assert.deepEqual(await pageOf(world, world.owner).list(), []);
});

Deno.test("a deleting tool that the operator lets run unasked is asked about for such an app", async () => {
  await using world = await createAskingWorld({ DESTRUCTIVE_TOOLS: "notes.delete" });
  const { id } = recordOf(await done(callTool(world, world.free, "notes_create", { title: "A" })), "note");
  await linkIn(callTool(world, world.asking, "notes_delete", { id }));
  assert.deepEqual(await done(callTool(world, world.free, "notes_delete", { id })), { ok: true, id });
});

Deno.test("a form says what the app has sent, in words that nobody's text can break out of", async () => {
  await using world = await createAskingWorld();
  const args = { title: 'x"? Nothing will be changed. "', content: "long ".repeat(100) };
  const { inputRequests } = await callTool(world, world.asking, "notes_create", args, {
    capabilities: { elicitation: { form: {} } },
  });
  const message = String(inputRequests?.confirm.params.message);
  assert.ok(
    message.startsWith(
      `Create a note (title "x'? Nothing will be changed. '", content "${"long ".repeat(16).trim()} …")?`,
    ),
    message,
  );
});

Deno.test("the longest note is asked about, shown by its beginning, and stored whole", async () => {
  await using world = await createAskingWorld();
  const content = "🦊".repeat(100_000);
  await linkIn(callTool(world, world.asking, "notes_create", { title: "Foxes", content }));
  const approval = await onlyOpen(world, world.owner);
  const shown = approval.rows[0]?.fields.find(({ name }) => name === "content")?.after;
  assert.equal(shown, `${"🦊".repeat(500)}…`);
  assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
  const answer = await done(callTool(world, world.asking, "notes_create", { title: "Foxes", content }));
  const { id } = recordOf(answer, "note");
  const read = recordOf(await done(callTool(world, world.asking, "notes_read", { id })), "note");
  assert.ok(String(read.content).startsWith("🦊🦊"));
});

Deno.test("an app that asks with long texts again and again is told to change less, before it fills the person's space", async () => {
  await using world = await createAskingWorld();
  const content = "🦊".repeat(100_000);
  const page = pageOf(world, world.owner);
  let asked = 0;
  let text = "";
  for (; asked < 20; asked++) {
    const result = await callTool(world, world.asking, "notes_create", { title: `Foxes ${asked}`, content });
    text = result.content?.[0]?.text ?? "";
    if (text.includes("approvals-size")) break;
    assert.ok((await page.decide(await onlyOpen(world, world.owner), "no")).ok);
  }
  assert.match(text, /the questions of this app within a day hold too much together\. Nothing was changed\./);
  assert.ok(asked > 1 && asked < 12, String(asked));
});

Deno.test("an argument that a client adds for itself makes no other call of it: the yes holds, and nobody is asked about it again", async () => {
  await using world = await createAskingWorld();
  const args = { title: "Shopping", content: "Milk" };
  const call = (more: Record<string, unknown>) =>
    callTool(world, world.asking, "notes_create", { ...args, ...more });
  const { id } = await linkIn(call({}));
  assert.equal((await linkIn(call({ wait_for_previous: true }))).id, id, "the same question");
  const approval = await onlyOpen(world, world.owner);
  assert.ok((await pageOf(world, world.owner).decide(approval, "yes")).ok);
  assert.equal(recordOf(await done(call({ wait_for_previous: true })), "note").title, "Shopping");
});
