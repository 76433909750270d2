/** Compares what a model was handed and offered with what the gateway sent: each difference in a sentence that names the tool. */
import assert from "node:assert/strict";
import { z } from "zod";
import { checkRefusal, checkSize, checkWhole } from "../check_client.ts";
import type { DrivenClient } from "../driven/driven_client.ts";
import type { Handed, OfferedTool } from "../models/played_model.ts";
import type { SentResult, ToolResult } from "../recording_door.ts";
import { schemaFacts } from "./schema_facts.ts";
import { REFUSED, type ToolCall, WORDS } from "./tool_plan.ts";

/** What is wrong with the answers to calls; `handed` has one for each call, in their order. */
export function findInAnswers(
  calls: readonly ToolCall[],
  handed: readonly Handed[],
  sent: readonly SentResult[],
  client: Pick<DrivenClient, "known">,
): string[] {
  const open = [...sent];
  return calls.flatMap((call, index) => {
    const at = open.findIndex((one) =>
      one.tool === call.tool && JSON.stringify(one.args) === JSON.stringify(call.args)
    );
    const [match] = at === -1 ? [] : open.splice(at, 1);
    return faultsOf(call, handed[index], match?.result, client)
      .map((fault) => `${call.tool}, ${call.kind}: ${fault}`);
  });
}

function faultsOf(
  call: ToolCall,
  handed: Handed | undefined,
  sent: ToolResult | undefined,
  { known }: Pick<DrivenClient, "known">,
): string[] {
  if (handed === undefined) return ["the client came to an end before"];
  if (call.kind === "a scope that is missing") {
    const text = "failed" in handed ? handed.failed : handed.text;
    const says = known?.scopeMissing?.says ?? WORDS[call.kind];
    return says.test(text) ? [] : [`the model was handed: ${short(text)}`];
  }
  if (known?.unknownArgument !== undefined && call.kind === "an argument that is not there") {
    const isRefused = "text" in handed && handed.isError && known.unknownArgument.says.test(handed.text);
    return isRefused ? [] : [`the model was handed: ${short(JSON.stringify(handed))}`];
  }
  if ("failed" in handed) return [`the client failed: ${short(handed.failed)}`];
  if (sent === undefined) return [`the call never reached the gateway: ${short(handed.text)}`];
  const words = sent.content.map(({ text }) => text ?? "").join("\n");
  const shouldSay = WORDS[call.kind];
  const checks = REFUSED.has(call.kind)
    ? [
      () => assert.ok(shouldSay.test(words), `a refusal without advice: ${short(words)}`),
      () => checkRefusal(handed, sent, /./),
    ]
    : [
      () => assert.notEqual(sent.isError, true, `refused: ${short(words)}`),
      () => checkSize(sent),
      () => checkWhole(handed, sent),
      () => checkFurtherBlocks(handed, sent),
      () => assert.ok(shouldSay.test(words), `not what the call is for: ${short(words)}`),
      () => checkMembers(call, sent),
    ];
  return checks.flatMap((check) => faultOf(check) ?? []);
}

/** What stands beside the first text reaches some models: a note that stands nowhere else is lost for the others. */
function checkFurtherBlocks(handed: Exclude<Handed, { failed: string }>, sent: ToolResult): void {
  for (const { text = "" } of sent.content.slice(1)) {
    assert.ok(handed.text.includes(text), `the model is not handed: ${short(text)}`);
  }
}

function checkMembers(call: ToolCall, sent: ToolResult): void {
  const [ours, theirs] = [membersOf(call.bare.structured), membersOf(sent.structuredContent)];
  assert.deepEqual(
    [...ours.symmetricDifference(theirs)].filter((path) => !path.startsWith(".remarks")),
    [],
    "the gateway sends the client other members than a bare request",
  );
}

/**
 * The members of a result, by their paths: two worlds have other ids and other orders, but the same members. What a remark
 * says of the writers of records depends on what was written just before.
 */
function membersOf(value: unknown, path = ""): Set<string> {
  if (typeof value !== "object" || value === null) return new Set([path]);
  const members = Object.entries(value).map(([name, member]) =>
    membersOf(member, Array.isArray(value) ? `${path}[]` : `${path}.${name}`)
  );
  return new Set(members.flatMap((names) => [...names]));
}

/** What is wrong with the tools that the model is offered. */
export function findInTools(
  listed: readonly OfferedTool[],
  offered: readonly OfferedTool[],
  { nameOf, known }: Pick<DrivenClient, "nameOf" | "known">,
  server: string,
): string[] {
  const byName = new Map(offered.map((tool) => [tool.name, tool]));
  return listed.flatMap((tool) => {
    const seen = byName.get(nameOf(server, tool.name));
    if (seen === undefined) return [`${tool.name}: the tool is not offered`];
    const facts = new Set(schemaFacts(seen.schema));
    const lost = schemaFacts(tool.schema).filter((fact) =>
      !facts.has(fact) && !(known?.schema ?? []).some(({ path }) => path.test(fact))
    );
    const risks = RISKS.filter(({ fact }) => schemaFacts(tool.schema).some((one) => fact.test(one)));
    return [
      ...risks.map(({ who }) => `${tool.name}: the schema has what is dropped by ${who}`),
      ...(seen.description === tool.description
        ? []
        : [`${tool.name}: the description is ${JSON.stringify(seen.description.slice(0, 200))}`]),
      ...lost.map((fact) => `${tool.name}: the schema has lost ${fact}`),
    ];
  });
}

/** What our schemas must not have, since a client was seen to drop it. */
const RISKS = [
  { fact: /^(?:anyOf|allOf|oneOf|not|if)\b/, who: "Claude Code: a choice at the root" },
  { fact: /\$ref = /, who: "LangChain's adapters: a reference" },
  { fact: /^type = (?!"object"$)/, who: "Claude Code, with every other tool: a root that is no object" },
];

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} … (${text.length} characters)` : text;
}

/** The message of what `check` throws; null when it throws nothing. */
function faultOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return z.instanceof(assert.AssertionError).parse(error).message.slice(0, 600);
  }
}
