/** Each fault that the rig is for, shown to its checks once: they find it, whatever the gateway does today. */
import assert from "node:assert/strict";
import { checkCall, checkOffered, type WhatHappened } from "./check_client.ts";
import { PLAN, type PlannedCall } from "./plan.ts";
import type { Handed } from "./models/played_model.ts";
import { handedOf } from "./protocol_answers.ts";
import type { ToolResult } from "./recording_door.ts";
import { MARK } from "./rows.ts";

const CLIENT = { nameOf: (_server: string, tool: string) => tool, asks: true };

/** The plan's call of `tool` that is about `about`. */
function planned(tool: string, about: RegExp): PlannedCall {
  return PLAN.find((call) => call.tool === tool && about.test(call.about)) ?? assert.fail(`${tool} ${about}`);
}

/** A result as the gateway sends it. */
function resultOf(structuredContent: Record<string, unknown>): ToolResult {
  return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent };
}

function refusalOf(text: string): ToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

/** What the checks say of `sent`, handed on as `handed`. */
function check(call: PlannedCall, sent: ToolResult, handed: Handed = handedOf(sent)): Promise<void> {
  const happened: WhatHappened = {
    door: { sent: [{ inTeam: call.server === "team", tool: call.tool, args: call.args, result: sent }] },
    has: () => Promise.resolve(false),
  };
  return checkCall(call, handed, happened, CLIENT);
}

const list = planned("todo_list", /300/);
const search = planned("notes_search", /another member/);
const tasks = (title: string) => ({
  tasks: [{ title: `task 15 ${title}` }],
  hasMore: true,
  nextCursor: MARK,
});

Deno.test("the checks pass what is whole, and find what a model is not handed", async () => {
  await check(list, resultOf(tasks(MARK)));
  const preview = { text: `<persisted-output> ${MARK}`, isError: false };
  await assert.rejects(check(list, resultOf(tasks(MARK)), preview), /no JSON: <persisted-output>/);
  const less = { ...handedOf(resultOf(tasks(MARK))), structured: {} };
  await assert.rejects(check(list, resultOf(tasks(MARK)), less), { code: "ERR_ASSERTION" });
  await assert.rejects(
    check(list, resultOf(tasks(MARK)), { failed: "MCPError: half a pair" }),
    /half a pair/,
  );
});

Deno.test("the checks find a result that is too large, counted in characters and in bytes", async () => {
  await assert.rejects(check(list, resultOf(tasks("x".repeat(60_000)))), /\d+ characters$/);
  await assert.rejects(check(list, resultOf(tasks("ж".repeat(30_000)))), /\d+ bytes$/);
});

Deno.test("the checks find a remark that is missing, or stands in a further block only", async () => {
  const remark = "1 of these records was written by another member of the space.";
  const notes = { notes: [{ title: "from Ben" }], hasMore: false };
  await check(search, resultOf({ remarks: [remark], ...notes }));
  await assert.rejects(check(search, resultOf(notes)), /no remarks/);
  const sent = resultOf(notes);
  await assert.rejects(
    check(search, { ...sent, content: [...sent.content, { type: "text", text: remark }] }),
    /a further block/,
  );
});

Deno.test("the checks find half a surrogate pair, and a null that is refused", async () => {
  await assert.rejects(check(list, resultOf(tasks("\ud83d"))), /half a surrogate pair/);
  const refusal = refusalOf("The arguments are invalid: limit: expected number, received null.");
  await assert.rejects(check(planned("todo_list", /null/), refusal), /refused: The arguments are invalid/);
});

Deno.test("the checks find a refusal without advice, and a name that is not listed", async () => {
  const unknown = planned("todo_complete", /unknown/);
  const words = 'No task with id "no such task" exists in this space';
  await check(unknown, refusalOf(`${words}: list them first.`));
  await assert.rejects(check(unknown, refusalOf(`${words}.`)), { code: "ERR_ASSERTION" });
  await assert.rejects(check(unknown, refusalOf(`${words}: call todo.list first.`)), /not listed/);
});

Deno.test("the checks find a tool that is not offered, or with words or a schema that do not fit", () => {
  const tool = { name: "todo_list", description: "List the tasks.", schema: { maxLength: 2_000 } };
  checkOffered(tool, "todo_list");
  assert.throws(() => checkOffered(undefined, "todo_list"), /is not offered/);
  assert.throws(
    () => checkOffered({ ...tool, description: "See todo.list for it." }, "todo_list"),
    /not listed/,
  );
  assert.throws(() => checkOffered({ ...tool, schema: { maxLength: 4_096 } }, "todo_list"), /maxLength 4096/);
});
