/** Holds what a client handed to the model against what the gateway sent, call by call. */
import assert from "node:assert/strict";
import { z } from "zod";
import { START_PROFILE } from "../../lib/tool/profiles/define_profile.ts";
import { MODULES } from "../../tools/modules.ts";
import { PROFILES } from "../../tools/profiles.ts";
import { PLAN, type PlannedCall } from "./plan.ts";
import type { Handed, OfferedTool, Seen } from "./models/played_model.ts";
import type { Product } from "./product.ts";
import type { SentResult, ToolResult } from "./recording_door.ts";

/** What is particular about a client. */
export interface ClientTraits {
  /** The name under which it offers a tool of a server. */
  nameOf(server: PlannedCall["server"], tool: string): string;
  /** Whether it put the question before deleting to somebody, who said yes. */
  readonly asks: boolean;
  /** Makes of planned arguments what a model of this client may send; they are sent as planned when left out. */
  argsOf?(args: PlannedCall["args"]): PlannedCall["args"];
}

/** What the gateway sent, and what is stored now. */
export type WhatHappened = Pick<Product, "has"> & { readonly door: Pick<Product["door"], "sent"> };

/** Most characters, and bytes, of a result that every client hands on (`docs/real_clients.md`). */
const MOST_CHARS = 39_900;
const MOST_BYTES = 50 * 1024;
/** Longest text whose length a schema may bound: above, grammar builders of local models refuse the tool. */
const MOST_MAX_LENGTH = 2_000;
const TOOLS = MODULES.flatMap(({ tools }) => tools);
/** The tools of a connection for which nothing was chosen, by their names in the list. */
const LISTED = (PROFILES.find(({ name }) => name === START_PROFILE)?.tools ?? [])
  .map((name) => name.replace(".", "_"));
/** Names as they must not be told. */
const DOTTED = new RegExp(`\\b(?:${TOOLS.map(({ name }) => name.replace(".", "\\.")).join("|")})\\b`);

/** Runs the steps: the list, each call, and the size of each result. */
export async function checkClient(
  t: Deno.TestContext,
  seen: Seen,
  product: WhatHappened,
  client: ClientTraits,
) {
  await t.step("the plan calls every tool", () => {
    assert.deepEqual(LISTED.filter((name) => !PLAN.some(({ tool }) => tool === name)), []);
  });
  await t.step("the model is offered every tool, by names and words that fit", () => {
    for (const name of LISTED) {
      checkOffered(seen.tools.find((tool) => tool.name === client.nameOf("mana", name)), name);
    }
  });
  for (const [index, call] of PLAN.entries()) {
    await t.step(`${call.server} ${call.tool}: ${call.about}`, async () => {
      const handed = seen.handed[index];
      assert.ok(handed !== undefined, "the client came to an end before");
      await checkCall(call, handed, product, client);
    });
  }
}

/** Throws where a tool is not offered, or not as every model takes it. */
export function checkOffered(tool: OfferedTool | undefined, name: string): void {
  assert.ok(tool !== undefined, `${name} is not offered`);
  assert.ok(tool.description.length > 10, name);
  assert.equal(
    DOTTED.exec(tool.description)?.[0],
    undefined,
    `${name} is described with a name that is not listed`,
  );
  const lengths = JSON.stringify(tool.schema).matchAll(/"maxLength":(\d+)/g);
  for (const [, length] of lengths) {
    assert.ok(Number(length) <= MOST_MAX_LENGTH, `${name}: maxLength ${length}`);
  }
}

/** Throws where the model was handed something else than the gateway sent, or the gateway sent what not every model gets. */
export async function checkCall(
  call: PlannedCall,
  handed: Handed,
  product: WhatHappened,
  client: ClientTraits,
): Promise<void> {
  assert.ok(!("failed" in handed), "failed" in handed ? handed.failed : "");
  const sent = product.door.sent.findLast((one) => isOf(one, call, client))?.result;
  assert.ok(
    sent !== undefined,
    `the call never reached the gateway; the model was handed: ${short(handed.text)}`,
  );
  assert.equal(DOTTED.exec(handed.text)?.[0], undefined, `a name that is not listed: ${short(handed.text)}`);
  await checkAnswer(call, handed, sent, product, client);
  checkSize(sent);
}

async function checkAnswer(
  { answer }: PlannedCall,
  handed: Exclude<Handed, { failed: string }>,
  sent: ToolResult,
  product: WhatHappened,
  client: ClientTraits,
): Promise<void> {
  if (answer.kind === "deletion") {
    const isThere = await product.has(answer.of, answer.id);
    assert.equal(isThere, !client.asks, "whether the record is still there");
    if (!client.asks) return checkRefusal(handed, sent, /ask|declin|cancel/i);
    return assert.deepEqual(checkWhole(handed, sent), { ok: true, id: answer.id });
  }
  if (answer.kind === "refusal") return checkRefusal(handed, sent, answer.says);
  assert.ok(sent.isError !== true, `refused: ${short(handed.text)}`);
  const whole = checkWhole(handed, sent);
  for (const text of answer.shows) assert.ok(JSON.stringify(whole).includes(text), `not shown: ${text}`);
  const { remarks } = Remarks.parse(whole);
  if (answer.remark === undefined) assert.equal(remarks, undefined);
  else assert.match(remarks?.join("\n") ?? "no remarks", answer.remark);
}

const Remarks = z.looseObject({ remarks: z.array(z.string()).min(1).optional() });

function isOf({ inTeam, tool, args }: SentResult, call: PlannedCall, { argsOf }: ClientTraits): boolean {
  return inTeam === (call.server === "team") && tool === call.tool &&
    JSON.stringify(args) === JSON.stringify(argsOf?.(call.args) ?? call.args);
}

/** The model was handed exactly the result, in each form that the client has for it; returns the result. */
export function checkWhole(handed: Exclude<Handed, { failed: string }>, sent: ToolResult): unknown {
  const { structuredContent } = sent;
  assert.ok(isWellFormed(structuredContent), "half a surrogate pair was sent");
  assert.equal(sent.content.length, 1, "what stands in a further block does not reach every model");
  assert.deepEqual(parse(sent.content[0]?.text ?? ""), structuredContent);
  assert.deepEqual(parse(handed.text), structuredContent, "the text that the model was handed");
  if (handed.structured !== undefined) assert.deepEqual(handed.structured, structuredContent);
  return structuredContent;
}

/** The model was handed the words of the refusal, which say this. */
export function checkRefusal(
  handed: Exclude<Handed, { failed: string }>,
  sent: ToolResult,
  says: RegExp,
): void {
  const words = sent.content[0]?.text ?? "";
  assert.equal(sent.isError, true);
  assert.match(words, says);
  assert.ok(handed.text.includes(words), `the model was handed: ${short(handed.text)}`);
}

/** Throws for a result that not every client hands on. */
export function checkSize(sent: ToolResult): void {
  const text = sent.content.map((block) => block.text ?? "").join("\n");
  assert.ok(text.length <= MOST_CHARS, `${text.length} characters`);
  const bytes = new TextEncoder().encode(text).length;
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
}

/** Whether no text in `value` has half a surrogate pair. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new assert.AssertionError({ message: `no JSON: ${short(text)}` });
  }
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} … (${text.length} characters)` : text;
}
