/** Each fault that a server can have is planted into the real gateway's answers once: the lane names the tool and the fault. */
import assert from "node:assert/strict";
import { z } from "zod";
import { BARE } from "../driven/bare.ts";
import { CLAUDE_CODE } from "../driven/claude_code.ts";
import type { DrivenClient } from "../driven/driven_client.ts";
import { LANGCHAIN } from "../driven/langchain.ts";
import { whereInstalled } from "../install/installed.ts";
import type { ToolResult } from "../recording_door.ts";
import { driveThrough, type Run } from "./check_every_tool.ts";
import { findInAnswers, findInTools } from "./findings.ts";
import { plant, type Planted } from "./planted.ts";
import { type Kind, makeToolPlan, type Stage } from "./tool_plan.ts";

const NOTE = "Note: this list is not whole.";

const FAULTS: Planted = {
  results: {
    notes_read: longer,
    todo_list: (result) => ({ ...result, content: [...result.content, { type: "text", text: NOTE }] }),
    todo_complete: withoutAdvice,
  },
  schemas: {
    habits_list: (schema) => ({ ...schema, anyOf: [{ required: ["limit"] }, { required: ["cursor"] }] }),
    day_summary: ({ properties, ...schema }) => ({
      ...schema,
      properties: { ...Object(properties), timeZone: { $ref: "#/$defs/Zone" } },
      $defs: { Zone: { type: "string" } },
    }),
  },
};

/** The calls that meet the faults, and one that meets none. */
const CALLS: Readonly<Record<string, Kind>> = {
  spaces_list: "a usual result",
  notes_read: "a usual result",
  todo_list: "a usual result",
  todo_complete: "an unknown id",
};

/** What every client finds, since the gateway itself sends it. */
const IN_GENERAL = [
  /^day_summary: the schema has what is dropped by LangChain's adapters/,
  /^habits_list: the schema has what is dropped by Claude Code/,
  /^notes_read, a usual result: \d{5} characters$/,
  /^todo_complete, an unknown id: a refusal without advice: No task with id "no-such-id" exists/,
  /^todo_list, a usual result: what stands in a further block does not reach every model/,
];

const Note = z.looseObject({ note: z.looseObject({}) });

/** A note of 60,000 characters in both forms of the result, which fits the output schema of the tool. */
function longer(result: ToolResult): ToolResult {
  const { note, ...rest } = Note.parse(result.structuredContent);
  const structuredContent = { ...rest, note: { ...note, content: "x".repeat(60_000) } };
  return {
    ...result,
    structuredContent,
    content: [{ type: "text", text: JSON.stringify(structuredContent) }],
  };
}

/** A refusal whose words end before they say what to do. */
function withoutAdvice(result: ToolResult): ToolResult {
  const [{ text = "" } = {}] = result.content;
  return { ...result, content: [{ type: "text", text: text.replace(/:[^:]*$/, ".") }] };
}

async function fewCalls(): Promise<readonly Stage[]> {
  return (await makeToolPlan()).map((stage) => ({
    ...stage,
    calls: stage.calls.filter(({ tool, kind }) => CALLS[tool] === kind),
  }));
}

/** What the lane says of a client, in the order of names. */
async function find(
  client: Omit<DrivenClient, "name">,
  planted: Planted,
): Promise<{ readonly run: Run; readonly findings: readonly string[] }> {
  const stages = await fewCalls();
  const run = await driveThrough(client, stages, plant(planted));
  const listed = run.listed.map((tool) => ({
    ...tool,
    schema: planted.schemas?.[tool.name]?.(Object(tool.schema)) ?? tool.schema,
  }));
  const calls = stages.flatMap((stage) => stage.calls);
  assert.equal(calls.length, Object.keys(CALLS).length);
  const findings = [
    ...findInTools(listed, run.seen.tools, client, "mana"),
    ...findInAnswers(calls, run.seen.handed, run.sent, client),
  ];
  return { run, findings: findings.toSorted() };
}

/** Each finding is one that is expected, and each expected one is found. */
function assertFound(findings: readonly string[], expected: readonly RegExp[]): void {
  assert.deepEqual(findings.filter((one) => !expected.some((words) => words.test(one))), []);
  assert.deepEqual(expected.filter((words) => !findings.some((one) => words.test(one))), []);
}

Deno.test("the general check finds each planted fault by its tool, and nothing where nothing is planted", async () => {
  assert.deepEqual((await find(BARE, {})).findings, []);
  assertFound((await find(BARE, FAULTS)).findings, IN_GENERAL);
});

Deno.test(
  "Claude Code: a long result goes to a file, a note in a block of its own and a choice in a schema are lost",
  await whereInstalled("claudeCode"),
  async () => {
    const { run, findings } = await find(CLAUDE_CODE, FAULTS);
    assertFound(findings, [
      ...IN_GENERAL,
      /^habits_list: the description is "Input constraint/,
      /^habits_list: the schema has lost anyOf/,
      /^notes_read, a usual result: no JSON: <persisted-output>/,
      new RegExp(`^todo_list, a usual result: the model is not handed: ${NOTE}`),
    ]);
    assert.ok(run.files.length > 0, "the long result is in no file");
  },
);

Deno.test(
  "LangChain's adapters: a reference in a schema is lost, and a note in a block of its own is not",
  await whereInstalled("langchain"),
  async () => {
    assertFound((await find(LANGCHAIN, FAULTS)).findings, [
      ...IN_GENERAL,
      /^day_summary: the schema has lost (?:properties\.timeZone\.\$ref|\$defs)/,
    ]);
  },
);
