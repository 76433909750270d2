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
    const fault = faultOf(() => checkAnswer(call, handed[index], match?.result, client));
    return fault === null ? [] : [`${call.tool}, ${call.kind}: ${fault}`];
  });
}

function checkAnswer(
  call: ToolCall,
  handed: Handed | undefined,
  sent: ToolResult | undefined,
  { known }: Pick<DrivenClient, "known">,
): void {
  assert.ok(handed !== undefined, "the client came to an end before");
  if (call.kind === "a scope that is missing") {
    const text = "failed" in handed ? handed.failed : handed.text;
    const says = known?.scopeMissing?.says ?? WORDS[call.kind];
    return assert.ok(says.test(text), `the model was handed: ${text.slice(0, 300)}`);
  }
  assert.ok(!("failed" in handed), "failed" in handed ? `the client failed: ${handed.failed}` : "");
  assert.ok(sent !== undefined, `the call never reached the gateway: ${handed.text.slice(0, 300)}`);
  const words = sent.content.map(({ text }) => text ?? "").join("\n");
  if (REFUSED.has(call.kind)) {
    assert.ok(WORDS[call.kind].test(words), `a refusal without advice: ${words.slice(0, 300)}`);
    checkRefusal(handed, sent, WORDS[call.kind]);
  } else {
    assert.notEqual(sent.isError, true, `refused: ${words.slice(0, 300)}`);
    checkSize(sent);
    checkWhole(handed, sent);
    assert.match(words, WORDS[call.kind]);
  }
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
    return [
      ...(seen.description === tool.description
        ? []
        : [`${tool.name}: the description is ${JSON.stringify(seen.description.slice(0, 200))}`]),
      ...lost.map((fact) => `${tool.name}: the schema has lost ${fact}`),
    ];
  });
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
